"""Branching: on how many bins there are of a type, and on meetings: some bin holds both an i and a j, or none does; some
copy of a group of alternatives is an i in a bin of type k, or none is.

*Together* takes one copy of each and adds an item of both sizes; *apart* adds a limit, or takes the place away. Both
children are Problems again, so the same engine solves them (Ryan & Foster 1981; da Silva & Schouery 2025 for demands above
one). What is proven for a child holds for the parent's packings of that kind; a child's packing is one of the parent's
after ``expanded``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.column_generation.meeting import Meeting, merged
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Floats = NDArray[np.float64]
Int64 = NDArray[np.int64]

FRACTION = 1e-6


@dataclass(frozen=True, eq=False)
class Node:
    """A Problem in the tree. ``parts``: for each item type added by merging, the item types that it stands for.
    ``fewest``: bins of each type that there are at least; empty: none."""

    problem: Problem
    parts: tuple[tuple[int, ...], ...] = ()
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


def branching_meetings(columns: Columns, x: Floats, configurations: Configurations) -> list[Meeting]:
    """What to branch on, any of these: pairs that meet a fractional number of times, else copies placed so where there is
    a choice; where all numbers are whole and the LP is not, those in bins taken in part. Empty if the LP is whole."""
    pairs, places = _pairs(columns, x, configurations), _places(columns, x, configurations)
    fractional = [meeting for meeting, met in (*pairs.items(), *places.items()) if FRACTION < met % 1 < 1 - FRACTION]
    if not fractional:
        broken = (x % 1 > FRACTION) & (x % 1 < 1 - FRACTION)
        x = np.where(broken, x, 0)
        fractional = [*_pairs(columns, x, configurations), *_places(columns, x, configurations)]
    wanted = 2 if any(len(meeting.parts) == 2 for meeting in fractional) else 1
    return [meeting for meeting in fractional if len(meeting.parts) == wanted]


def _pairs(columns: Columns, x: Floats, configurations: Configurations) -> dict[Meeting, float]:
    """Pairs in the bins of the LP and in how many they meet, of items that stand for no others."""
    item = configurations.item
    single = np.bincount(configurations.group, (configurations.most > 0).any(axis=1))[configurations.group] <= 1
    meetings: dict[Meeting, float] = {}
    for c in np.flatnonzero(x > FRACTION).tolist():
        count = columns.count[c]
        inside = [(int(item[n]), int(count[n])) for n in np.flatnonzero((count > 0) & single).tolist()]
        for a, (i, copies) in enumerate(inside):
            for j in [i] * (copies > 1) + [j for j, _ in inside[a + 1 :]]:
                meeting = Meeting((i, j))
                meetings[meeting] = meetings.get(meeting, 0.0) + float(x[c])
    return meetings


def _places(columns: Columns, x: Floats, configurations: Configurations) -> dict[Meeting, float]:
    """Item types by bin type and how many copies of them the LP places there, where a copy could be elsewhere or another."""
    choices = np.bincount(configurations.group, (configurations.most > 0).sum(axis=1))[configurations.group]
    placed = np.zeros(configurations.most.shape)
    np.add.at(placed.T, columns.bin_type, columns.count * x[:, None])
    placed[choices <= 1] = 0
    rows, types = np.nonzero(placed > FRACTION)
    return {
        Meeting((int(configurations.item[n]),), k): float(placed[n, k])
        for n, k in zip(rows.tolist(), types.tolist(), strict=True)
    }


def apart(node: Node, meeting: Meeting) -> Node:
    """No bin holds that many copies together."""
    problem = node.problem
    if len(meeting.parts) == 1:
        compatible = problem.compatible.copy()
        compatible[meeting.parts, meeting.bin_type] = False
        return replace(node, problem=problem.replace(compatible=compatible))
    i, j = meeting.parts
    row = [i, j, 1 if i == j else 0, 0]
    return replace(node, problem=problem.replace(limits=np.vstack([problem.limits, row])))


def together(node: Node, meeting: Meeting) -> Node:
    """Some bin holds them: one copy of each becomes one copy of an item of all their sizes."""
    return replace(node, problem=merged(node.problem, meeting), parts=(*node.parts, meeting.parts))


def fractional_type(columns: Columns, x: Floats, types: int) -> tuple[int, float] | None:
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
