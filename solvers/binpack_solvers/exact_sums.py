"""Sums of products of 64-bit integers, exactly: in numpy where no partial sum can leave 62 bits, else in Python integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

SAFE = 2**62
WHOLE = 2**53
"""Integers up to here are exact as floats, in which numpy adds up by index twice as fast."""


def total(values: Int64) -> int:
    """The sum of non-negative integers."""
    return int(values.sum()) if _safe(len(values), values) else sum(values.tolist())


def dot(left: Int64, right: Int64) -> int:
    """The sum of products of non-negative integers."""
    if _safe(len(left), left, right):
        return int(left @ right)
    return sum(a * b for a, b in zip(left.tolist(), right.tolist(), strict=True))


def sums_by(index: Int64, left: Int64, right: Int64, size: int) -> NDArray[Any]:
    """(size,) for each index the sum of its products of non-negative integers; int64, or Python integers in an object array
    where that may not hold them."""
    most = _most(len(index), left, right)
    if most == len(index) and left.min(initial=1) == right.min(initial=1) == 1:
        return np.bincount(index, minlength=size)
    if most < WHOLE:
        return np.bincount(index, left * right, size).astype(np.int64)
    safe = most < SAFE
    sums = np.zeros(size, np.int64 if safe else object)
    np.add.at(sums, index, left * right if safe else left.astype(object) * right.astype(object))
    return sums


def _safe(terms: int, *factors: Int64) -> bool:
    """Whether so many products of the largest factors stay in range."""
    return _most(terms, *factors) < SAFE


def _most(terms: int, *factors: Int64) -> int:
    """So many products of the largest factors."""
    for factor in factors:
        terms *= int(factor.max(initial=0))
    return terms
