"""Patterns that improve, by completing random contents with the best pair of items.

Where the best pattern is worth little more than a bin costs, what counts is how exactly the last items fill the bin, and
coarse completion tables do not see that. The best pair for the room that is left is found by a walk from both ends over
the items sorted by one weight, as in the two lists of Horowitz & Sahni (1974), pruned by the most profit up to a weight.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from binpack_solvers.kernels.pattern_search import within_waste

NONE = np.int64(-1)
LONGEST_WALK = 12
DRAWN = 3
"""Of so many items drawn, the one that brings most for its weight is put in."""


@njit(cache=True)
def pair_patterns(items, capacity, resources, waste, threshold, trials, uses, budget, seed, found):  # type: ignore[no-untyped-def]
    """Patterns worth more than ``threshold``, into the rows of ``found`` (P, n); returns how many.

    items : without limits between items, setups and alternatives. waste (resources,) : the most of each resource that may
    be left over, -1: any. trials : so many times each item begins a pattern, until it is in ``uses`` of them. budget :
    steps, of which each item has its share. seed : of the draws.
    """
    n = len(items.profit)
    key = resources if items.weight.shape[1] > resources else 0  # the strongest surrogate, if there is any
    order = np.argsort(items.weight[:, key], kind="mergesort")
    most_profit = _most_profit(items, order)
    used, count = np.zeros(n, np.int64), np.zeros(n, np.int64)
    state, rows, steps = np.uint64(seed * 2 + 1), 0, 0
    for start in range(n):
        for _ in range(trials):
            if used[start] >= uses or items.most[start] == 0 or steps * n > budget * (start + 1):
                break
            count[:] = 0
            improves, walked, state = _filled(
                items, order, most_profit, key, start, count, capacity, resources, waste, threshold, state
            )
            steps += walked
            if improves:
                found[rows] = count
                used += count > 0
                rows += 1
                if rows == len(found):
                    return rows
    return rows


@njit(cache=True)
def _filled(items, order, most_profit, key, start, count, capacity, resources, waste, threshold, state):  # type: ignore[no-untyped-def]
    """Fills ``count`` with a copy of ``start``, more that are drawn, and the first pair that makes it worth more than
    ``threshold``; whether it is worth that much, steps, and the next state of the draws."""
    room, value, item, steps = capacity.copy(), 0, start, 0
    while item != NONE:
        count[item] += 1
        room -= items.weight[item]
        value += items.profit[item]
        least = threshold - value
        a, b, walked = _best_pair(items, order, most_profit, key, count, room, resources, waste, least)
        steps += walked
        if a != NONE:
            count[a] += 1
            if b != NONE:
                count[b] += 1
            return True, steps, state
        item, state = _drawn(items, key, count, room, resources, state)
    return value > threshold and within_waste(room, waste, resources), steps, state


@njit(cache=True)
def _most_profit(items, order):  # type: ignore[no-untyped-def]
    """(n,): the most profit of an item up to each place in ``order``."""
    most = items.profit[order]
    for place in range(1, len(order)):
        most[place] = max(most[place], most[place - 1])
    return most


@njit(cache=True)
def _fits(items, item, count, room, resources):  # type: ignore[no-untyped-def]
    """Whether a copy of an item fits."""
    fits = count[item] < items.most[item]
    for h in range(resources):
        fits &= items.weight[item, h] <= room[h]
    return fits


@njit(cache=True)
def _drawn(items, key, count, room, resources, state):  # type: ignore[no-untyped-def]
    """An item that fits, of those drawn the one that brings most for its weight, NONE if none fits; and the next state."""
    best, best_worth = NONE, -1.0
    for _ in range(DRAWN):
        state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)  # Knuth's MMIX generator
        item = np.int64((state >> np.uint64(33)) % np.uint64(len(count)))
        worth = items.profit[item] / max(1, items.weight[item, key])
        if worth > best_worth and _fits(items, item, count, room, resources):
            best, best_worth = item, worth
    return best, state


@njit(cache=True)
def _best_pair(items, order, most_profit, key, count, room, resources, waste, least):  # type: ignore[no-untyped-def]
    """The one or two items that bring most into the room, NONE where they bring no more than ``least``; and the steps."""
    first, second, best = NONE, NONE, max(0, least)
    top, steps = len(order) - 1, 0
    for a in order:
        steps += 1
        left = room[key] - items.weight[a, key]
        if left < 0:
            break
        while top >= 0 and items.weight[order[top], key] > left:
            top -= 1
        gain = items.profit[a]
        if gain + (most_profit[top] if top >= 0 else 0) <= best or not _fits(items, a, count, room, resources):
            continue
        if gain > best and _leaves(items, a, NONE, room, resources, waste):
            first, second, best = a, NONE, gain
        b, bring, walked = _partner(items, order, most_profit, top, a, count, room, resources, waste, best - gain)
        steps += walked
        if b != NONE:
            first, second, best = a, b, gain + bring
    return first, second, steps


@njit(cache=True)
def _partner(items, order, most_profit, top, a, count, room, resources, waste, least):  # type: ignore[no-untyped-def]
    """The item up to place ``top`` that brings most beside one of a, NONE where it brings no more than ``least``; what it
    brings, and the steps."""
    partner, steps = NONE, 0
    for place in range(top, max(-1, top - LONGEST_WALK), -1):
        steps += 1
        if most_profit[place] <= least:
            break
        b = order[place]
        better = items.profit[b] > least and _both_fit(items, a, b, count, room, resources)
        if better and _leaves(items, a, b, room, resources, waste):
            partner, least = b, items.profit[b]
    return partner, least, steps


@njit(cache=True)
def _both_fit(items, a, b, count, room, resources):  # type: ignore[no-untyped-def]
    """Whether a copy of b fits beside one of a."""
    fits = count[b] + (a == b) < items.most[b]
    for h in range(resources):
        fits &= items.weight[a, h] + items.weight[b, h] <= room[h]
    return fits


@njit(cache=True)
def _leaves(items, a, b, room, resources, waste):  # type: ignore[no-untyped-def]
    """Whether the bin leaves no more than it may with a, and b if there is one."""
    holds = True
    for h in range(resources):
        left = room[h] - items.weight[a, h] - (items.weight[b, h] if b != NONE else 0)
        holds &= waste[h] < 0 or left <= waste[h]
    return holds
