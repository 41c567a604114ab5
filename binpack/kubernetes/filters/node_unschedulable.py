"""NodeUnschedulable: cordoned nodes."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.outcome import Outcome, refused
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNRESOLVABLE, Refusal
from binpack.kubernetes.taints import CORDON, Toleration, is_tolerated

REFUSAL = Refusal("NodeUnschedulable", UNRESOLVABLE, ("node(s) were unschedulable",))


def node_unschedulable(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses cordoned nodes, unless the pod tolerates the taint that stands for it
    (``plugins/nodeunschedulable/node_unschedulable.go``, ``Filter``)."""
    return state.fixed(_outcome, pod.template.tolerations)


def _outcome(state: ClusterState, tolerations: tuple[Toleration, ...]) -> Outcome | None:
    if is_tolerated(CORDON, tolerations):
        return None
    return refused(np.array([node.unschedulable for node in state.nodes], dtype=np.bool_), REFUSAL)
