"""Some copies of a problem into some of its bins, as a problem of its own that holds no other types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.packing import Packing, Pattern
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup

Int64 = NDArray[np.int64]
ABSENT = -1


class Restriction(NamedTuple):
    """``problem`` and, of each of its item and bin types (ascending), the number in the whole problem."""

    problem: Problem
    items: Int64
    types: Int64

    def lift(self, packing: Packing) -> Iterator[Pattern]:
        """The patterns in the whole problem's numbers."""
        for k, content, times in packing.patterns:
            yield Pattern(int(self.types[k]), {int(self.items[i]): count for i, count in content.items()}, times)

    def lower(self, patterns: Iterable[Pattern]) -> Packing:
        """Patterns of the whole problem, of types that are in this one, in this one's numbers."""
        item, kind = ({int(n): k for k, n in enumerate(numbers)} for numbers in (self.items, self.types))
        return Packing.from_patterns(
            (kind[k], {item[i]: count for i, count in content.items()}, times) for k, content, times in patterns
        )


def restricted(problem: Problem, demands: Int64, available: Int64, minimum_bins: int = 0) -> Restriction | None:
    """``demands`` (m,) of the copies into ``available`` (t,) of the bins; None without any bin.

    Item types that another one requires stay, also without copies: without them the rule would be forgotten. Only for
    problems whose rules look at one bin at a time.
    """
    types = np.flatnonzero(available)
    if not len(types):
        return None
    items = np.flatnonzero(_wanted(problem, demands))
    item, kind = _numbers(items, problem.item_types), _numbers(types, problem.bin_types)
    limits = problem.limits.copy()
    limits[:, :2] = item[limits[:, :2]]
    requires = problem.requires.copy()
    requires[:, :2] = item[requires[:, :2]]
    part = Problem(
        problem.sizes[items],
        problem.capacity[types],
        demands=demands[items],
        cost=problem.cost[types],
        available=available[types],
        compatible=problem.compatible[np.ix_(items, types)],
        alternatives=problem.alternatives[items],
        optional=problem.optional[items],
        exclusive=problem.exclusive[items],
        limits=limits[(limits[:, :2] != ABSENT).all(axis=1)],
        requires=requires[requires[:, 0] != ABSENT],
        setups=_setups(problem, item, kind),
        minimum_bins=minimum_bins,
    )
    return Restriction(part, items, types)


def _wanted(problem: Problem, demands: Int64) -> NDArray[np.bool_]:
    """(m,) item types with copies, and those that they require."""
    wanted = demands > 0
    before = -1
    while (count := int(wanted.sum())) != before:
        before = count
        wanted[problem.requires[wanted[problem.requires[:, 0]], 1]] = True
    return wanted


def _numbers(kept: Int64, count: int) -> Int64:
    """(count,) the place of each number among those kept, ABSENT of the others."""
    numbers = np.full(count, ABSENT, np.int64)
    numbers[kept] = np.arange(len(kept))
    return numbers


def _setups(problem: Problem, item: Int64, kind: Int64) -> Iterator[Setup]:
    """A setup without members or types has nobody to pay it; without types it would even mean all of them."""
    for setup in problem.setups:
        members = tuple(int(item[i]) for i in setup.members if item[i] != ABSENT)
        types = tuple(int(kind[k]) for k in setup.types if kind[k] != ABSENT)
        if members and types:
            yield Setup(members, setup.size, types, setup.cost)
