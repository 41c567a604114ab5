"""InterPodAffinity: preferred affinity between pods, the pod's own and that of the pods in place."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.domains import domain_sums
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_counts import Counts, TermSelection, class_of
from binpack.kubernetes.scores.normalize import MOST, Scores


def inter_pod_affinity(state: ClusterState, pod: Pod, nodes: Scores) -> Scores:
    """The weights of terms that hold in the node's domains, from the least to the most as 0 to 100
    (``plugins/interpodaffinity/scoring.go``, ``Score``).

    Counted are the pod's preferred terms for every pod they select, and the preferred and required affinity of pods in
    place that selects it.
    """
    total = np.zeros(len(nodes), dtype=np.int64)
    for term, weight in pod.template.preferred:
        matched = state.counts.count(TermSelection((term,), pod.template.namespace))
        total += weight * _in_domains(state, term.topology_key, matched, nodes)
    for topology_key, weights in state.attraction.against(class_of(pod)):
        total += _in_domains(state, topology_key, weights, nodes)
    least, most = (int(total.min()), int(total.max())) if len(nodes) else (0, 0)
    if least == most:
        return np.zeros(len(nodes), dtype=np.int64)
    return (MOST * ((total - least) / (most - least))).astype(np.int64)


def _in_domains(state: ClusterState, topology_key: str, counts: Counts, nodes: Scores) -> Scores:
    """For these nodes the sum over their domain, 0 for nodes without the label."""
    column = state.labels.column(topology_key)
    sums = domain_sums(column, counts)
    sums[-1] = 0
    here: Scores = sums[column.numbers[nodes]]
    return here
