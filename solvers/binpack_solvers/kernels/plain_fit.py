"""First and best fit of copies that take room and keep no other rule, bin by bin, for hundreds of thousands of them.

In decreasing order hardly any bin has room for what comes next. The order is cut into windows; a bin sleeps until the first
window with something that its room is enough for, in sum. Each copy looks through the bins that are awake, at all resources
at once and several bins at a time. With one resource nearly every bin that is awake takes the copy.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from binpack_solvers.jit import helper, kernel
from binpack_solvers.kernels.measures import measured
from binpack_solvers.kernels.packed_words import NOTHING, PLACE, SHIFT, first_with, packed

SMALLEST_WINDOW, WINDOWS = 32, 512
TOLERANCE = 1e-9
"""Of sums of shares, which are floats and only save work."""
NO_ROOM = 0
PART, WIDTH = 5, 32
DE_BRUIJN, TOP = 0x077CB531, 27
BIT_OF = np.argsort([(DE_BRUIJN << bit & 0xFFFFFFFF) >> TOP for bit in range(WIDTH)])
"""Which bit it is, by what a single bit leaves at the top of its product with a de Bruijn sequence."""


class Plain(NamedTuple):
    """m item types of d resources in the order in which they are placed; t bin types.

    sizes (m, d), demand (m,), item (m,): what they are called. capacity (t, d), available (t,), type_order (t',): in which
    types are tried for a new bin. weight (d,): 1 / capacity. norm, fullness (m, d) or (1, d): by which measure of what is
    left a bin is the fullest for an item type. field (d, 2), guard: as ``Rules`` of the greedy kernels.
    """

    sizes: Any
    demand: Any
    item: Any
    capacity: Any
    available: Any
    type_order: Any
    weight: Any
    norm: Any
    fullness: Any
    field: Any
    guard: Any


@helper
def _chosen(word, listed, left, norm, weight, size, head, slots, need, guard, best):  # type: ignore[no-untyped-def]
    """The slot of the first bin that takes a copy, or of the fullest of all that do; ``slots`` if none does."""
    chosen, least = slots, np.inf
    slot = first_with(word, head, slots, need, guard)
    while slot < slots:
        b, fits = listed[slot], listed[slot] != NOTHING
        for h in range(len(size)):
            fits &= left[b, h] >= size[h]
        free = measured(norm, weight, left[b])
        if fits and free < least:
            chosen, least = slot, free
            if not best:
                break
        slot = first_with(word, slot + 1, slots, need, guard)
    return chosen


@helper
def type_of_new(plain, used, position):  # type: ignore[no-untyped-def]
    """The first bin type in order with a bin left that takes the item at this position."""
    for k in plain.type_order:
        fits = used[k] < plain.available[k]
        for h in range(plain.sizes.shape[1]):
            fits &= plain.capacity[k, h] >= plain.sizes[position, h]
        if fits:
            return k
    return NOTHING


@helper
def windows_of(sizes, weight, length):  # type: ignore[no-untyped-def]
    """The smallest sum of size over capacity from the first window on to each, ``length`` item types long."""
    fewest = np.empty((len(sizes) + length - 1) // length)
    least = np.inf
    for window in range(len(fewest)):
        for position in range(window * length, min(len(sizes), (window + 1) * length)):
            share = -TOLERANCE
            for h in range(len(weight)):
                share += sizes[position, h] * weight[h]
            least = min(least, share)
        fewest[window] = least
    return fewest


@helper
def _window_of(fewest, share):  # type: ignore[no-untyped-def]
    """The first window with something that so large a share may be room for; one past the last if there is none."""
    low, high = 0, len(fewest)
    while low < high:
        middle = (low + high) >> 1
        if fewest[middle] <= share:
            high = middle
        else:
            low = middle + 1
    return low


@helper
def _list_awake(awake, bins, listed):  # type: ignore[no-untyped-def]
    """The bins whose bit is set, in order; how many."""
    slots = 0
    for part in range((bins >> PART) + 1):
        bits = awake[part]
        while bits:
            low = bits & -bits
            listed[slots] = (part << PART) + BIT_OF[(DE_BRUIJN * low >> TOP) & WIDTH - 1]
            slots += 1
            bits ^= low
    return slots


@helper
def rows_of_entries(bins, bin_of, item_of, times):  # type: ignore[no-untyped-def]
    """Entries as rows of bins, the item types ascending: ptr, item, count."""
    ptr = np.zeros(bins + 1, np.int64)
    for b in bin_of:
        ptr[b + 1] += 1
    for b in range(bins):
        ptr[b + 1] += ptr[b]
    end = ptr[:-1].copy()
    item, count = np.empty(len(bin_of), np.int64), np.empty(len(bin_of), np.int64)
    for entry in range(len(bin_of)):
        b, i, n = bin_of[entry], item_of[entry], times[entry]
        at = end[b]
        while at > ptr[b] and item[at - 1] > i:
            item[at], count[at] = item[at - 1], count[at - 1]
            at -= 1
        item[at], count[at] = i, n
        end[b] += 1
    return ptr, item, count


@kernel
def plain_fit(plain, most_bins, best):  # type: ignore[no-untyped-def]
    """First fit, or ``best`` fit, of all copies; ``most_bins``: as many as there can be.

    Returns bin types (B,) and the bins' contents as compressed rows, ptr (B + 1,), item, count, item types ascending, and
    for each position in the order the copies that found no room (m,).
    """
    m, d = plain.sizes.shape
    exact, most_entries = True, 0
    for h in range(d):
        exact &= plain.field[h, PLACE] != NOTHING and plain.field[h, SHIFT] == 0
    for position in range(m):
        most_entries += min(plain.demand[position], most_bins)
    length = max(SMALLEST_WINDOW, m // WINDOWS)
    fewest = windows_of(plain.sizes, plain.weight, length)
    left, kind = np.empty((most_bins, d), np.int64), np.empty(most_bins, np.int64)
    awake, asleep = np.zeros((most_bins >> PART) + 1, np.int64), np.full(len(fewest) + 1, NOTHING)
    after = np.empty(most_bins, np.int64)  # the next of those that sleep until the same window
    word, listed = np.empty(most_bins + 1, np.int64), np.empty(most_bins + 1, np.int64)
    used, lost = np.zeros(len(plain.capacity), np.int64), np.zeros(m, np.int64)
    bin_of, item_of = np.empty(most_entries, np.int64), np.empty(most_entries, np.int64)
    times = np.empty(most_entries, np.int64)
    bins, entries, head, slots, window, until = 0, 0, 0, 0, -1, 0
    for position in range(m):
        if position == until:
            window, until = window + 1, until + length
            b = asleep[window]
            while b != NOTHING:
                awake[b >> PART] |= 1 << (b & WIDTH - 1)
                b = after[b]
            head, slots = 0, _list_awake(awake, bins, listed)
            for slot in range(slots):
                word[slot] = packed(left, listed[slot], plain.field)
        need, size, rest = packed(plain.sizes, position, plain.field), plain.sizes[position], plain.demand[position]
        fullness = plain.fullness[position % len(plain.fullness)]
        while rest > 0:
            if exact and not best:
                slot = first_with(word, head, slots, need, plain.guard)
            else:
                slot = _chosen(word, listed, left, plain.norm, fullness, size, head, slots, need, plain.guard, best)
            if slot == slots:
                k = type_of_new(plain, used, position)
                if k == NOTHING or bins == most_bins:
                    break
                used[k] += 1
                kind[bins], listed[slots] = k, bins
                awake[bins >> PART] |= 1 << (bins & WIDTH - 1)
                for h in range(d):
                    left[bins, h] = plain.capacity[k, h]
                bins += 1
                slots += 1
            b, most, share = listed[slot], rest, 0.0
            for h in range(d):
                if rest > 1 and size[h] > 0:
                    most = min(most, left[b, h] // size[h])
            for h in range(d):
                left[b, h] -= most * size[h]
                share += left[b, h] * plain.weight[h]
            rest -= most
            bin_of[entries], item_of[entries], times[entries] = b, plain.item[position], most
            entries += 1
            word[slot] = packed(left, b, plain.field)
            if share < fewest[window]:
                word[slot], listed[slot] = NO_ROOM, NOTHING
                awake[b >> PART] ^= 1 << (b & WIDTH - 1)
                wakes = _window_of(fewest, share)
                after[b], asleep[wakes] = asleep[wakes], b
                while head < slots and listed[head] == NOTHING:
                    head += 1
        lost[position] = rest
    ptr, item, count = rows_of_entries(bins, bin_of[:entries], item_of[:entries], times[:entries])
    return kind[:bins], ptr, item, count, lost
