"""Columns of the master, many at a time: what bins hold, as rows of a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Column:
    """``count`` (n,) copies per item in one bin of ``bin_type``; ``cost`` includes setups."""

    bin_type: int
    count: Int64
    cost: int


@dataclass(frozen=True, eq=False)
class Columns:
    """C columns: bin_type (C,), count (C, n), cost (C,)."""

    bin_type: Int64
    count: Int64
    cost: Int64

    def __len__(self) -> int:
        return len(self.bin_type)

    def __getitem__(self, row: int) -> Column:
        return Column(int(self.bin_type[row]), self.count[row], int(self.cost[row]))

    def take(self, rows: Int64 | NDArray[np.bool_] | slice) -> Columns:
        """Some of them."""
        return Columns(self.bin_type[rows], self.count[rows], self.cost[rows])


def no_columns(items: int) -> Columns:
    """None, of so many items."""
    return Columns(np.empty(0, np.int64), np.empty((0, items), np.int64), np.empty(0, np.int64))


def joined_columns(parts: Sequence[Columns]) -> Columns:
    """All of them, one after the other; at least one part."""
    return Columns(
        np.concatenate([part.bin_type for part in parts]),
        np.concatenate([part.count for part in parts]),
        np.concatenate([part.cost for part in parts]),
    )


def cover_of(count: Int64, group: Int64, groups: int) -> Int64:
    """(C, G): copies of each demand group in each row of count (C, n)."""
    if len(group) == groups:  # no alternatives: items stand in the order of their groups
        return count
    cover = np.zeros((groups, len(count)), np.int64)
    np.add.at(cover, group, count.T)
    return np.ascontiguousarray(cover.T)
