"""Branching: on how many bins there are of a type, and on pairs, extended to demands above one: some bin holds both an i
and a j, or none does.

*Together* takes one copy from each and adds an item of both sizes; *apart* adds a limit. Both children are Problems again,
so the same engine solves them (Ryan & Foster 1981; da Silva & Schouery 2025 for demands above one). What is proven for
a child holds for the parent's packings of that kind; a child's packing is one of the parent's after ``expanded``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.column_generation.contents import Pair
from binpack_solvers.packing import Packing
from binpack_solvers.problem import NO_ALTERNATIVE, Problem
from binpack_solvers.rules import Setup

Int64 = NDArray[np.int64]

FRACTION = 1e-6


@dataclass(frozen=True, eq=False)
class Node:
    """A Problem in the tree. ``parts``: for each item type added by merging, the two item types that it stands for.
    ``fewest``: bins of each type that there are at least; empty: none."""

    problem: Problem
    parts: tuple[Pair, ...] = ()
    fewest: tuple[int, ...] = ()

    @property
    def at_least(self) -> Int64:
        """(t,): bins of each type that there are at least."""
        return np.array(self.fewest or [0] * self.problem.bin_types, np.int64)

    @property
    def originals(self) -> int:
        """Item types that were there from the start."""
        return self.problem.item_types - len(self.parts)

    def expanded(self, packing: Packing) -> Packing:
        """The same packing with merged items taken apart."""
        return Packing.from_patterns((k, self._apart(items), times) for k, items, times in packing.patterns)

    def _apart(self, items: dict[int, int]) -> dict[int, int]:
        content = dict(items)
        for row in range(len(self.parts) - 1, -1, -1):
            count = content.pop(self.originals + row, 0)
            for i in self.parts[row]:
                if count:
                    content[i] = content.get(i, 0) + count
        return content


def branching_pairs(columns: Columns, x: NDArray[np.float64], item: Int64, problem: Problem) -> dict[Pair, float]:
    """Pairs of item types and in how many bins of the LP they meet, where that is fractional.

    Only items that are alternatives to nothing and carry no limit above 0 can be merged without losing a rule.
    """
    barred = {i for i, j, k, _ in problem.limits.tolist() if k > 0} | {
        j for _, j, k, _ in problem.limits.tolist() if k > 0
    }
    barred |= set(np.flatnonzero((problem.alternatives != NO_ALTERNATIVE) | problem.exclusive).tolist())
    meetings: dict[Pair, float] = {}
    for c in np.flatnonzero(x > FRACTION).tolist():
        count = columns.count[c]
        inside = [(int(item[n]), int(count[n])) for n in np.flatnonzero(count).tolist()]
        inside = [(i, count) for i, count in inside if i not in barred]
        for a, (i, count) in enumerate(inside):
            if count > 1:
                meetings[i, i] = meetings.get((i, i), 0.0) + x[c]
            for j, _ in inside[a + 1 :]:
                meetings[i, j] = meetings.get((i, j), 0.0) + x[c]
    return {pair: met for pair, met in meetings.items() if FRACTION < met % 1 < 1 - FRACTION}


def apart(node: Node, pair: Pair) -> Node:
    """No bin holds both (for a pair of equals: at most one copy of it)."""
    i, j = pair
    row = [i, j, 1 if i == j else 0, 0]
    return replace(node, problem=node.problem.replace(limits=np.vstack([node.problem.limits, row])))


def together(node: Node, pair: Pair) -> Node:
    """Some bin holds both: one copy of each becomes one copy of an item of both sizes."""
    problem, (i, j) = node.problem, pair
    merged = problem.item_types
    demands = problem.demands.copy()
    demands[i] -= 1
    demands[j] -= 1
    limits = [[*row] for row in problem.limits.tolist()]
    for a, b, most, level in problem.limits.tolist():
        if a in pair:
            limits.append([merged, b, most, level])
        if b in pair:
            limits.append([a, merged, most, level])
    setups = [
        Setup((*s.members, merged), s.size, s.types, s.cost) if set(pair) & set(s.members) else s
        for s in problem.setups
    ]
    child = problem.replace(
        sizes=np.vstack([problem.sizes, problem.sizes[i] + problem.sizes[j]]),
        demands=np.append(demands, 1),
        compatible=np.vstack([problem.compatible, problem.compatible[i] & problem.compatible[j]]),
        alternatives=np.append(problem.alternatives, NO_ALTERNATIVE),
        optional=np.append(problem.optional, problem.optional[i]),
        exclusive=np.append(problem.exclusive, False),
        limits=limits or None,
        setups=setups,
        move_cost=np.append(problem.move_cost, 0),
        item_names=(*problem.item_names, f"{problem.item_name(i)} + {problem.item_name(j)}")
        if problem.item_names
        else (),
    )
    return replace(node, problem=child, parts=(*node.parts, pair))


def fractional_type(columns: Columns, x: NDArray[np.float64], types: int) -> tuple[int, float] | None:
    """The bin type whose number of bins is farthest from whole, and that number; None if all are whole."""
    bins = np.bincount(columns.bin_type, x, minlength=types)
    k = int(np.argmin(np.abs(bins % 1 - 0.5)))
    return (k, float(bins[k])) if FRACTION < bins[k] % 1 < 1 - FRACTION else None


def at_most_bins(node: Node, k: int, bins: int) -> Node:
    """No more than so many bins of type k."""
    available = node.problem.available.copy()
    available[k] = bins
    return replace(node, problem=node.problem.replace(available=available))


def at_least_bins(node: Node, k: int, bins: int) -> Node:
    """No fewer than so many bins of type k."""
    fewest = node.at_least
    fewest[k] = bins
    return replace(node, fewest=tuple(fewest.tolist()))
