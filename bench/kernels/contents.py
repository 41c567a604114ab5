"""What is in the bins, as one number for a packing: the same for the same bins in whatever order and form they come."""

from __future__ import annotations

import numpy as np
from binpack_solvers.packing import Packing
from numpy.typing import NDArray

UInt64 = NDArray[np.uint64]
MULTIPLIER = 0x9E3779B97F4A7C15
"""Odd, near 2**64 over the golden ratio (D. E. Knuth, "The Art of Computer Programming" 3, 6.4)."""


def contents_of_placed(bin_of: NDArray[np.int32], demands: NDArray[np.int64], bins: int) -> int:
    """Of copies with the bin of each, copies of an item type one after the other."""
    held = np.zeros(bins, np.uint64)
    np.add.at(held, bin_of, np.repeat(_marks(len(demands)), demands))
    return _together(held)


def contents_of_packing(packing: Packing, item_types: int) -> int:
    """Of a packing: a bin holds the sum of its copies' marks."""
    rows = np.repeat(np.arange(len(packing.bin_type)), np.diff(packing.indptr))
    held = np.zeros(len(packing.bin_type), np.uint64)
    np.add.at(held, rows, _marks(item_types)[packing.item] * packing.count.astype(np.uint64))
    return _together(np.repeat(held, packing.multiplicity))


def _marks(item_types: int) -> UInt64:
    """A number for each item type of which sums are as good as never the same by chance."""
    return np.random.default_rng(0).integers(0, 2**64, item_types, np.uint64)


def _together(held: UInt64) -> int:
    """The bins' numbers mixed one by one and added up, so that their order does not count."""
    mixed = (held ^ (held >> np.uint64(29))) * np.uint64(MULTIPLIER)
    return int((mixed ^ (mixed >> np.uint64(32))).sum())
