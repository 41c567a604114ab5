"""NodeResourcesFit: how well a pod's requests fit what a node has left, by a strategy."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.node_resources import BASIC
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.resource_list import CPU, MEMORY
from binpack.kubernetes.scores.normalize import Scores
from binpack.kubernetes.scores.strategies import Strategy


def node_resources_fit(state: ClusterState, pod: Pod, nodes: Scores, strategy: Strategy) -> Scores:
    """The strategy's score of these nodes with the pod on them (``plugins/noderesources/resource_allocation.go``).

    Containers that request no CPU or memory are counted with 100m and 200Mi. Resources that a node does not have are left
    out there, and so are devices that the pod does not request.
    """
    total, weights = np.zeros(len(nodes), dtype=np.int64), np.zeros(len(nodes), dtype=np.int64)
    for resource, weight in strategy.weights.items():
        counted = resource in (CPU, MEMORY)
        asked = (dict(pod.template.scored) if counted else pod.template.amounts).get(resource, 0)
        if resource not in BASIC and not asked:
            continue
        rows = state.assumed if counted else state.resources
        allocatable = rows.allocatable(resource)[nodes]
        has = np.flatnonzero(allocatable)
        scores = strategy.score(rows.requested(resource)[nodes][has] + asked, allocatable[has])
        total[has] += scores * weight
        weights[has] += weight * (scores > 0) if strategy.skips_zero else weight
    means = np.zeros(len(nodes), dtype=np.int64)
    some = np.flatnonzero(weights)
    means[some] = strategy.mean(total[some], weights[some])
    return means
