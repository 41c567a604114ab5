"""Pods that wait for a node placed on given ones: as many as can be by priority, then on as few empty nodes as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from binpack_solvers.check import violations
from binpack_solvers.objective import Value, evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.solution import Solution

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption_budgets import Budget
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.planning.acceptance import acceptance_order
from binpack.kubernetes.planning.attachments import free_attachments
from binpack.kubernetes.planning.model import Bins, problem_of
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import Rules, rules_between
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.refusal import reason_counts
from binpack.kubernetes.scores.strategies import LeastAllocated, MostAllocated, Strategy
from binpack.kubernetes.simulation import Placement, simulate

Order = Sequence[tuple[Pod, str]]
STRATEGIES: tuple[Strategy, ...] = (LeastAllocated(), MostAllocated())


class Eviction(NamedTuple):
    """A pod that was in place and is to go. breaks_budget : it is one more than a disruption budget allows."""

    pod: Pod
    node: str
    breaks_budget: bool


@dataclass(frozen=True)
class Placed:
    """order : pods with their nodes, each accepted by the filters when it comes. pending : the others, with each reason and
    the number of nodes that have it at the end. by_scheduler : what the default scheduler alone does with them. nodes : how
    many there are. evicted : those that go before any of the others comes.

    proven : no way of placing that keeps every rule at the end places more, by priority, or so many on fewer empty nodes.
    """

    order: tuple[tuple[Pod, str], ...]
    pending: tuple[tuple[Pod, dict[str, int]], ...]
    by_scheduler: tuple[Placement, ...]
    nodes: int
    solution: Solution
    proven: bool
    evicted: tuple[Eviction, ...] = ()


def place_on_nodes(
    state: ClusterState,
    waiting: Sequence[Pod],
    *,
    budgets: Sequence[Budget] | None = None,
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
) -> Placed:
    """Place the pods; ``state``, whose pods stay where they are, holds them afterwards.

    The search begins with the better of what the default scheduler does and what it does when it fills nodes.
    budgets : of disruption, for what the default scheduler alone would evict; None: it is to evict nothing.
    """
    sets, members = pod_sets_of(waiting)
    rules = rules_between(sets, state, given=True)
    problem = problem_of(sets, state, bins_of(state), rules, optional=priorities_of(sets))
    simulated = [simulated_on(state, waiting, strategy) for strategy in STRATEGIES]
    alone = simulated[0]
    if budgets is not None and any(placement.node is None for placement in alone):
        alone = simulated_on(state, waiting, STRATEGIES[0], budgets)
    starts = [_packing(placements, members, state, rules) for placements in simulated]
    start = min((p for p in starts if not violations(problem, p)), key=lambda p: evaluate(problem, p), default=None)
    goal = _Goal()
    solution = solve(
        problem, "auto", time_limit, threads, seed, initial=start, on_improvement=goal.improved, stop=goal.reached
    )
    empty = empty_nodes(state)
    accepted = acceptance_order(state, pods_placed(state, sets, members, solution))
    order = [*accepted.order, *placed_in(simulate(state, left_out(waiting, accepted.order)))]
    best = min(map(placed_in, simulated), key=lambda placed: _worth(waiting, placed, empty))
    proven = not accepted.refused and (goal.reached() or (is_proven(solution) and not rules.stricter))
    if _worth(waiting, best, empty) < _worth(waiting, order, empty):  # where rules that hold at the end ask for more
        exchange(state, order, best)
        order, proven = best, False
    pending = with_reasons(state, left_out(waiting, order))
    return Placed(tuple(order), pending, tuple(alone), len(state.nodes), solution, proven)


class _Goal:
    """Everything placed without a further node: nothing is better, and how many nodes take part does not matter."""

    def __init__(self) -> None:
        self._reached = False

    def improved(self, packing: Packing, value: Value) -> None:
        self._reached = not any(value.unplaced) and value.cost == 0

    def reached(self) -> bool:
        return self._reached


def is_proven(solution: Solution) -> bool:
    """Are copies left out and cost the best there are? The number of nodes and of moves need not be."""
    return solution.status == "optimal" or solution.statistics.cost_proven


def pod_sets_of(pods: Sequence[Pod]) -> tuple[tuple[PodSet, ...], list[list[Pod]]]:
    """Equal pods together, and who they are."""
    members: dict[PodTemplate, list[Pod]] = {}
    for pod in pods:
        members.setdefault(pod.template, []).append(pod)
    sets = tuple(PodSet(same[0].name, "Pod", len(same), template) for template, same in members.items())
    return sets, list(members.values())


def bins_of(state: ClusterState) -> Bins:
    """Each node by itself, free of what its pods take; one without pods costs 1."""
    resources = {resource for node in state.nodes for resource in node.allocatable} - {"pods"}
    free = free_attachments(state)
    for resource in resources:
        for amounts, amount in zip(free, state.resources.free(resource).tolist(), strict=True):
            amounts[resource] = max(0, amount)
    for amounts, node, pods in zip(free, state.nodes, state.resources.pods.tolist(), strict=True):
        amounts["pods"] = max(0, node.allocatable.get("pods", 0) - pods)
    return Bins(free, [int(not pods) for pods in state.resources.pods.tolist()], [1] * len(free))


def priorities_of(sets: Sequence[PodSet]) -> list[int]:
    """The priority class of each set for a Problem, 0 the lowest."""
    ranks = sorted({pods.template.priority for pods in sets})
    return [ranks.index(pods.template.priority) for pods in sets]


def simulated_on(
    state: ClusterState, waiting: Sequence[Pod], strategy: Strategy, budgets: Sequence[Budget] | None = None
) -> list[Placement]:
    """What the scheduler does; the state is then as before."""
    placements = simulate(state, waiting, strategy, budgets)
    for pod, node, _, evicted in placements:
        if node is not None:
            state.remove(pod.key)
            for victim in evicted:
                state.add(victim, node)
    return placements


def _packing(
    placements: Sequence[Placement], members: Sequence[Sequence[Pod]], state: ClusterState, rules: Rules
) -> Packing:
    """The placements as a packing."""
    item = {pod.key: i for i, same in enumerate(members) for pod in same}
    content: list[Counter[int]] = [Counter() for _ in state.nodes]
    for placement in placements:
        if placement.node is not None:
            content[state.index[placement.node]][item[placement.pod.key]] += 1
    return with_standing(content, rules, first=len(members))


def with_standing(content: Sequence[Counter[int]], rules: Rules, first: int) -> Packing:
    """What each node holds, and the counted pods in place, which are the items from ``first`` on, as a packing."""
    for n, counts in enumerate(rules.standing, start=first):
        for k, count in enumerate(counts):
            content[k][n] += count
    return Packing.from_patterns((k, held, 1) for k, held in enumerate(content) if held.total())


def _worth(waiting: Sequence[Pod], placed: Order, empty: set[str]) -> tuple[list[int], int]:
    """Pods left out, of the highest priority first, and then how many empty nodes take some."""
    ranks = sorted({pod.template.priority for pod in waiting}, reverse=True)
    left = Counter(pod.template.priority for pod in waiting)
    left.subtract(pod.template.priority for pod, _ in placed)
    return [left[rank] for rank in ranks], len({node for _, node in placed} & empty)


def empty_nodes(state: ClusterState) -> set[str]:
    """The names of the nodes without any pod."""
    return {node.name for node, pods in zip(state.nodes, state.resources.pods.tolist(), strict=True) if not pods}


def left_out(waiting: Sequence[Pod], placed: Order) -> list[Pod]:
    """Those that are not placed."""
    on = {pod.key for pod, _ in placed}
    return [pod for pod in waiting if pod.key not in on]


def with_reasons(state: ClusterState, pending: Iterable[Pod]) -> tuple[tuple[Pod, dict[str, int]], ...]:
    """Each pod with the reasons for which nodes refuse it now, and the number of nodes that have each."""
    return tuple((pod, reason_counts(filter_nodes(state, pod))) for pod in pending)


def exchange(state: ClusterState, old: Order, new: Order) -> None:
    """Take pods from their nodes, and put others on theirs."""
    for pod, _ in old:
        state.remove(pod.key)
    for pod, node in new:
        state.add(pod, node)


def placed_in(placements: Sequence[Placement]) -> list[tuple[Pod, str]]:
    """The pods of a simulation that found a node."""
    return [(placement.pod, placement.node) for placement in placements if placement.node is not None]


def pods_placed(
    state: ClusterState, sets: Sequence[PodSet], members: list[list[Pod]], solution: Solution
) -> list[tuple[Pod, str]]:
    """The pods of the solution with their nodes."""
    waiting = [iter(same) for same in members]
    return [
        (next(waiting[i]), state.nodes[k].name)
        for k, content, times in solution.patterns
        for i, count in content.items()
        if i < len(sets)
        for _ in range(count * times)
    ]
