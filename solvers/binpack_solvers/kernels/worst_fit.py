"""Worst fit of copies that take room and keep no other rule, bin by bin, by a tree over what is left in the bins.

The emptiest bin of all mostly takes the copy: then one walk down the tree finds it. Where it does not, a walk that leads
nowhere is broken off, and a look through the bins, several at a time, finds the few with room. That leaves out bins without
enough room, in sum, for anything in the next window of the order.
"""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import helper, kernel, uncounted
from binpack_solvers.kernels.measures import measured
from binpack_solvers.kernels.packed_words import NOTHING, first_with, packed
from binpack_solvers.kernels.plain_fit import (
    SMALLEST_WINDOW,
    WINDOWS,
    rows_of_entries,
    type_of_new,
    windows_of,
)

BROKEN_OFF = -2


@uncounted
def _note(most, free, node):  # type: ignore[no-untyped-def]
    """Bring what is above a leaf up to date: most (nodes, d), one more than what a bin below has left, 0 without bins."""
    while node > 1:
        node >>= 1
        left, right = 2 * node, 2 * node + 1
        free[node] = max(free[left], free[right])
        for h in range(most.shape[1]):
            most[node, h] = max(most[left, h], most[right, h])


@uncounted
def _comes_after(node, leaves, b):  # type: ignore[no-untyped-def]
    """Whether all bins below a node come after bin b."""
    while node < leaves:
        node *= 2
    return node - leaves > b


@uncounted
def _emptiest(most, free, leaves, size, stack, most_nodes):  # type: ignore[no-untyped-def]
    """The first of the emptiest bins that take a copy, NOTHING, or BROKEN_OFF after too many nodes."""
    chosen, value, top, looked = NOTHING, -1.0, 1, 0
    stack[0] = 1
    while top > 0:
        top -= 1
        node = stack[top]
        if free[node] < value or (free[node] == value and _comes_after(node, leaves, chosen)):
            continue
        looked += 1
        if looked > most_nodes:
            return BROKEN_OFF
        h = 0
        while h < len(size) and most[node, h] > size[h]:
            h += 1
        if h < len(size):
            continue
        if node >= leaves:
            chosen, value = node - leaves, free[node]
            continue
        right_first = free[2 * node + 1] > free[2 * node]
        stack[top] = 2 * node + (0 if right_first else 1)
        stack[top + 1] = 2 * node + (1 if right_first else 0)
        top += 2
    return chosen


@helper
def _emptiest_of_listed(listed, word, left, free, leaves, size, slots, need, guard):  # type: ignore[no-untyped-def]
    """The same by a look through the bins that are listed."""
    chosen, value = NOTHING, -1.0
    slot = first_with(word, 0, slots, need, guard)
    while slot < slots:
        b = listed[slot]
        fits = free[leaves + b] > value
        for h in range(len(size)):
            fits &= left[b, h] >= size[h]
        if fits:
            chosen, value = b, free[leaves + b]
        slot = first_with(word, slot + 1, slots, need, guard)
    return chosen


@uncounted
def _list_bins(left, bins, plain, fewest, listed, word, slot_of):  # type: ignore[no-untyped-def]
    """List the bins with room, in sum, for ``fewest``; how many."""
    slots = 0
    for b in range(bins):
        share, slot_of[b] = 0.0, NOTHING
        for h in range(len(plain.weight)):
            share += left[b, h] * plain.weight[h]
        if share >= fewest:
            listed[slots], word[slots], slot_of[b] = b, packed(left, b, plain.field), slots
            slots += 1
    return slots


@kernel
def plain_worst_fit(plain, most_bins, most_nodes):  # type: ignore[no-untyped-def]
    """Worst fit of all copies, bins measured by the same weights for every item type; see ``plain_fit``. Each
    copy is an entry of its own.

    most_nodes : how many of the tree are looked at for one copy. A time, not an answer, depends on it.
    """
    m, d = plain.sizes.shape
    leaves, most_entries = 1, plain.demand.sum()
    while leaves < most_bins:
        leaves *= 2
    most, free, stack = np.zeros((2 * leaves, d), np.int64), np.full(2 * leaves, -1.0), np.empty(128, np.int64)
    left, kind, slot_of = (
        np.empty((most_bins, d), np.int64),
        np.empty(most_bins, np.int64),
        np.empty(most_bins, np.int64),
    )
    word, listed, length = (
        np.empty(most_bins, np.int64),
        np.empty(most_bins, np.int64),
        max(SMALLEST_WINDOW, m // WINDOWS),
    )
    fewest = windows_of(plain.sizes, plain.weight, length)
    used, lost = np.zeros(len(plain.capacity), np.int64), np.zeros(m, np.int64)
    bin_of, item_of = np.empty(most_entries, np.int64), np.empty(most_entries, np.int64)
    bins, slots, entries, weight = 0, 0, 0, plain.fullness[0]
    for position in range(m):
        if position % length == 0:
            slots = _list_bins(left, bins, plain, fewest[position // length], listed, word, slot_of)
        need, size, rest = packed(plain.sizes, position, plain.field), plain.sizes[position], plain.demand[position]
        while rest > 0:
            b = _emptiest(most, free, leaves, size, stack, most_nodes)
            if b == BROKEN_OFF:
                b = _emptiest_of_listed(listed, word, left, free, leaves, size, slots, need, plain.guard)
            if b == NOTHING:
                k = type_of_new(plain, used, position)
                if k == NOTHING or bins == most_bins:
                    break
                used[k] += 1
                b, bins = bins, bins + 1
                kind[b], slot_of[b], listed[slots] = k, slots, b
                slots += 1
                for h in range(d):
                    left[b, h] = plain.capacity[k, h]
            for h in range(d):
                left[b, h] -= size[h]
                most[leaves + b, h] = left[b, h] + 1
            free[leaves + b] = measured(plain.norm, weight, left[b])
            if slot_of[b] != NOTHING:
                word[slot_of[b]] = packed(left, b, plain.field)
            _note(most, free, leaves + b)
            rest -= 1
            bin_of[entries], item_of[entries] = b, plain.item[position]
            entries += 1
        lost[position] = rest
    bin_of, item_of = bin_of[:entries], item_of[:entries]
    ptr, item, count = rows_of_entries(bins, bin_of, item_of, np.ones(entries, np.int64))
    return kind[:bins], ptr, item, count, lost
