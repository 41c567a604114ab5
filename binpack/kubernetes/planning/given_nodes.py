"""Pods that wait for a node placed on given ones: as many as can be by priority, then on as few empty nodes as can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from binpack_solvers.check import violations
from binpack_solvers.objective import Value
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.planning.acceptance import Accepted, acceptance_order
from binpack.kubernetes.planning.model import Bins, problem_of
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import rules_between
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.scores.strategies import LeastAllocated, MostAllocated, Strategy
from binpack.kubernetes.simulation import Placement, simulate

STRATEGIES: tuple[Strategy, ...] = (LeastAllocated(), MostAllocated())


@dataclass(frozen=True)
class Placed:
    """order : pods with their nodes, each accepted by the filters when it comes. pending : the others, with each reason and
    the number of nodes that have it at the end. by_scheduler : what the default scheduler alone does with them. nodes : how
    many there are.

    proven : no way of placing that keeps every rule at the end places more, by priority, or so many on fewer empty nodes.
    """

    order: tuple[tuple[Pod, str], ...]
    pending: tuple[tuple[Pod, dict[str, int]], ...]
    by_scheduler: tuple[Placement, ...]
    nodes: int
    solution: Solution
    proven: bool


def place_on_nodes(
    state: ClusterState, waiting: Sequence[Pod], *, time_limit: float = 10.0, threads: int = 1, seed: int = 0
) -> Placed:
    """Place the pods; ``state``, whose pods stay where they are, holds them afterwards.

    The search begins with the better of what the default scheduler does and what it does when it fills nodes.
    """
    sets, members = pod_sets_of(waiting)
    rules = rules_between(sets, state, given=True)
    problem = problem_of(sets, state, _bins(state), rules, optional=_priorities(sets))
    simulated = [_simulated(state, waiting, strategy) for strategy in STRATEGIES]
    starts = [_packing(problem, placements, members, state, rules.standing) for placements in simulated]
    start = min((p for p in starts if not violations(problem, p)), key=lambda p: _value(problem, p), default=None)
    goal = _Goal()
    solution = solve(
        problem, "auto", time_limit, threads, seed, initial=start, on_improvement=goal.improved, stop=goal.reached
    )
    accepted = _accepted(state, sets, members, solution)
    proven = solution.status == "optimal" or solution.statistics.cost_proven
    proven = goal.reached() or (proven and not rules.stricter)
    if accepted is None:  # the rules that hold at the end are not those of the filters
        best = min(simulated, key=lambda placements: _left(placements))
        accepted = acceptance_order(state, [(p.pod, p.node) for p in best if p.node is not None])
        proven = False
    on = {pod.key for pod, _ in accepted.order}
    pending = tuple((pod, _reasons(state, pod)) for pod in waiting if pod.key not in on)
    return Placed(accepted.order, pending, tuple(simulated[0]), len(state.nodes), solution, proven)


class _Goal:
    """Everything placed without a further node: nothing is better, and how many nodes take part does not matter."""

    def __init__(self) -> None:
        self._reached = False

    def improved(self, packing: Packing, value: Value) -> None:
        self._reached = not any(value.unplaced) and value.cost == 0

    def reached(self) -> bool:
        return self._reached


def pod_sets_of(pods: Sequence[Pod]) -> tuple[tuple[PodSet, ...], list[list[Pod]]]:
    """Equal pods together, and who they are."""
    members: dict[PodTemplate, list[Pod]] = {}
    for pod in pods:
        members.setdefault(pod.template, []).append(pod)
    sets = tuple(PodSet(same[0].name, "Pod", len(same), template) for template, same in members.items())
    return sets, list(members.values())


def _bins(state: ClusterState) -> Bins:
    """Each node by itself, free of what its pods take; one without pods costs 1."""
    resources = {resource for node in state.nodes for resource in node.allocatable} - {"pods"}
    free: list[dict[str, int]] = [{} for _ in state.nodes]
    for resource in resources:
        for amounts, amount in zip(free, state.resources.free(resource).tolist(), strict=True):
            amounts[resource] = max(0, amount)
    for amounts, node, pods in zip(free, state.nodes, state.resources.pods.tolist(), strict=True):
        amounts["pods"] = max(0, node.allocatable.get("pods", 0) - pods)
    return Bins(free, [int(not pods) for pods in state.resources.pods.tolist()], [1] * len(free))


def _priorities(sets: Sequence[PodSet]) -> list[int]:
    ranks = sorted({pods.template.priority for pods in sets}, reverse=True)
    return [ranks.index(pods.template.priority) for pods in sets]


def _simulated(state: ClusterState, waiting: Sequence[Pod], strategy: Strategy) -> list[Placement]:
    """What the scheduler does; the state is then as before."""
    placements = simulate(state, waiting, strategy)
    for placement in placements:
        if placement.node is not None:
            state.remove(placement.pod.key)
    return placements


def _packing(
    problem: Problem,
    placements: Sequence[Placement],
    members: list[list[Pod]],
    state: ClusterState,
    standing: list[list[int]],
) -> Packing:
    """The placements as a packing, with the counted pods in place."""
    item = {pod.key: i for i, same in enumerate(members) for pod in same}
    content: list[Counter[int]] = [Counter() for _ in state.nodes]
    for placement in placements:
        if placement.node is not None:
            content[state.index[placement.node]][item[placement.pod.key]] += 1
    for n, counts in enumerate(standing):
        for k, count in enumerate(counts):
            content[k][len(members) + n] += count
    return Packing.from_patterns((k, held, 1) for k, held in enumerate(content) if held.total())


def _value(problem: Problem, packing: Packing) -> tuple[list[int], int]:
    """Pods left out, by priority, and what the nodes cost."""
    placed = np.zeros(problem.item_types, np.int64)
    np.add.at(placed, packing.item, packing.count)
    left = problem.demands - placed
    by_priority = [
        int(left[problem.optional == rank].sum()) for rank in range(int(problem.optional.max(initial=0)) + 1)
    ]
    return by_priority, int(problem.cost[packing.bin_type].sum())


def _left(placements: Sequence[Placement]) -> list[int]:
    """Pods left out, of the highest priority first."""
    ranks = sorted({p.pod.template.priority for p in placements}, reverse=True)
    return [sum(p.node is None for p in placements if p.pod.template.priority == rank) for rank in ranks]


def _accepted(
    state: ClusterState, sets: Sequence[PodSet], members: list[list[Pod]], solution: Solution
) -> Accepted | None:
    """The solution's pods in an order that the filters accept; None, with the state as before, where there is none."""
    if solution.packing is None:
        return None
    waiting = [list(same) for same in members]
    placed = [
        (waiting[i].pop(0), state.nodes[k].name)
        for k, content, times in solution.patterns
        for i, count in content.items()
        if i < len(sets)
        for _ in range(count * times)
    ]
    accepted = acceptance_order(state, placed)
    if not accepted.refused:
        return accepted
    for pod, _ in accepted.order:
        state.remove(pod.key)
    return None


def _reasons(state: ClusterState, pod: Pod) -> dict[str, int]:
    counts = Counter(
        reason for refusal in filter_nodes(state, pod) if refusal is not None for reason in refusal.reasons
    )
    return dict(sorted(counts.items()))
