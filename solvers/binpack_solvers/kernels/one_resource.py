"""Any-fit of copies of one resource into bins of one capacity, bin by bin, in (nearly) constant time a copy.

Bins, or what is left in them, are members of a set of small integers with "the first member from here on": a tree of bits,
64 to a word. First fit in any order looks down a tournament tree of what is left instead.

In decreasing order copies are counted by size and need no sorting: copy number at of the order has the bin ``bin_of[at]``,
and an item type finds its copies by how many are larger, or of the same size and before it. A bin that takes a copy keeps
taking those of the same size while it has room, in first fit and in best fit, so an item type's copies in a bin are
neighbours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

NOTHING = -1
PART, WIDTH = 6, 64
ONE = np.int64(1)


def _count_trailing_zeros(typing_context, word):  # type: ignore[no-untyped-def]
    """How many zero bits are below the lowest one of a 64-bit word that is not 0."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate


_trailing_zeros: Any = intrinsic(_count_trailing_zeros)
_helper = njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]


@_helper
def _empty_set(largest):  # type: ignore[no-untyped-def]
    """A set of integers up to ``largest``: bits, words of bits that are not 0, and the same of these."""
    low = np.zeros((largest >> PART) + 2, np.int64)
    middle = np.zeros((len(low) >> PART) + 2, np.int64)
    return low, middle, np.zeros((len(middle) >> PART) + 2, np.int64)


@_helper
def _insert(low, middle, top, b):  # type: ignore[no-untyped-def]
    low[b >> 6] |= ONE << (b & 63)
    middle[b >> 12] |= ONE << (b >> 6 & 63)
    top[b >> 18] |= ONE << (b >> 12 & 63)


@_helper
def _remove(low, middle, top, b):  # type: ignore[no-untyped-def]
    low[b >> 6] &= ~(ONE << (b & 63))
    if low[b >> 6] == 0:
        middle[b >> 12] &= ~(ONE << (b >> 6 & 63))
        if middle[b >> 12] == 0:
            top[b >> 18] &= ~(ONE << (b >> 12 & 63))


@_helper
def _next(low, middle, top, b):  # type: ignore[no-untyped-def]
    """The first member from b on; NOTHING if there is none."""
    bits = low[b >> 6] & -ONE << (b & 63)
    if bits:
        return (b >> 6 << 6) + _trailing_zeros(bits)
    at = (b >> 6) + 1
    bits = middle[at >> 6] & -ONE << (at & 63)
    if not bits:
        up = (at >> 6) + 1
        bits = top[up >> 6] & -ONE << (up & 63)
        if not bits:
            word = (up >> 6) + 1
            while word < len(top) and top[word] == 0:
                word += 1
            if word >= len(top):
                return NOTHING
            up, bits = word << 6, top[word]
        at = ((up >> 6 << 6) + _trailing_zeros(bits)) << 6
        bits = middle[at >> 6]
    at = (at >> 6 << 6) + _trailing_zeros(bits)
    return (at << 6) + _trailing_zeros(low[at])


@njit(cache=True)
def decreasing_order(size, largest):  # type: ignore[no-untyped-def]
    """The copies by decreasing size, ties by index, for sizes up to ``largest``: by counting."""
    start = np.zeros(largest + 2, np.int64)
    for w in size:
        start[largest - w + 1] += 1
    for at in range(largest + 1):
        start[at + 1] += start[at]
    order = np.empty(len(size), np.int64)
    for i in range(len(size)):
        at = largest - size[i]
        order[start[at]] = i
        start[at] += 1
    return order


@njit(cache=True)
def copies_by_size(size, demand, largest):  # type: ignore[no-untyped-def]
    """(largest + 1,) copies of each size, of item types of ``size`` (m,) and ``demand`` (m,)."""
    count = np.zeros(largest + 1, np.int32)
    for i in range(len(size)):
        count[size[i]] += demand[i]
    return count


