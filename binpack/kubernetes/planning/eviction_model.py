"""Evictions as a Problem: pods in place that may go are items of their nodes, and may be left out as waiting ones may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from binpack_solvers.packing import Packing
from binpack_solvers.problem import NO_ALTERNATIVE, Problem
from binpack_solvers.solution import Solution

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption_budgets import Budget
from binpack.kubernetes.planning.eviction_items import bare, evictable_pods, stays_of
from binpack.kubernetes.planning.given_nodes import Order, bins_of, pod_sets_of, pods_placed, with_standing
from binpack.kubernetes.planning.losses import Losses
from binpack.kubernetes.planning.model import problem_of
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import Rules, rules_between
from binpack.kubernetes.pod import Pod

Limit = tuple[int, int, int, int]


class EvictionModel:
    """``problem`` of some waiting pods, over the state without the pods that may go, which has them again afterwards.

    exact : its optimum is the best there is by all rules at the end and budgets; else something was left out.
    """

    def __init__(self, state: ClusterState, waiting: Sequence[Pod], budgets: Sequence[Budget], losses: Losses) -> None:
        self._state = state
        self._sets, self._members = pod_sets_of(waiting)
        self._movable, some_stay = evictable_pods(state, losses, [pods.template for pods in self._sets])
        self._stays, counted = stays_of(self._movable, budgets, losses)
        cost = bins_of(state).cost
        for pod, _ in self._movable:
            state.remove(pod.key)
        kept = [PodSet(s.pods[0].name, "Pod", s.demand, bare(s.pods[0].template)) for s in self._stays]
        rules = self._rules_between([*self._sets, *kept])
        levels = [*(losses.of_waiting(pods.template) for pods in self._sets), *(stay.loss for stay in self._stays)]
        order = sorted(set(levels), reverse=True)
        self.problem: Problem = problem_of(
            [*self._sets, *kept],
            state,
            replace(bins_of(state), cost=cost),
            rules,
            optional=[order.index(loss) for loss in levels],
            alternatives=[*[NO_ALTERNATIVE] * len(self._sets), *(stay.share for stay in self._stays)],
        )
        for pod, node in self._movable:
            state.add(pod, node)
        self._rules = rules
        self.exact = counted and not some_stay and not rules.stricter

    def _rules_between(self, sets: Sequence[PodSet]) -> Rules:
        """Those between waiting pods and all others; pods in place are held to no rule among themselves, as they stand."""
        rules = rules_between(sets, self._state, given=True)
        first = len(self._sets)
        rules.limits = [row for row in rules.limits if min(row[:2]) < first]
        rules.limits += self._once(first)
        for n, stay in enumerate(self._stays):
            own = self._state.index[stay.node]
            rules.barred |= {(first + n, k) for k in range(len(self._state.nodes)) if k != own}
        return rules

    def _once(self, first: int) -> Iterator[Limit]:
        """A pod that is an item of two shares stays as one of them."""
        items: dict[str, list[int]] = {}
        for n, stay in enumerate(self._stays):
            if stay.share != NO_ALTERNATIVE:
                items.setdefault(stay.pods[0].key, []).append(first + n)
        for same in items.values():
            yield from ((i, i, 1, 0) for i in same)
            yield from ((i, j, 0, 0) for i, j in combinations(same, 2))

    def packing(self, placed: Order, evicted: Sequence[Pod]) -> Packing:
        """Pods on their nodes, as far as they are of the problem, and of those that may go all but the evicted ones."""
        item = {pod.key: i for i, same in enumerate(self._members) for pod in same}
        content: list[Counter[int]] = [Counter() for _ in self._state.nodes]
        for pod, node in placed:
            if pod.key in item:
                content[self._state.index[node]][item[pod.key]] += 1
        done, taken = {pod.key for pod in evicted}, Counter[int]()
        for n, stay in enumerate(self._stays):
            for pod in stay.pods:
                if pod.key not in done and (stay.share == NO_ALTERNATIVE or taken[stay.share] < stay.demand):
                    content[self._state.index[stay.node]][len(self._sets) + n] += 1
                    taken[stay.share] += 1
                    done.add(pod.key)
        return with_standing(content, self._rules, first=len(self._sets) + len(self._stays))

    def read(self, solution: Solution) -> tuple[list[tuple[Pod, str]], list[Pod]]:
        """The waiting pods of a solution with their nodes, and who is evicted."""
        stay: set[str] = set()
        for _, content, _ in solution.patterns:
            for i, count in content.items():
                n = i - len(self._sets)
                if 0 <= n < len(self._stays):
                    stay |= {pod.key for pod in self._stays[n].pods[:count]}
        placed = pods_placed(self._state, self._sets, self._members, solution)
        return placed, [pod for pod, _ in self._movable if pod.key not in stay]
