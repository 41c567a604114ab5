"""Pricing: contents of one bin that are worth more than they cost, found by depth-first search under completion tables.

A *completion table* of a weight says the most profit that the items from position j on can still bring within a budget.
A real resource is a weight; so is any non-negative combination of resources (a *surrogate*), since every bin that holds
in each resource holds in their sum. Budgets are counted in whole steps of ``grid``, item weights rounded down, so a table
never promises too little; with a grid of 1 and a single resource it is exact, and the search then walks along improving
patterns only (da Silva & Schouery 2025, "recover many patterns"). With several weights the least of the promises counts.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

_helper = njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
"""For functions that only kernels call: without entry points from Python they compile faster."""

STARTS, ENDS, ONE = np.int64(1), np.int64(-1), np.int64(1)  # for a literal, numba compiles a version of its own
NOTHING = -(2**61)  # the worth of a state that must not be: budget left over that the waste rule forbids
FREE = 2**62  # no limit


class Items(NamedTuple):
    """n items in the order of the search, D weights of which the first ``resources`` are real.

    weight (n, D), profit (n,), most (n,): copies a bin takes. group (n,): its demand, of which a pattern never holds more
    than demand (G,), whichever of the alternatives it takes. arc_ptr (n + 1,), arc_to, arc_most: where the item stands, at
    most so many copies of another; arcs are listed at both ends, ``arc_back`` telling that the limit is on the item itself.
    pay_ptr (n + 1,), pay: the setups of the item; setup_weight (s, D), setup_price (s,).
    """

    weight: Int64
    profit: Int64
    most: Int64
    group: Int64
    demand: Int64
    arc_ptr: Int64
    arc_to: Int64
    arc_most: Int64
    arc_back: Int64
    pay_ptr: Int64
    pay: Int64
    setup_weight: Int64
    setup_price: Int64


@njit(cache=True)
def completion_tables(weight, profit, most, budget, grid, waste, table):  # type: ignore[no-untyped-def]
    """Fills ``table`` (D, n + 1, W + 1): the most profit of items j.. within w steps; W the largest budget in steps.

    waste (D,) : at most so many steps may be left over in the end, -1: any number (only with a grid of 1).
    """
    n, weights = weight.shape
    for h in range(weights):
        steps = budget[h] // grid[h]
        for w in range(steps + 1):
            table[h, n, w] = 0 if waste[h] < 0 or w <= waste[h] else NOTHING
        for j in range(n - 1, -1, -1):
            _add_item(table[h, j + 1], table[h, j], weight[j, h] // grid[h], profit[j], most[j], steps)


@_helper
def _add_item(after, row, size, profit, most, steps):  # type: ignore[no-untyped-def]
    """One item more in front: any number of copies up to ``most``, by doubling."""
    if size == 0:
        for w in range(steps + 1):
            row[w] = after[w] + most * profit
        return
    for w in range(min(size, steps + 1)):
        row[w] = after[w]
    if most == 0:
        for w in range(size, steps + 1):
            row[w] = after[w]
        return
    for w in range(size, steps + 1):  # reads only the row after: this loop is vectorised, 3 times as fast
        row[w] = max(after[w], after[w - size] + profit)
    if most * size >= steps:  # as many as fit
        for w in range(size, steps + 1):
            row[w] = max(row[w], row[w - size] + profit)
        return
    left, k = most - 1, 1
    while left > 0:
        k = min(k, left)
        for w in range(steps, k * size - 1, -1):
            row[w] = max(row[w], row[w - k * size] + k * profit)
        left -= k
        k *= 2


@njit(cache=True)
def promise(table, grid, room, j):  # type: ignore[no-untyped-def]
    """The most that the items from j on can bring into the room that is left."""
    least = table[0, j, room[0] // grid[0]]
    for h in range(1, len(grid)):
        least = min(least, table[h, j, room[h] // grid[h]])
    return least


@_helper
def _copy(source, target):  # type: ignore[no-untyped-def]
    """``target[:] = source``, which would compile for seconds for the sake of its error message."""
    for n in range(len(source)):
        target[n] = source[n]


@_helper
def _copies_that_fit(items, room, count, covered, j, resources):  # type: ignore[no-untyped-def]
    """How many copies of j the bin takes beside what is in it: room (its setups seen apart), demand, limits either way."""
    k = min(items.most[j], items.demand[items.group[j]] - covered[items.group[j]])
    for h in range(resources):
        if items.weight[j, h] > 0:
            k = min(k, room[h] // items.weight[j, h])
    for a in range(items.arc_ptr[j], items.arc_ptr[j + 1]):
        other = count[items.arc_to[a]]
        if other > 0:
            if items.arc_back[a]:
                k = min(k, items.arc_most[a])
            elif other > items.arc_most[a]:
                return 0
    return k


@_helper
def _pay(items, j, active, room, sign):  # type: ignore[no-untyped-def]
    """Setups that start or end (sign STARTS or ENDS) with an item; returns their price."""
    price = 0
    for a in range(items.pay_ptr[j], items.pay_ptr[j + 1]):
        s = items.pay[a]
        if sign < 0:
            active[s] -= 1
        if active[s] == 0:
            price += items.setup_price[s]
            for h in range(len(room)):
                room[h] -= sign * items.setup_weight[s, h]
        if sign > 0:
            active[s] += 1
    return price


@_helper
def _put(items, j, copies, room, count, covered, active, resources):  # type: ignore[no-untyped-def]
    """Put so many copies of an item that was not there in, or what its setups leave room for; returns how many, and the
    profit less what setups start to cost."""
    value = -_pay(items, j, active, room, STARTS)
    for h in range(resources):
        if room[h] < 0:
            copies = 0
        elif items.weight[j, h] > 0:
            copies = min(copies, room[h] // items.weight[j, h])
    if copies == 0:
        _pay(items, j, active, room, ENDS)
        return 0, 0
    count[j] = copies
    covered[items.group[j]] += copies
    for h in range(len(room)):
        room[h] -= copies * items.weight[j, h]
    return copies, value + copies * items.profit[j]


@_helper
def _take_one(items, i, room, count, covered, active):  # type: ignore[no-untyped-def]
    """Take a copy out; returns the profit that goes with it, less what setups end to cost."""
    count[i] -= 1
    covered[items.group[i]] -= 1
    for h in range(len(room)):
        room[h] += items.weight[i, h]
    return items.profit[i] - (_pay(items, i, active, room, ENDS) if count[i] == 0 else 0)


@njit(cache=True)
def search_patterns(items, table, grid, capacity, resources, waste, threshold, uses, budget, spread, found):  # type: ignore[no-untyped-def]
    """Patterns worth more than ``threshold``, into the rows of ``found`` (P, n).

    waste (resources,) : the most of each resource that may be left over, -1: any. uses : no pattern takes an item that
    stands in so many found ones already, which makes them diverse. budget : nodes to visit. spread : look everywhere rather
    than to the end: each item that a pattern may begin with has its share of the nodes, and the search leaves a branch as
    soon as an item in it is used up. Returns how many were found, the worth of the best, and whether the search was
    complete: nothing skipped, so that where it found no pattern there is none. A pattern of which a superset was found is
    left out.

    One long function: with its loops in functions of their own it takes 1.7 times as long.
    """
    n = len(items.profit)
    room, count, used = capacity.copy(), np.zeros(n, np.int64), np.zeros(n, np.int64)
    covered, active = np.zeros(len(items.demand), np.int64), np.zeros(len(items.setup_price), np.int64)
    position, best_below = np.empty(n + 1, np.int64), np.full(n + 2, NOTHING)
    depth, j, value, nodes, rows, best, complete = 0, 0, 0, 0, 0, NOTHING, True
    while True:
        taken = 0
        while j < n:
            nodes += 1
            if value + promise(table, grid, room, j) <= threshold:
                j = n
                break
            if used[j] >= uses:
                complete = False
            else:
                taken = _copies_that_fit(items, room, count, covered, j, resources)
                if taken > 0:
                    break
            j += 1
        if taken > 0:
            taken, gain = _put(items, j, taken, room, count, covered, active, resources)
            if taken > 0:
                value += gain
                position[depth] = j
                depth += 1
                best_below[depth] = NOTHING
            j += 1
            continue
        kept = depth
        if value > threshold and value > best_below[depth] and within_waste(room, waste, resources):
            best_below[depth] = value
            best = max(best, value)
            _copy(count, found[rows])
            rows += 1
            kept = _use(used, position, depth, uses)
        if rows == len(found) or nodes > budget:
            return rows, best, False
        if depth == 0:
            return rows, best, complete
        if spread and nodes * n > budget * (position[0] + 1):
            kept = 0
        whole = not spread or kept == depth
        complete &= whole
        while depth > 0 and (whole or depth > kept):
            i = position[depth - 1]
            value -= _take_one(items, i, room, count, covered, active)
            if count[i] == 0:
                depth -= 1
                best_below[depth] = max(best_below[depth], best_below[depth + 1])
            j = i + 1
            if whole:
                break


@_helper
def _use(used, position, depth, uses):  # type: ignore[no-untyped-def]
    """Notes the use of the items at the first ``depth`` positions; how many come before the first that is used up now."""
    kept = depth
    for d in range(depth - 1, -1, -1):
        used[position[d]] += 1
        if used[position[d]] >= uses:
            kept = d
    return kept


@_helper
def within_waste(room, waste, resources):  # type: ignore[no-untyped-def]
    """Whether no more is left over than may be."""
    holds = True
    for h in range(resources):
        holds &= waste[h] < 0 or room[h] <= waste[h]
    return holds


@njit(cache=True)
def greedy_patterns(items, capacity, resources, waste, threshold, looks, found):  # type: ignore[no-untyped-def]
    """Patterns worth more than ``threshold``, into the rows of ``found``: from a copy of each item in turn, filled in the
    items' order, then one copy exchanged for a better one as long as that gains. No new one is begun after about so many
    ``looks`` at an item. Returns how many were found."""
    n = len(items.profit)
    used = np.zeros(n, np.int64)
    rows = 0
    for start in range(n):
        if used[start] > 0 or items.most[start] == 0:
            continue
        if looks <= 0:
            break
        room = capacity.copy()
        count = np.zeros(n, np.int64)
        covered = np.zeros(len(items.demand), np.int64)
        active = np.zeros(len(items.setup_price), np.int64)
        _, value = _put(items, start, ONE, room, count, covered, active, resources)
        value += _fill(items, room, count, covered, active, resources)
        gain = 1
        while gain > 0:
            gain, looked = _exchange(items, room, count, covered, active, resources)
            value += gain
            looks -= looked
        if value > threshold and within_waste(room, waste, resources):
            _copy(count, found[rows])
            rows += 1
            for j in range(n):
                used[j] += count[j] > 0
            if rows == len(found):
                break
    return rows


@_helper
def _fill(items, room, count, covered, active, resources):  # type: ignore[no-untyped-def]
    """As many copies of each item that is not there as fit, in order; returns what they bring."""
    value = 0
    for j in range(len(items.profit)):
        if count[j] == 0:
            copies = _copies_that_fit(items, room, count, covered, j, resources)
            if copies > 0:
                value += _put(items, j, copies, room, count, covered, active, resources)[1]
    return value


@_helper
def _exchange(items, room, count, covered, active, resources):  # type: ignore[no-untyped-def]
    """The first exchange of one copy for another, and what then fits, that gains; returns what it gains, 0 if none does,
    and at how many items it looked."""
    n = len(items.profit)
    looked = 0
    for i in range(n):
        if count[i] == 0:
            continue
        looked += 2 * n
        kept = count.copy(), covered.copy(), active.copy(), room.copy()
        lost = _take_one(items, i, room, count, covered, active)
        best = -1
        for j in range(n):
            better = items.profit[j] > (items.profit[i] if best < 0 else items.profit[best])
            if j != i and count[j] == 0 and better and _copies_that_fit(items, room, count, covered, j, resources) > 0:
                best = j
        if best >= 0:
            gain = _put(items, best, ONE, room, count, covered, active, resources)[1] - lost
            gain += _fill(items, room, count, covered, active, resources)
            if gain > 0:
                return gain, looked
        for old, now in zip(kept, (count, covered, active, room)):  # noqa: B905
            _copy(old, now)
    return 0, looked


@njit(cache=True)
def diverse_rows(found, order, uses):  # type: ignore[no-untyped-def]
    """Of the patterns ``found`` (P, n), in this order, those that take no item which stands in ``uses`` chosen ones."""
    chosen = np.empty(len(order), np.int64)
    used = np.zeros(found.shape[1], np.int64)
    rows = 0
    for row in order:
        fresh = True
        for j in range(found.shape[1]):
            fresh &= found[row, j] == 0 or used[j] < uses
        if fresh:
            for j in range(found.shape[1]):
                if found[row, j] > 0:
                    used[j] += 1
            chosen[rows] = row
            rows += 1
    return chosen[:rows]
