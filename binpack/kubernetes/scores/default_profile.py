"""The sum of all scores of the default profile, with its weights.

Follows kube-scheduler v1.34 (``pkg/scheduler/apis/config/v1/default_plugins.go``). ImageLocality is 0 here, as on nodes
that hold no image of the pod.
"""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.scores.balanced_allocation import balanced_allocation
from binpack.kubernetes.scores.inter_pod_affinity import inter_pod_affinity
from binpack.kubernetes.scores.node_affinity import node_affinity
from binpack.kubernetes.scores.node_resources_fit import node_resources_fit
from binpack.kubernetes.scores.normalize import Scores
from binpack.kubernetes.scores.pod_topology_spread import pod_topology_spread
from binpack.kubernetes.scores.strategies import LeastAllocated, Strategy
from binpack.kubernetes.scores.taint_toleration import taint_toleration

_WEIGHTED = ((taint_toleration, 3), (node_affinity, 2), (pod_topology_spread, 2), (inter_pod_affinity, 2))


def score_nodes(state: ClusterState, pod: Pod, feasible: Mask, strategy: Strategy | None = None) -> Scores:
    """The total score of every feasible node, in their order; scores compare feasible nodes with each other only.

    strategy : of NodeResourcesFit, by default LeastAllocated on CPU and memory.
    """
    nodes = np.flatnonzero(feasible)
    total = node_resources_fit(state, pod, nodes, strategy or LeastAllocated()) + balanced_allocation(state, pod, nodes)
    for plugin, weight in _WEIGHTED:
        total += weight * plugin(state, pod, nodes)
    return total
