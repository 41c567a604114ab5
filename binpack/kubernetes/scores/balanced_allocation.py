"""NodeResourcesBalancedAllocation: CPU and memory used evenly."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.resource_list import CPU, MEMORY
from binpack.kubernetes.scores.normalize import MOST, Scores


def balanced_allocation(state: ClusterState, pod: Pod, nodes: Scores) -> Scores:
    """100 less the standard deviation, in hundredths, of the shares of CPU and memory that are taken with the pod on the
    node (``plugins/noderesources/balanced_allocation.go``, ``balancedResourceScorer``).

    Real requests count; a pod without any scores 0. Shares are floating point numbers, as the scheduler's are.
    """
    amounts = pod.template.amounts
    if not amounts.get(CPU) and not amounts.get(MEMORY):
        return np.zeros(len(nodes), dtype=np.int64)
    shares = []
    both = np.ones(len(nodes), dtype=np.bool_)
    for resource in (CPU, MEMORY):
        allocatable = state.resources.allocatable(resource)[nodes]
        taken = state.resources.requested(resource)[nodes] + amounts.get(resource, 0)
        shares.append(np.minimum(taken / np.maximum(allocatable, 1), 1.0))
        both &= allocatable > 0
    deviation = np.where(both, np.abs((shares[0] - shares[1]) / 2), 0.0)
    return ((1 - deviation) * MOST).astype(np.int64)
