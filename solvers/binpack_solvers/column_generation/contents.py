"""What bins held at the parent, for the columns that a child of the tree starts from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.meeting import Meeting
from binpack_solvers.packing import Packing

Floats = NDArray[np.float64]
Int64 = NDArray[np.int64]


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


def contents_of(packing: Packing | None, item_types: int, worth: Floats | None = None) -> Contents:
    """The bins of a packing, equal ones once; none without one. worth : what is known of it."""
    worth = np.empty(0) if worth is None else worth
    rows = 0 if packing is None else len(packing.bin_type)
    if packing is None or not rows:
        return Contents(np.empty(0, np.int64), np.empty((0, item_types), np.uint8), np.empty(0, np.bool_), worth)
    count = np.zeros((rows, item_types), np.min_scalar_type(int(packing.count.max(initial=0))))
    count[np.repeat(np.arange(rows), np.diff(packing.indptr)), packing.item] = packing.count
    return Contents(packing.bin_type, count, np.zeros(rows, np.bool_), worth)


def contents_apart(known: Contents, meeting: Meeting) -> Contents:
    """Those that do not hold it."""
    return known.take(~_holds(known, meeting))


def contents_together(known: Contents, meeting: Meeting) -> Contents:
    """All of them, and those that hold the meeting, with a copy of the merged item, a new last one, in its place."""
    holds = known.take(_holds(known, meeting))
    merged = holds.count.copy()
    for i, copies in meeting.copies.items():
        merged[:, i] -= copies
    return Contents(
        np.concatenate([known.bin_type, holds.bin_type]),
        np.vstack([_with_last(known.count, 0), _with_last(merged, 1)]),
        np.concatenate([known.basic, holds.basic]),
        np.append(known.worth, known.worth[list(meeting.parts)].sum()) if len(known.worth) else known.worth,
    )


def _holds(known: Contents, meeting: Meeting) -> NDArray[np.bool_]:
    held = np.ones(len(known.bin_type), np.bool_)
    for i, copies in meeting.copies.items():
        held &= known.count[:, i] >= copies
    return held if meeting.bin_type is None else held & (known.bin_type == meeting.bin_type)


def _with_last(count: NDArray[np.integer], copies: int) -> NDArray[np.integer]:
    return np.hstack([count, np.full((len(count), 1), copies, count.dtype)])
