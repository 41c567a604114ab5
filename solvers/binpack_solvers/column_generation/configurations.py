"""What a bin may hold, as arrays for the pricing kernel: the items that take part and the rules of one bin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

SMALL = 2**31
"""Capacities are brought below this before resources are added up, so that a sum of them stays in 64 bits."""
MANY_ROWS, MANY_ROWS_OF_VECTORS, MANY_COPIES = 100, 500, 10
"""With several resources fewer rows are solved faster without what ``Configurations.large`` calls for."""


class Arcs(NamedTuple):
    """Limits between two item types in one bin, listed at both ends; see ``kernels.pattern_search.Items``."""

    ptr: Int64
    to: Int64
    most: Int64
    back: Int64


@dataclass(frozen=True, eq=False)
class Configurations:
    """The items of a Problem of which there are copies, all to be packed: n of them in G demand groups (rows of the master).

    item (n,) : item types. group (n,) : row of each. demand (G,) : copies. most (n, t) : copies that one bin holds of an
    item alone, never more than its demand. Rules beyond one bin (domains, spread, requires) are left out: what is proven
    holds with them too, what is found has to be checked against them.
    """

    problem: Problem
    item: Int64
    group: Int64
    demand: Int64
    most: Int64

    @property
    def exclusive(self) -> NDArray[np.bool_]:
        """(n,): alone in its bin."""
        return self.problem.exclusive[self.item]

    @cached_property
    def large(self) -> bool:
        """Whether there are many rows with many copies each: then a bound that rounds up to the optimum takes an LP solved
        to a small part of its value, with many columns."""
        many = MANY_ROWS if self.problem.resources == 1 else MANY_ROWS_OF_VECTORS
        return len(self.demand) >= many and float(self.demand.mean()) >= MANY_COPIES

    @property
    def size(self) -> Int64:
        """(n, d)."""
        return self.problem.sizes[self.item]

    @cached_property
    def arcs(self) -> Arcs:
        """Limits of level 0 between two different items."""
        where = {int(i): row for row, i in enumerate(self.item)}
        rows: list[list[tuple[int, int, int]]] = [[] for _ in self.item]
        for i, j, most, level in self.problem.limits.tolist():
            if level == 0 and i != j and i in where and j in where:
                rows[where[i]].append((where[j], most, 0))
                rows[where[j]].append((where[i], most, 1))
        flat = np.array([arc for row in rows for arc in row], np.int64).reshape(-1, 3)
        return Arcs(_pointers(rows), *(np.ascontiguousarray(column) for column in flat.T))

    @cached_property
    def pays(self) -> tuple[Int64, Int64]:
        """(n + 1,) pointers and the setups that each item pays."""
        setups: list[list[int]] = [[] for _ in self.item]
        where = {int(i): row for row, i in enumerate(self.item)}
        for s, setup in enumerate(self.problem.setups):
            for i in setup.members:
                if i in where:
                    setups[where[i]].append(s)
        return _pointers(setups), np.array([s for row in setups for s in row], np.int64)


def configurations_of(problem: Problem) -> Configurations:
    """The items that are demanded, and how many of each one bin holds."""
    groups = [group for group in problem.demand_groups if problem.demands[group[0]] > 0]
    pairs = [(i, row) for row, group in enumerate(groups) for i in group]
    item, group_of = np.array(pairs, np.int64).reshape(-1, 2).T
    demand = problem.demands[np.array([group[0] for group in groups], np.int64)]
    most = np.minimum(most_per_bin(problem)[item], demand[group_of][:, None])
    return Configurations(problem, np.ascontiguousarray(item), np.ascontiguousarray(group_of), demand, most)


def scaled_down(size: Int64, setups: Int64, capacity: Int64) -> tuple[Int64, Int64, Int64]:
    """Sizes, setups and capacities (rows of d) below 2**31, rounded down: what fits still does, and sums stay in range."""
    step = capacity.max(axis=0) // SMALL + 1
    return size // step, setups // step, capacity // step


def _pointers(rows: list[list[int]] | list[list[tuple[int, int, int]]]) -> Int64:
    return np.cumsum([0, *(len(row) for row in rows)]).astype(np.int64)
