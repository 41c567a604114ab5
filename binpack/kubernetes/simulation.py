"""The default scheduler, pod by pod, for comparison with other ways of placing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import judge
from binpack.kubernetes.filters.outcome import Outcome
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.scores.default_profile import score_nodes
from binpack.kubernetes.scores.strategies import Strategy


class Placement(NamedTuple):
    """A pod and its node; None where it stays pending, with the reasons and how many nodes have each."""

    pod: Pod
    node: str | None
    reasons: dict[str, int]


def simulate(state: ClusterState, pods: Sequence[Pod], strategy: Strategy | None = None) -> list[Placement]:
    """Place pods as kube-scheduler does, by priority and then in the order given; the state holds them afterwards.

    Every node is scored, where the real scheduler of a large cluster takes a sample; of the best it takes one at random,
    and here the first by name is taken. Nothing is preempted, and a pod that is pending is not tried again.
    ValueError for a pod that is placed already.
    """
    return [_place(state, pod, strategy) for pod in sorted(pods, key=lambda pod: -pod.template.priority)]


def _place(state: ClusterState, pod: Pod, strategy: Strategy | None) -> Placement:
    if state.node_of(pod.key) is not None:
        raise ValueError(f"pod {pod.key} is placed already")
    outcome = judge(state, pod)
    feasible = np.flatnonzero(outcome.passes)
    if not len(feasible):
        return Placement(pod, None, _reasons(outcome))
    scores = score_nodes(state, pod, outcome.passes, strategy)
    best = min(state.nodes[node].name for node in feasible[scores == scores.max()])
    state.add(pod, best)
    return Placement(pod, best, {})


def _reasons(outcome: Outcome) -> dict[str, int]:
    """Each reason with the number of nodes that have it, as in the event of a pod that is not scheduled."""
    counts: Counter[str] = Counter()
    numbers = np.bincount(outcome.codes, minlength=len(outcome.refusals) + 1)[1:]
    for refusal, number in zip(outcome.refusals, numbers.tolist(), strict=True):
        for reason in refusal.reasons if number else ():
            counts[reason] += number
    return dict(sorted(counts.items()))
