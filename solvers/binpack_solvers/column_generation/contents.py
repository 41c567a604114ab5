"""What bins held at the parent, for the columns that a child of the tree starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.packing import Packing

Floats = NDArray[np.float64]
Int64 = NDArray[np.int64]

Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Contents:
    """C contents: bin_type (C,), count (C, item types), basic (C,): whether it was in the LP's basis; and worth (item
    types,): what a copy was worth there, in the master's unit of cost, empty if nothing is known.

    ``count`` has the narrowest type that holds it: a branch keeps its parent's contents until it is opened.
    """

    bin_type: Int64
    count: NDArray[np.integer]
    basic: NDArray[np.bool_]
    worth: Floats

    def take(self, rows: NDArray[np.bool_]) -> Contents:
        """Some of them."""
        return Contents(self.bin_type[rows], self.count[rows], self.basic[rows], self.worth)


def contents_of(packing: Packing | None, item_types: int) -> Contents:
    """The bins of a packing, equal ones once; none without one."""
    rows = 0 if packing is None else len(packing.bin_type)
    if packing is None or not rows:
        return Contents(np.empty(0, np.int64), np.empty((0, item_types), np.uint8), np.empty(0, np.bool_), np.empty(0))
    count = np.zeros((rows, item_types), np.min_scalar_type(int(packing.count.max(initial=0))))
    count[np.repeat(np.arange(rows), np.diff(packing.indptr)), packing.item] = packing.count
    return Contents(packing.bin_type, count, np.zeros(rows, np.bool_), np.empty(0))


def contents_apart(known: Contents, pair: Pair) -> Contents:
    """Those in which the pair does not meet."""
    return known.take(~_meets(known, pair))


def contents_together(known: Contents, pair: Pair) -> Contents:
    """All of them, and those in which the pair meets, with a copy of the merged item, a new last one, in its place."""
    i, j = pair
    meets = known.take(_meets(known, pair))
    merged = meets.count.copy()
    merged[:, i] -= 1
    merged[:, j] -= 1
    return Contents(
        np.concatenate([known.bin_type, meets.bin_type]),
        np.vstack([_with_last(known.count, 0), _with_last(merged, 1)]),
        np.concatenate([known.basic, meets.basic]),
        np.append(known.worth, known.worth[i] + known.worth[j]) if len(known.worth) else known.worth,
    )


def _meets(known: Contents, pair: Pair) -> NDArray[np.bool_]:
    i, j = pair
    met = known.count[:, i] > 1 if i == j else (known.count[:, i] > 0) & (known.count[:, j] > 0)
    return np.asarray(met, np.bool_)


def _with_last(count: NDArray[np.integer], copies: int) -> NDArray[np.integer]:
    return np.hstack([count, np.full((len(count), 1), copies, count.dtype)])
