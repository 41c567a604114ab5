"""NodeName: the node that a pod's spec names."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.outcome import Outcome, refused
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNRESOLVABLE, Refusal

REFUSAL = Refusal("NodeName", UNRESOLVABLE, ("node(s) didn't match the requested node name",))


def node_name(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses all nodes but the one named in ``spec.nodeName`` (``plugins/nodename/node_name.go``, ``Filter``)."""
    if not pod.node_name:
        return None
    others = np.ones(len(state.nodes), dtype=np.bool_)
    if pod.node_name in state.index:
        others[state.index[pod.node_name]] = False
    return refused(others, REFUSAL)