@njit(cache=True)
def first_fit_decreasing(count, capacity, copies):  # type: ignore[no-untyped-def]
    """First fit of ``copies`` in all, ``count`` (s + 1,) of each size: (copies,) the bin of each, the largest first, and the
    number of bins.

    A bin sleeps until the first size that it has room for; then it takes every copy, until it sleeps again. So the bin for a
    copy is the first one awake. Numbers of 32 bits keep three times as much in the cache.
    """
    largest = len(count) - 1
    wakes, size = np.empty(largest + 1, np.int32), np.int32(NOTHING)  # by what is left: the largest size with room
    for w in range(largest + 1):
        size = np.int32(w) if count[w] else size
        wakes[w] = size
    bin_of, bins = np.empty(copies, np.int32), 0
    state = np.empty((copies, 2), np.int32)  # what is left; the next of those that sleep until the same size
    asleep = np.full(largest + 2, np.int32(NOTHING))  # the last: of those that nothing wakes
    low, middle, top = _empty_set(copies)
    b: Any
    first: Any = NOTHING
    at = 0
    for w in range(largest, -1, -1):
        end = at + count[w]
        b = np.int64(asleep[w])
        while b != NOTHING:
            _insert(low, middle, top, b)
            first = b if first == NOTHING else min(first, b)
            b = np.int64(state[b, 1])
        while at < end:
            b = first
            if b == NOTHING:
                b, bins = bins, bins + 1
                left: Any = capacity
            else:
                left = np.int64(state[b, 0])
            bin_of[at] = b
            at += 1
            left -= w
            while left >= w and at < end:
                bin_of[at] = b
                at += 1
                left -= w
            state[b, 0] = left
            if left >= w:
                if first == NOTHING:
                    _insert(low, middle, top, b)
                    first = b
            else:
                sleeps = wakes[left]
                state[b, 1], asleep[sleeps] = asleep[sleeps], b
                if first != NOTHING:
                    _remove(low, middle, top, b)
                    first = _next(low, middle, top, b)
    return bin_of, bins


@njit(cache=True)
def best_fit_decreasing(count, capacity, copies):  # type: ignore[no-untyped-def]
    """Best fit; see ``first_fit_decreasing``. Bins stand in lists by what is left; any of those with the same is taken.

    Where a size ends at what is left in the next bin, it goes on from there: none with less has room for it.
    """
    bin_of, bins = np.empty(copies, np.int32), 0
    after, first = np.empty(copies, np.int32), np.full(capacity + 1, np.int32(NOTHING))
    low, middle, top = _empty_set(capacity)
    b: Any
    at = 0
    for w in range(len(count) - 1, -1, -1):
        end, place = at + count[w], np.int64(w)
        while at < end:
            if place != NOTHING and first[place] == NOTHING:
                place = _next(low, middle, top, place)
            if place == NOTHING:
                b, bins, left = bins, bins + 1, np.int64(capacity)
            else:
                b, left = np.int64(first[place]), place
                first[place] = after[b]
                if after[b] == NOTHING:
                    _remove(low, middle, top, place)
            bin_of[at] = b
            at += 1
            left -= w
            while left >= w and at < end:
                bin_of[at] = b
                at += 1
                left -= w
            if first[left] == NOTHING:
                _insert(low, middle, top, left)
            after[b], first[left] = first[left], b
    return bin_of, bins


