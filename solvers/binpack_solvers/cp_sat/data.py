"""What may stand where: the most copies of an item type that one bin of a type can hold, by every rule on its own."""

from __future__ import annotations

from collections.abc import Iterator

from binpack_solvers.problem import MUST_BE_PACKED, NO_DOMAIN, Problem
from binpack_solvers.rules import Spread


def most_copies(problem: Problem) -> list[list[int]]:
    """(m, t): how many copies of i a bin of type k could hold if nothing else stood in it; 0: none may stand there.

    Taken into account: demand, compatibility, capacity after the setups that i pays for, ``exclusive``, limits of i on
    itself, keys that ``requires`` needs, and the domains a spread's carriers are held to.
    """
    most = [[_alone(problem, i, k) for k in range(problem.bin_types)] for i in range(problem.item_types)]
    for i, j, limit, level in problem.limits.tolist():
        if i == j:
            for k in range(problem.bin_types):
                if level == 0 or problem.topology[k, level - 1] != NO_DOMAIN:
                    most[i][k] = min(most[i][k], limit)
    for i, _, level in problem.requires.tolist():
        if level:
            most[i] = [c if problem.topology[k, level - 1] != NO_DOMAIN else 0 for k, c in enumerate(most[i])]
    for spread in problem.spread:
        for i in spread.carriers:
            most[i] = [c if is_declared(problem, spread, k) else 0 for k, c in enumerate(most[i])]
    return most


def is_declared(problem: Problem, spread: Spread, k: int) -> bool:
    """Whether bins of type k stand in a declared domain of the spread (level 0: are domains of it)."""
    domain = int(problem.topology[k, spread.key - 1]) if spread.key else k
    return domain in spread.domains


def groups_placed(problem: Problem) -> Iterator[tuple[tuple[int, ...], int, bool]]:
    """(members, demand, must be packed) for every demand group with copies."""
    for members in problem.demand_groups:
        demand = int(problem.demands[members[0]])
        if demand:
            yield members, demand, int(problem.optional[members[0]]) == MUST_BE_PACKED


def _alone(problem: Problem, i: int, k: int) -> int:
    if not problem.compatible[i, k]:
        return 0
    most = int(problem.demands[i])
    paid = [s.size for s in problem.setups if i in s.members and k in s.types]
    for r, size in enumerate(problem.sizes[i].tolist()):
        left = int(problem.capacity[k, r]) - sum(setup[r] for setup in paid)
        if left < 0:
            return 0
        if size:
            most = min(most, left // size)
    return min(most, 1) if problem.exclusive[i] else most
