"""All patterns that a packing cheaper than a bound may use, judged by duals, for the checker.

The argument (reduced cost fixing; Baldacci et al. 2024 list configurations by it). A bin *loses* what it costs, and its
availability dual, less what it is worth. All bins of a packing of cost c together lose at most scale * c less what the
duals show. Where no pattern loses less than nothing, each bin alone loses no more than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.checking.best_pattern import CHUNK, LARGEST_SUM, Budget, Item, items_of, search_from_empty
from binpack_solvers.checking.certificate import objective
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.kernels.best_pattern import FOUND, PROVED, has_room_for_more, search
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

MOST_LISTED = 50_000


class Unlisted(Exception):
    """Why there is no list, in words."""


class Infeasible(Exception):
    """A pattern is worth more than it costs: the duals show nothing."""


@dataclass(frozen=True)
class Listing:
    """P patterns: bin_type (P,), count (P, m), and loss (P,) in the duals' units; together they lose ``slack`` at most.

    A pattern stands for all that is in it. Empty bins are left out.
    """

    bin_type: Int64
    count: Int64
    loss: tuple[int, ...]
    slack: int


def near_patterns(problem: Problem, certificate: Certificate, most_cost: int, budget: Budget) -> Listing:
    """The patterns that packings of all copies of at most ``most_cost`` may use.

    Raises Infeasible if a pattern is worth more than it costs, Unlisted if the patterns are too many, if the budget is
    spent, or where setups have a price, with which what is in a pattern may be worth more than all of it.
    """
    if any(setup.cost for setup in problem.setups):
        raise Unlisted("setups have a price")
    slack = certificate.scale * most_cost - objective(problem, certificate)
    waste = least_waste(problem, most_cost)
    kinds: list[int] = []
    rows: list[Int64] = []
    losses: list[int] = []
    for k in np.flatnonzero(problem.available != 0).tolist():
        price = certificate.scale * int(problem.cost[k]) + certificate.availability_duals[k]
        least = price - max(-1, slack)  # what is worth more than the price has to be seen whatever the slack
        found = _patterns_of(problem, k, certificate, waste, least, budget, MOST_LISTED - len(rows))
        for count, worth in found:
            if worth > price:
                raise Infeasible(f"a pattern of {problem.bin_name(k)} is worth more than such a bin costs")
            kinds.append(k)
            rows.append(count)
            losses.append(price - worth)
    count = np.array(rows, np.int64).reshape(-1, problem.item_types)
    return Listing(np.array(kinds, np.int64), count, tuple(losses), slack)


def least_waste(problem: Problem, most_cost: int) -> list[int]:
    """(d,): what a bin may leave over in a packing of at most ``most_cost``, -1: any amount (``checking.certificate``)."""
    cost = int(problem.cost[0])
    shared = any(len(group) > 1 for group in problem.demand_groups)
    if problem.bin_types > 1 or not cost or problem.setups or shared:
        return [-1] * problem.resources
    bins = most_cost // cost
    left = []
    for h in range(problem.resources):
        sizes = zip(problem.sizes[:, h].tolist(), problem.demands.tolist(), strict=True)
        left.append(max(-1, bins * int(problem.capacity[0, h]) - sum(size * copies for size, copies in sizes)))
    return left


def _patterns_of(
    problem: Problem, k: int, certificate: Certificate, waste: list[int], least: int, budget: Budget, room: int
) -> list[tuple[Int64, int]]:
    """Patterns of type k worth ``least`` or more, with what they are worth."""
    items = items_of(problem, k, certificate.duals)
    found = []
    for item in items:
        if problem.exclusive[item.item_type] and item.most > 0 and item.worth >= least:
            found.append((_counted(problem, [item], [1]), item.worth))
    together = [item for item in items if item.most > 0 and not problem.exclusive[item.item_type]]
    if together:
        found += _searched(problem, k, together, waste, least, budget, room)
    if len(found) > room:
        raise Unlisted(f"there are more than {MOST_LISTED} patterns")
    return found


def _searched(
    problem: Problem, k: int, items: list[Item], waste: list[int], least: int, budget: Budget, room: int
) -> list[tuple[Int64, int]]:
    if max(sum(item.worth * item.most for item in items), abs(least)) > LARGEST_SUM:
        raise Unlisted("the duals are too large to add up")
    question, state, items = search_from_empty(problem, k, items, 1, waste, least - 1)
    found: list[tuple[Int64, int]] = []
    while budget.left > 0 and len(found) <= room:
        answer, steps = search(question, state, min(CHUNK, budget.left))
        budget.left -= int(steps)
        if answer == PROVED:
            return found
        if answer == FOUND and not has_room_for_more(question, state):
            copies = state.copies.tolist()
            worth = sum(item.worth * n for item, n in zip(items, copies, strict=True))
            found.append((_counted(problem, items, copies), worth))
    raise Unlisted(
        f"there are more than {MOST_LISTED} patterns"
        if budget.left > 0
        else "not all patterns were seen within the budget"
    )


def _counted(problem: Problem, items: list[Item], copies: list[int]) -> Int64:
    count = np.zeros(problem.item_types, np.int64)
    for item, n in zip(items, copies, strict=True):
        count[item.item_type] = n
    return count
