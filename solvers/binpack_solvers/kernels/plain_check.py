"""Whether a packing keeps demands, capacities and form; only the checker calls it, no solver."""

from __future__ import annotations

import numpy as np
from numba import njit

CHUNK = 1 << 16
"""Entries that are looked at together: no memory for all of them, and many to a page of what is looked up."""


@njit(cache=True)
def keeps_all(kind, times, ptr, item, count, sizes, demands, capacity, placed, used):  # type: ignore[no-untyped-def]
    """Whether every row holds item types that exist, ascending, within the capacity of a bin type that exists, and all
    copies demanded are placed, no more.

    kind, times (P,), ptr (P + 1,), item, count (nnz,): as ``Packing``. sizes (m, d), demands (m,), capacity (t, d). placed
    (m,), used (t,): zeros, to which copies and bins are added. No sum may leave 64 bits: the caller sees to that. Each walk
    goes to one array out of order and little more: a processor waits for many places in memory at a time, but all in one
    walk takes four times as long.
    """
    m, d = sizes.shape
    longest = 0
    for row in range(len(kind)):
        longest = max(longest, ptr[row + 1] - ptr[row])
    amount = np.empty(CHUNK + longest, np.int64)
    begin = 0
    while begin < len(kind):
        first, end = ptr[begin], begin
        while end < len(kind) and ptr[end] - first < CHUNK:
            if kind[end] >= len(capacity):
                return False
            used[kind[end]] += times[end]
            before = -1
            for entry in range(ptr[end], ptr[end + 1]):
                if item[entry] <= before or item[entry] >= m:
                    return False
                before = item[entry]
                amount[entry - first] = count[entry] * times[end]
            end += 1
        for entry in range(first, ptr[end]):
            placed[item[entry]] += amount[entry - first]
        for h in range(d):
            for entry in range(first, ptr[end]):
                amount[entry - first] = count[entry] * sizes[item[entry], h]
            for row in range(begin, end):
                left = capacity[kind[row], h]
                for entry in range(ptr[row], ptr[row + 1]):
                    left -= amount[entry - first]
                if left < 0:
                    return False
        begin = end
    return (placed == demands).all()
