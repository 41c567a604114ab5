"""The value of a packing at each level of the objective: unplaced by priority, cost, bins, moves.

Solvers compare packings with it. The checker does not use it: it counts again for itself.
"""

from __future__ import annotations

from typing import NamedTuple

from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem


class Value(NamedTuple):
    """Compared as a tuple: smaller is better. ``unplaced`` holds one sum of copies per priority, the highest first;
    copies that must be packed come before all of them."""

    unplaced: tuple[int, ...]
    cost: int
    bins: int
    moves: int


def unplaced_copies(problem: Problem, packing: Packing) -> dict[int, int]:
    """Copies that are missing, by the first item type of their demand group; only groups that miss some."""
    placed = packing.copies(problem.item_types)
    missing = {g[0]: int(problem.demands[g[0]]) - sum(placed[i] for i in g) for g in problem.demand_groups}
    return {i: count for i, count in missing.items() if count > 0}


def evaluate(problem: Problem, packing: Packing) -> Value:
    """The objective's levels for a packing; whether it keeps the rules is not looked at."""
    priorities = sorted(set(problem.optional.tolist()) - {-1}, reverse=True)
    missing = unplaced_copies(problem, packing)
    unplaced = tuple(
        sum(count for i, count in missing.items() if problem.optional[i] == priority) for priority in (-1, *priorities)
    )
    prices = problem.cost[packing.bin_type].tolist()
    cost = sum(price * times for price, times in zip(prices, packing.multiplicity.tolist(), strict=True))
    return Value(unplaced, cost + _setup_cost(problem, packing), packing.bins, _moves(problem, packing))


def _setup_cost(problem: Problem, packing: Packing) -> int:
    paid = [setup for setup in problem.setups if setup.cost]
    if not paid:
        return 0
    return sum(
        times * sum(s.cost for s in paid if k in s.types and _holds(items, s.members))
        for k, items, times in packing.patterns
    )


def _holds(items: dict[int, int], members: tuple[int, ...]) -> bool:
    return any(i in items for i in members)


def _moves(problem: Problem, packing: Packing) -> int:
    if not problem.initial:
        return 0
    now = {k: items for k, items, _ in packing.patterns}
    return sum(
        int(problem.move_cost[i]) * max(0, count - now.get(standing.bin_type, {}).get(i, 0))
        for standing in problem.initial
        for i, count in standing.content.items()
    )