@njit(cache=True)
def rows_by_size(size, demand, one_each, count, bin_of, bins):  # type: ignore[no-untyped-def]
    """Compressed rows of the item types in each bin, ascending: ptr (bins + 1,), item, count.

    one_each : whether every demand is 1. count (s + 1,): copies by size. bin_of: of the copies, the largest first.

    ``place`` is of each entry its copy's number in the order, then its bin, then where in the rows it goes. Each walk goes
    to one array out of order and little more: the processor then waits for many places in memory at a time. All in one
    walk takes six times as long.
    """
    start, at = np.empty(len(count), np.int32), np.int32(0)
    for w in range(len(count) - 1, -1, -1):
        start[w] = at
        at += count[w]
    place, times, entries = np.empty(len(bin_of), np.int32), np.ones(len(bin_of), np.int64), len(bin_of)
    entry_item = np.empty(0 if one_each else len(bin_of), np.int32)
    if one_each:
        for i in range(len(size)):
            place[i] = start[size[i]]
            start[size[i]] += 1
        for i in range(len(size)):
            place[i] = bin_of[place[i]]
    else:
        entries = 0
        for i in range(len(size)):
            at, last = start[size[i]], np.int32(NOTHING)
            start[size[i]] = at + demand[i]
            for copy in range(at, at + demand[i]):
                if bin_of[copy] == last:
                    times[entries - 1] += 1
                else:
                    last = bin_of[copy]
                    place[entries], entry_item[entries] = last, i
                    entries += 1
    ptr = np.zeros(bins + 1, np.int64)
    for entry in range(entries):
        ptr[place[entry] + 1] += 1
    for b in range(bins):
        ptr[b + 1] += ptr[b]
    end, item = ptr[:-1].astype(np.int32), np.empty(entries, np.int64)
    for entry in range(entries):
        b = place[entry]
        place[entry] = end[b]
        end[b] += 1
    if one_each:
        for entry in range(entries):
            item[place[entry]] = entry
        return ptr, item, times
    in_rows = np.empty(entries, np.int64)
    for entry in range(entries):
        item[place[entry]] = entry_item[entry]
        in_rows[place[entry]] = times[entry]
    return ptr, item, in_rows


@njit(cache=True)
def best_or_worst_fit(size, capacity, worst):  # type: ignore[no-untyped-def]
    """Best fit, or ``worst`` fit, of copies of ``size`` (n,): (n,) the bin of each, and the number of bins.

    Open bins stand in lists by what is left (best fit) or used (worst fit); of those with the same, the last one that came.
    """
    n = len(size)
    bin_of, after = np.empty(n, np.int32), np.empty(n, np.int32)
    first = np.full(capacity + 1, np.int32(NOTHING))
    low, middle, top = _empty_set(capacity)
    bins = 0
    for at in range(n):
        w = size[at]
        place = _next(low, middle, top, 0 if worst else w)
        left = capacity - place if worst else place
        if place == NOTHING or left < w:
            b, bins, left = np.int64(bins), bins + 1, capacity
        else:
            b = np.int64(first[place])
            first[place] = after[b]
            if after[b] == NOTHING:
                _remove(low, middle, top, place)
        left -= w
        bin_of[at] = b
        place = capacity - left if worst else left
        if first[place] == NOTHING:
            _insert(low, middle, top, place)
        after[b], first[place] = first[place], b
    return bin_of, bins


@njit(cache=True)
def first_fit(size, capacity):  # type: ignore[no-untyped-def]
    """First fit of copies of ``size`` (n,) in any order: (n,) the bin of each, and the number of bins."""
    n, leaves = len(size), 1
    while leaves < n:
        leaves *= 2
    most, bin_of = np.full(2 * leaves, capacity), np.empty(n, np.int32)
    bins = 0
    for at in range(n):
        w, node = size[at], 1
        while node < leaves:
            node *= 2
            if most[node] < w:
                node += 1
        bin_of[at] = node - leaves
        bins = max(bins, node - leaves + 1)
        most[node] -= w
        while node > 1:
            node >>= 1
            larger = max(most[2 * node], most[2 * node + 1])
            if larger == most[node]:
                break
            most[node] = larger
    return bin_of, bins


@njit(cache=True)
def rows_of(bin_of, order, bins):  # type: ignore[no-untyped-def]
    """Compressed rows of the copies in each bin, ascending: ptr (bins + 1,), copies (n,). ``order``: which copy is where."""
    of_copy = np.empty(len(order), np.int32)
    ptr = np.zeros(bins + 1, np.int64)
    for at in range(len(order)):
        of_copy[order[at]] = bin_of[at]
        ptr[bin_of[at] + 1] += 1
    for b in range(bins):
        ptr[b + 1] += ptr[b]
    end, copies = ptr[:-1].copy(), np.empty(len(order), np.int64)
    for i in range(len(order)):
        b = of_copy[i]
        copies[end[b]] = i
        end[b] += 1
    return ptr, copies
