"""Dual feasible functions: sizes rounded so that what fits a bin still fits, while what cannot be used up is counted.

A function f is dual feasible for a capacity C if sizes that add up to at most C have values that add up to at most f(C).
Both families below are superadditive (f(x) + f(y) <= f(x + y)), so the same holds for every smaller capacity c with f(c):
bins of several sizes are covered with one function. All values are integers; f(C) takes the place of 1.

Sources: S. Fekete, J. Schepers, "New classes of fast lower bounds for bin packing problems", Mathematical Programming 91
(2001), theorem 2 (u(k)); J. Carlier, F. Clautiaux, A. Moukrim, "New reduction procedures and lower bounds for the
two-dimensional bin packing problem", Computers & Operations Research 34 (2007) (f2); F. Clautiaux, C. Alves, J. Valerio de
Carvalho, "A survey of dual-feasible and superadditive functions", Annals of Operations Research 179 (2010).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_STEPS = 20
"""u(k) up to this k: up to 100 it reached the optimum on one instance more of 644 measured."""
LARGEST_CAPACITY = 2**56
"""Beyond it (k + 1) * size could leave 64 bits."""


class Rounded(NamedTuple):
    """What all copies are worth together under a dual feasible function, and what a bin of each type holds of it."""

    total: int
    each: list[int]


def steps(sizes: Int64, capacity: int, k: Int64) -> Int64:
    """u(k) times k * capacity: down to the last multiple of 1 / (k + 1), counted as one of 1 / k; multiples as they are."""
    scaled = (k + 1) * sizes
    whole = scaled // capacity
    whole *= capacity
    return np.where(whole == scaled, k * sizes, whole)


def symmetric(sizes: Int64, capacity: int, k: Int64) -> Int64:
    """f2: how many whole k a size up to half of the capacity holds, twice; what a larger one leaves for them, mirrored."""
    large, full = 2 * sizes > capacity, capacity // k
    held = np.where(large, capacity - sizes, sizes) // k
    held = np.where(large, full - held, held) * 2
    return np.where(2 * sizes == capacity, full, held)


def best_rounded(
    sizes: list[int], demands: list[int], room: list[int], cost: list[int], needed: float, thresholds: int
) -> Rounded | None:
    """Of both families the function with the best bound on the cost of bins, as if each type were without end.

    sizes : at most the largest of ``room`` each. room, cost : (t,) of one bin of each type. needed : bins of the largest
    capacity; functions that cannot show more are left out, and None is the answer if none is left. thresholds : so many
    members of f2 at most, evenly from the distinct sizes. Which function is best is decided in floating point; the values
    returned are exact.
    """
    capacity = max(room, default=0)
    if not sizes or not 0 < capacity <= LARGEST_CAPACITY or _too_little(sizes, demands, capacity, needed):
        return None
    size, copies = _merged(sizes, demands)
    values = np.concatenate([size, np.array(room, np.int64)])
    k, spaced = _promising_steps(size, copies, capacity, needed), _promising_sizes(size, copies, capacity, needed)
    spaced = spaced[:: -(-len(spaced) // thresholds) or 1]
    found = np.vstack([steps(values, capacity, k[:, None]), symmetric(values, capacity, spaced[:, None])])
    if not len(found):
        return None
    total, each = found[:, : len(size)] @ copies, found[:, len(size) :]
    unit = np.where(each > 0, np.array(cost, np.float64) / np.maximum(each, 1), np.inf).min(axis=1)
    best = found[int(np.argmax(total * unit))].tolist()
    worth = dict(zip(size.tolist(), best, strict=False))
    return Rounded(sum(worth[s] * q for s, q in zip(sizes, demands, strict=True)), best[len(size) :])


def _too_little(sizes: list[int], demands: list[int], capacity: int, needed: float) -> bool:
    """Whether neither family shows as much as is needed, seen from sums alone, which is so of most calls in small runs: u(k)
    is at most twice a size's share of the capacity, f2 as well for sizes up to half, and 1 for those above."""
    half, volume, small, large = capacity // 2, 0, 0, 0
    for size, copies in zip(sizes, demands, strict=True):
        volume += size * copies
        if size > half:
            large += copies
        else:
            small += size * copies
    return max(2 * volume, large * capacity + 2 * small) < needed * capacity


def _merged(sizes: list[int], demands: list[int]) -> tuple[Int64, Floats]:
    """Distinct sizes, and how many copies there are of each."""
    size, place = np.unique(np.array(sizes, np.int64), return_inverse=True)
    return size, np.bincount(place.ravel(), np.array(demands, np.float64), len(size)).astype(np.float64)


def _promising_steps(size: Int64, copies: Floats, capacity: int, needed: float) -> Int64:
    """The k of u(k), which is at most (k + 1) / k of a size's share of the capacity."""
    k = np.arange(1, MOST_STEPS + 1)
    return np.asarray(k[float(size @ copies) / capacity * (k + 1) > needed * k])


def _promising_sizes(size: Int64, copies: Floats, capacity: int, needed: float) -> Int64:
    """The k of f2, at most 1 for a size above half, for others their share of the multiples of k in the capacity."""
    half = int(np.searchsorted(size, capacity // 2, side="right"))
    own, beside = float(copies[half:].sum()), float(size[:half] @ copies[:half])
    k = size[:half][size[:half] > 0]
    return np.asarray(k[own + beside / (k * (capacity // k)) > needed])
