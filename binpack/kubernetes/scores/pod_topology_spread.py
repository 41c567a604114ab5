"""PodTopologySpread: soft spread constraints."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.domains import domain_sums
from binpack.kubernetes.filters.pod_topology_spread import eligible_nodes
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_counts import SpreadSelection
from binpack.kubernetes.scores.normalize import MOST, Scores
from binpack.kubernetes.topology_spread import SpreadConstraint

_HOSTNAME = "kubernetes.io/hostname"


def pod_topology_spread(state: ClusterState, pod: Pod, nodes: Scores) -> Scores:
    """Few pods of the same kind in the node's domains (``plugins/podtopologyspread/scoring.go``, ``Score``).

    Counts are weighed by the logarithm of the number of domains, in floating point as the scheduler does, and rounded.
    Nodes that lack a label score 0. The cluster's default constraints, which apply to the pods of a Service only, are not.
    """
    soft = [constraint for constraint in pod.template.spread if not constraint.hard]
    if not soft:
        return np.zeros(len(nodes), dtype=np.int64)
    carrying = state.labels.carrying(constraint.topology_key for constraint in soft)
    scored = carrying[nodes]
    total = np.zeros(len(nodes), dtype=np.float64)
    for constraint in soft:
        total += _score(state, pod, constraint, carrying, nodes, scored)
    return _normalized(np.floor(total + 0.5).astype(np.int64), scored)


def _score(
    state: ClusterState, pod: Pod, constraint: SpreadConstraint, carrying: Mask, nodes: Scores, scored: Mask
) -> npt.NDArray[np.float64]:
    column = state.labels.column(constraint.topology_key)
    counts = state.counts.count(SpreadSelection(pod.template.namespace, constraint.selector))
    if constraint.topology_key == _HOSTNAME:
        number, here = int(scored.sum()), counts[nodes].astype(np.int64)
    else:
        number = len(np.unique(column.numbers[nodes][scored]))
        counted = carrying & eligible_nodes(state, pod.template, constraint)
        here = domain_sums(column, np.where(counted, counts, 0))[column.numbers[nodes]]
    return np.asarray(here * math.log(number + 2) + (constraint.maximum_skew - 1), dtype=np.float64)


def _normalized(scores: Scores, scored: Mask) -> Scores:
    """The most pods score least; 100 for all where there are none (``NormalizeScore``)."""
    least, most = (int(scores[scored].min()), int(scores[scored].max())) if scored.any() else (0, 0)
    spread = MOST * (most + least - scores) // most if most else np.full(len(scores), MOST, dtype=np.int64)
    return np.where(scored, spread, 0)
