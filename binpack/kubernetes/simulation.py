"""The default scheduler, pod by pod, for comparison with other ways of placing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption_budgets import Budget, after_evictions
from binpack.kubernetes.filters.default_profile import judge
from binpack.kubernetes.filters.outcome import Outcome
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.preemption import preemption
from binpack.kubernetes.scores.default_profile import score_nodes
from binpack.kubernetes.scores.strategies import Strategy


class Placement(NamedTuple):
    """A pod and its node; None where it stays pending, with the reasons and how many nodes have each. evicted : from the
    node, to make room."""

    pod: Pod
    node: str | None
    reasons: dict[str, int]
    evicted: tuple[Pod, ...] = ()


def simulate(
    state: ClusterState,
    pods: Sequence[Pod],
    strategy: Strategy | None = None,
    budgets: Sequence[Budget] | None = None,
) -> list[Placement]:
    """Place pods as kube-scheduler does, by priority and then in the order given; the state holds them afterwards.

    Every node is scored, where the real scheduler of a large cluster takes a sample; of the best it takes one at random,
    and here the first by name is taken. A pod that is pending is not tried again.
    budgets : with them, none or some, pods of lower priority are preempted; they are gone at once, and no controller makes
    others in their place. None: nothing is. ValueError for a pod that is placed already.
    """
    scheduler = _Scheduler(state, strategy, budgets)
    return [scheduler.place(pod) for pod in sorted(pods, key=lambda pod: -pod.template.priority)]


class _Scheduler:
    def __init__(self, state: ClusterState, strategy: Strategy | None, budgets: Sequence[Budget] | None) -> None:
        self._state, self._strategy, self._budgets = state, strategy, budgets
        self._in_vain: set[PodTemplate] = set()
        """Pods for which no eviction helps, as long as none comes or goes."""

    def place(self, pod: Pod) -> Placement:
        if self._state.node_of(pod.key) is not None:
            raise ValueError(f"pod {pod.key} is placed already")
        outcome = judge(self._state, pod)
        if outcome.passes.any():
            return self._put(pod, self._best(pod, outcome.passes))
        return self._preempt(pod) or Placement(pod, None, _reasons(outcome))

    def _best(self, pod: Pod, passes: Mask) -> str:
        scores = score_nodes(self._state, pod, passes, self._strategy)
        return min(self._state.nodes[node].name for node in np.flatnonzero(passes)[scores == scores.max()])

    def _preempt(self, pod: Pod) -> Placement | None:
        if self._budgets is None or pod.template in self._in_vain:
            return None
        chosen = preemption(self._state, pod, self._budgets)
        if chosen is None:
            self._in_vain.add(pod.template)
            return None
        node, victims = chosen
        for victim in victims.pods:
            self._state.remove(victim.key)
        self._budgets = after_evictions(self._budgets, victims.pods)
        return self._put(pod, node, victims.pods)

    def _put(self, pod: Pod, node: str, evicted: tuple[Pod, ...] = ()) -> Placement:
        self._state.add(pod, node)
        self._in_vain.clear()
        return Placement(pod, node, {}, evicted)


def _reasons(outcome: Outcome) -> dict[str, int]:
    """Each reason with the number of nodes that have it, as in the event of a pod that is not scheduled."""
    counts: Counter[str] = Counter()
    numbers = np.bincount(outcome.codes, minlength=len(outcome.refusals) + 1)[1:]
    for refusal, number in zip(outcome.refusals, numbers.tolist(), strict=True):
        for reason in refusal.reasons if number else ():
            counts[reason] += number
    return dict(sorted(counts.items()))
