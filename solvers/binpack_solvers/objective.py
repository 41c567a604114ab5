"""The value of a packing at each level of the objective: unplaced by priority, cost, bins, moves.

Solvers compare packings with it. The checker does not use it: it counts again for itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from binpack_solvers.exact_sums import dot
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
    first, placed = problem.first_of_group, packing.placed(problem.item_types)
    if problem.alone:
        missing = problem.demands - placed
    else:
        start, items = problem.group_rows
        missing = problem.demands[first] - np.add.reduceat(placed[items], start[:-1])
    short = np.flatnonzero(missing > 0)
    return dict(zip(first[short].tolist(), missing[short].tolist(), strict=True))


def evaluate(problem: Problem, packing: Packing, all_placed: bool = False) -> Value:
    """The objective's levels for a packing; whether it keeps the rules is not looked at.

    all_placed : every copy is known to be there, so none is counted.
    """
    priorities = sorted(set(problem.optional[problem.optional >= 0].tolist()), reverse=True)
    missing = {} if all_placed else unplaced_copies(problem, packing)
    unplaced = tuple(
        sum(count for i, count in missing.items() if problem.optional[i] == priority) for priority in (-1, *priorities)
    )
    cost = dot(problem.cost[packing.bin_type], packing.multiplicity)
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
