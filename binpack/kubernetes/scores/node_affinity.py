"""NodeAffinity: preferred node affinity."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.node_affinity import PreferredNodeTerm
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.scores.normalize import Scores, by_largest


def node_affinity(state: ClusterState, pod: Pod, nodes: Scores) -> Scores:
    """The weights of the preferred terms that a node matches (``plugins/nodeaffinity/node_affinity.go``, ``Score``)."""
    return by_largest(state.fixed(_weights, pod.template.preferred_nodes)[nodes])


def _weights(state: ClusterState, terms: tuple[PreferredNodeTerm, ...]) -> Scores:
    total = np.zeros(len(state.nodes), dtype=np.int64)
    for preferred in terms:
        total += preferred.weight * state.labels.matching_term(preferred.term)
    return total
