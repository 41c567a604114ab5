"""A problem's copies and scarce bins in parts of like mixture, so that each part is the whole problem in small.

Source: D. Narayanan et al., "Solving large-scale granular resource allocation problems efficiently with POP", SOSP 2021:
where there are many clients and each takes little of the whole, a random split of clients and resources into parts loses
little, and clients with large demands are split themselves. Here item types with many copies are dealt evenly; what is
left of them and types with few copies go, the large ones first and in an order by seed, to the part with the least of
what they need; bins that come to an end are dealt in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.errors import ProblemError
from binpack_solvers.instances.draws import Draws
from binpack_solvers.problem import UNLIMITED, Problem
from binpack_solvers.scale_out.ties import Ties, tied_groups

Int64 = NDArray[np.int64]
FINENESS = 2**20
"""Of the largest capacity, in which shares of it are counted."""


class Share(NamedTuple):
    """A part: ``demands`` (m,) copies and ``available`` (t,) bins, -1 without end."""

    demands: Int64
    available: Int64


class Unit(NamedTuple):
    """``copies`` of something alike, each for another part; ``amount`` (d,): what one takes, in shares of a bin."""

    copies: int
    amount: tuple[int, ...]


def refuse_rules_across_bins(problem: Problem) -> None:
    """Raise ProblemError, which names the rule, where bins packed apart may break a rule together."""
    rules = {
        f"limits at level {problem.limits[:, 3].max(initial=0)}": (problem.limits[:, 3] > 0).any(),
        f"requires at level {problem.requires[:, 2].max(initial=0)}": (problem.requires[:, 2] > 0).any(),
        "spread": bool(problem.spread),
        "initial": bool(problem.initial),
    }
    for rule, there in rules.items():
        if there:
            raise ProblemError(f"{rule}: a rule across bins; expected none in a problem that is solved in parts")


def partition(problem: Problem, parts: int, seed: int = 0) -> list[Share]:
    """``parts`` shares that add up to the problem's demands and available bins; some may be empty.

    Item types that are tied (see ``ties``) and have few copies go to one part together.
    """
    draws = Draws(f"partition-{seed}")
    demands = np.zeros((parts, problem.item_types), np.int64)
    units, owners = _item_units(problem, parts, demands)
    for owner, chosen in zip(owners, _deal(units, parts, draws), strict=True):
        for i, copies in owner:
            demands[chosen, i] += copies
    available = np.tile(np.where(problem.available == UNLIMITED, UNLIMITED, problem.available // parts), (parts, 1))
    scarce = np.flatnonzero(problem.available > 0)
    amounts = _amounts(problem, problem.capacity[scarce])
    bins = [Unit(int(problem.available[k]) % parts, amount) for k, amount in zip(scarce, amounts, strict=True)]
    for k, chosen in zip(scarce.tolist(), _deal(bins, parts, draws), strict=True):
        available[chosen, k] += 1
    return [Share(*share) for share in zip(demands, available, strict=True)]


Owner = list[tuple[int, int]]
"""(item type, copies) that go with each copy of a unit."""


def _item_units(problem: Problem, parts: int, demands: Int64) -> tuple[list[Unit], list[Owner]]:
    """What is dealt one by one; what every part gets alike is put into ``demands`` (parts, m)."""
    amounts = _amounts(problem, problem.sizes)
    units, owners = [], []
    for ties in tied_groups(problem, parts):
        if ties.whole:
            units.append(Unit(1, _sum(problem, ties, amounts)))
            owners.append([(i, int(problem.demands[i])) for group in ties.groups for i in group])
            continue
        for group in ties.groups:
            each, left = divmod(int(problem.demands[group[0]]), parts)
            demands[:, group] = each
            units.append(Unit(left, amounts[group[0]]))
            owners.append([(i, 1) for i in group])
    return units, owners


def _amounts(problem: Problem, sizes: Int64) -> list[tuple[int, ...]]:
    """Rows of sizes in shares of the largest capacity of each resource."""
    largest = [max(1, c) for c in problem.capacity.max(axis=0).tolist()]
    return [tuple(FINENESS * s // c for s, c in zip(row, largest, strict=True)) for row in sizes.tolist()]


def _sum(problem: Problem, ties: Ties, amounts: list[tuple[int, ...]]) -> tuple[int, ...]:
    """Of alternatives the first stands for all."""
    rows = [[int(problem.demands[group[0]]) * a for a in amounts[group[0]]] for group in ties.groups]
    return tuple(map(sum, zip(*rows, strict=True)))


def _deal(units: Sequence[Unit], parts: int, draws: Draws) -> list[list[int]]:
    """For each unit the parts that its copies go to: those whose load weighs least in what the unit takes.

    Units within a factor of two of each other come in an order by seed, the largest first.
    """
    chosen: list[list[int]] = [[] for _ in units]
    load = [[0] * len(units[0].amount) for _ in range(parts)] if units else []
    order = sorted(range(len(units)), key=lambda u: (-max(units[u].amount).bit_length(), draws.integer(0, 2**30)))
    for u in order:
        copies, amount = units[u]
        if not copies:
            continue
        weight = [(_product(row, amount), draws.integer(0, 2**30), p) for p, row in enumerate(load)]
        chosen[u] = [p for _, _, p in sorted(weight)[:copies]]
        for p in chosen[u]:
            load[p] = [have + more for have, more in zip(load[p], amount, strict=True)]
    return chosen


def _product(row: Sequence[int], amount: Sequence[int]) -> int:
    return sum(have * more for have, more in zip(row, amount, strict=True))
