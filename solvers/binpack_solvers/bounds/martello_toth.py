"""Martello and Toth's bound L2 for one resource and one capacity, over item types with demands.

For a threshold a: items larger than capacity - a (J1) and those larger than half (J2) have bins of their own; what items
from a to a half (J3) take beyond the room left beside J2 needs further bins. Source: S. Martello, P. Toth, "Lower bounds
and reduction procedures for the bin packing problem", Discrete Applied Mathematics 28 (1990), theorem 2.
"""

from __future__ import annotations

from itertools import accumulate

import numpy as np


def martello_toth(sizes: list[int], demands: list[int], capacity: int) -> int:
    """L2 in bins. sizes : at most ``capacity`` each. Exact: int64 where every total fits, Python integers otherwise."""
    if not sizes or capacity <= 0:
        return 0
    order = sorted(range(len(sizes)), key=sizes.__getitem__)
    total = sum(s * q for s, q in zip(sizes, demands, strict=True))
    kind = np.int64 if max(total, capacity * sum(demands)) < 2**62 else object
    size = np.array([sizes[i] for i in order], kind)
    count = np.array([0, *accumulate(demands[i] for i in order)], kind)
    volume = np.array([0, *accumulate(sizes[i] * demands[i] for i in order)], kind)
    half = int(np.searchsorted(size, capacity // 2, side="right"))  # the first item type larger than half
    threshold = np.concatenate([np.zeros(1, kind), np.unique(size[:half])])
    large = np.searchsorted(size, capacity - threshold, side="right")  # J1 starts here
    small = np.searchsorted(size, threshold, side="left")
    own = count[-1] - count[half]
    beside = (count[large] - count[half]) * capacity - (volume[large] - volume[half])
    excess = volume[half] - volume[small] - beside
    further = np.maximum(-(-excess // capacity), 0)
    return int(own + further.max())
