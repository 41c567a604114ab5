"""All contents of hosts that a best packing may do with, built up box by box.

A host that holds more copies than are there holds fewer as well, so contents are cut off at the demands; of two ways to
the same content only those count of which none takes more of the host in everything (dynamic programming over Pareto-best
states, as in two-stage cutting: Gilmore & Gomory 1965).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.nested.nested_problem import NestedProblem

Int64 = NDArray[np.int64]
Flags = NDArray[np.bool_]

MOST_STATES, MOST_STEPS = 20_000, 2_000_000
"""Contents with what they take, and contents times boxes looked at, of one type of host."""


@dataclass(frozen=True)
class HostContent:
    """copies (m,) : cut off at the demands. limited : boxes of each kind of which there are only so many. boxes : rows of
    the contents of boxes."""

    host: int
    copies: tuple[int, ...]
    limited: tuple[int, ...]
    boxes: tuple[int, ...]


def host_contents(
    problem: NestedProblem, boxes: Columns, host: int, most: Int64, limited: Int64
) -> list[HostContent] | None:
    """The contents of a host of one type, those left out that are part of others; None where they are too many.

    most (m,) : copies of an item type on one host. limited : kinds of boxes of which there are only so many.
    """
    search = _Search(problem, boxes, host, most, limited)
    return search.found() if search.run() else None


@dataclass
class _Search:
    """States: copies (N, m), taken (N, q), and how each came about: the state before and the row of the box added."""

    problem: NestedProblem
    boxes: Columns
    host: int
    most: Int64
    limited: Int64
    best: dict[bytes, list[Int64]] = field(default_factory=dict)
    copies: list[Int64] = field(default_factory=list)
    taken: list[Int64] = field(default_factory=list)
    came: list[tuple[int, int]] = field(default_factory=list)
    extended: set[int] = field(default_factory=set)

    def run(self) -> bool:
        """Box by box; False where there are too many states."""
        outer = self.problem.outer
        own = np.eye(outer.item_types, dtype=np.int64)[:, self.limited]
        sizes = np.hstack([outer.sizes, own])
        self.room = np.concatenate([outer.capacity[self.host], self.problem.inner.available[self.limited]])
        rows = self._useful(sizes)
        self._note(np.zeros(len(self.most), np.int64), np.zeros(len(self.room), np.int64), -1, -1)
        layer, steps = [0], 0
        while layer:
            steps += len(layer) * len(rows)
            if steps > MOST_STEPS or len(self.came) > MOST_STATES:
                return False
            copies, taken = np.array([self.copies[k] for k in layer]), np.array([self.taken[k] for k in layer])
            found = [self._with(layer, copies, taken, b, sizes[self.boxes.bin_type[b]]) for b in rows.tolist()]
            layer = [new for states in found for new in states]
        return True

    def found(self) -> list[HostContent]:
        """The contents: nothing, and those to which no box could be added."""
        return [
            HostContent(
                self.host,
                tuple(self.copies[k].tolist()),
                tuple(self.taken[k][len(self.room) - len(self.limited) :].tolist()),
                tuple(self._boxes(k)),
            )
            for k in range(len(self.came))
            if k == 0 or k not in self.extended or len(self.limited)
        ]

    def _useful(self, sizes: Int64) -> Int64:
        """Rows of boxes that this type of host holds, without those that others outdo, first item types in falling order."""
        outer, kind = self.problem.outer, self.boxes.bin_type
        holds = outer.compatible[kind, self.host] & (sizes[kind] <= self.room).all(axis=1)
        rows = np.flatnonzero(holds)
        count, alone = self.boxes.count[rows], outer.exclusive[kind[rows]]
        takes = np.hstack([sizes[kind[rows]], alone[:, None].astype(np.int64)])
        there = count[:, self.problem.kept_apart] > 0
        kept: list[int] = []
        for k in np.lexsort((takes.sum(axis=1), -count.sum(axis=1))).tolist():
            better = (count[kept] >= count[k]).all(axis=1) & (takes[kept] <= takes[k]).all(axis=1)
            if not (better & (there[kept] <= there[k]).all(axis=1)).any():
                kept.append(k)
        return rows[kept]

    def _with(self, layer: list[int], copies: Int64, taken: Int64, box: int, size: Int64) -> Iterator[int]:
        """New states, of those of a layer with one more box. Boxes come in falling order of their first item type, so that
        no order of the same boxes is looked at twice."""
        more = np.minimum(copies + self.boxes.count[box], self.most)
        fits = (taken + size <= self.room).all(axis=1) & (more > copies).any(axis=1)
        fits &= _first(self.boxes.count[box : box + 1]) <= _first(copies)
        for i, j in self.problem.apart:
            fits &= (more[:, i] == 0) | (more[:, j] == 0)
        if self._alone(box):
            fits &= ~copies.any(axis=1)
        for k in np.flatnonzero(fits).tolist():
            before = layer[k]
            if self._alone(self.came[before][1]):
                continue
            new = self._note(more[k], taken[k] + size, before, box)
            self.extended.add(before)
            if new is not None:
                yield new

    def _note(self, copies: Int64, taken: Int64, before: int, box: int) -> int | None:
        """Keep a state unless one with the same content takes no more, alone or not."""
        front = self.best.setdefault(copies.tobytes() + bytes([self._alone(box)]), [])
        if any((other <= taken).all() for other in front):
            return None
        front.append(taken)
        self.copies.append(copies)
        self.taken.append(taken)
        self.came.append((before, box))
        return len(self.came) - 1

    def _alone(self, box: int) -> bool:
        return box >= 0 and bool(self.problem.outer.exclusive[self.boxes.bin_type[box]])

    def _boxes(self, state: int) -> Iterator[int]:
        while state > 0:
            state, box = self.came[state]
            yield box


def _first(copies: Int64) -> Int64:
    """(N,): the first item type there is; as many as there are types where there is none."""
    there = copies > 0
    return np.where(there.any(axis=1), there.argmax(axis=1), copies.shape[1])
