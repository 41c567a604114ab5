"""TaintToleration: few taints that ask pods to stay away."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.scores.normalize import Scores, by_largest
from binpack.kubernetes.taints import PREFER_NO_SCHEDULE, Toleration, is_tolerated


def taint_toleration(state: ClusterState, pod: Pod, nodes: Scores) -> Scores:
    """The more taints PreferNoSchedule that the pod does not tolerate, the less
    (``plugins/tainttoleration/taint_toleration.go``, ``Score``)."""
    return by_largest(state.fixed(_unwelcome, pod.template.tolerations)[nodes], reverse=True)


def _unwelcome(state: ClusterState, tolerations: tuple[Toleration, ...]) -> Scores:
    counts = [
        sum(taint.effect == PREFER_NO_SCHEDULE and not is_tolerated(taint, tolerations) for taint in node.taints)
        for node in state.nodes
    ]
    return np.array(counts, dtype=np.int64)
