"""All contents of boxes that a best packing may do with: every other one holds less, and takes no less of a host."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns, joined_columns, no_columns
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_CONTENTS = 5_000
"""Of one kind of box; of more there is no use in listing them."""


def box_contents(problem: NestedProblem, boxed: Problem, most: Int64) -> Columns | None:
    """The contents of every kind, at no cost; None where they are too many. most (m,) : copies of an item type on one
    host."""
    keyed = np.zeros(boxed.item_types, np.bool_)
    keyed[problem.kept_apart] = True  # a box is the better for not holding what keeps others away
    found = [no_columns(boxed.item_types)]
    for kind in np.flatnonzero(boxed.available):
        rows = _contents(boxed, int(kind), most)
        if rows is None:
            return None
        rows = rows[_maximal(rows, keyed)]
        found.append(Columns(np.full(len(rows), kind), rows, np.zeros(len(rows), np.int64)))
    return joined_columns(found)


def _contents(boxed: Problem, kind: int, most: Int64) -> Int64 | None:
    """(C, m): what a box of a kind can hold, nothing included."""
    rows = np.zeros((1, boxed.item_types), np.int64)
    usable = boxed.compatible[:, kind] & (most > 0)
    for i in np.flatnonzero(usable & ~boxed.exclusive):
        added = [rows]
        for count in range(1, int(most[i]) + 1):
            more = rows.copy()
            more[:, i] = count
            more = more[_held(boxed, kind, more)]
            if not len(more):
                break
            added.append(more)
            if sum(map(len, added)) > MOST_CONTENTS:
                return None
        rows = np.vstack(added)
    alone = np.eye(boxed.item_types, dtype=np.int64)[usable & boxed.exclusive]
    return np.vstack([rows, alone[_held(boxed, kind, alone)]])


def _held(boxed: Problem, kind: int, rows: Int64) -> Flags:
    """Which contents have room in a box of a kind, with what is paid for them once, and keep the limits."""
    taken = rows @ boxed.sizes
    for setup in boxed.setups:
        if kind in setup.types:
            paid = (rows[:, list(setup.members)] > 0).any(axis=1, keepdims=True)
            taken = taken + paid * np.array(setup.size, np.int64)
    held: Flags = (taken <= boxed.capacity[kind]).all(axis=1)
    for i, j, most, _ in boxed.limits.tolist():
        held &= (rows[:, i] == 0) | (rows[:, j] <= most)
    return held


def _maximal(rows: Int64, keyed: Flags) -> list[int]:
    """Those to which no copy can be added, of which the first of a ``keyed`` item type does not count as one."""
    known = {row.tobytes() for row in rows}
    return [
        k for k, row in enumerate(rows) if row.any() and not any(more.tobytes() in known for more in _more(row, keyed))
    ]


def _more(row: Int64, keyed: Flags) -> Iterator[Int64]:
    for i in np.flatnonzero((row > 0) | ~keyed):
        more = row.copy()
        more[i] += 1
        yield more
