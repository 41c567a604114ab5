"""Is a pattern of one bin worth more than a threshold? Depth-first search that stops and goes on, for the checker alone.

It shares nothing with the pricing of the solver. ``room`` and ``weight`` have D columns: first the resources as they are,
then *shadows*, integers in which everything that fits in the resources fits too (a resource in coarse units, or a sum of
several). Each shadow has a table: the most that items j.. can be worth in so much of it alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

IMPOSSIBLE = -(2**62)

PROVED, FOUND, PAUSED = 0, 1, 2
DEPTH, POSITION, VALUE = 0, 1, 2


class Question(NamedTuple):
    """n items in the order of the search, for one bin type.

    weight (n, D), worth (n,), most (n,): copies at most. group (n,), demand (G,): copies of a group together at most.
    Rows of limits, (n + 1,) pointers: beside items ``after`` of item i at most ``after_most`` copies of them may stand;
    ``before`` are those that limit i to ``before_most``. Setups: ``pay`` of each item, pay_weight (s, D), pay_price (s,).
    table (D - d, n + 1, W + 1). waste (d,): left over at most, -1: any. threshold: to be exceeded.
    """

    weight: Int64
    worth: Int64
    most: Int64
    group: Int64
    demand: Int64
    after_ptr: Int64
    after: Int64
    after_most: Int64
    before_ptr: Int64
    before: Int64
    before_most: Int64
    pay_ptr: Int64
    pay: Int64
    pay_weight: Int64
    pay_price: Int64
    table: Int64
    waste: Int64
    threshold: int


class State(NamedTuple):
    """Where the search stands: numbers (3,): depth, position, value; room (D,), copies (n,),
    covered (G,), paying (s,): members that stand, stack (n,): positions with copies."""

    numbers: Int64
    room: Int64
    copies: Int64
    covered: Int64
    paying: Int64
    stack: Int64


@njit(cache=True)
def bounded_knapsack(weight, worth, most, room, waste):  # type: ignore[no-untyped-def]
    """(n + 1, W + 1): the most that items j.. are worth in room w, at most ``waste`` left over in the end (-1: any)."""
    n = len(weight)
    table = np.empty((n + 1, room + 1), np.int64)
    for w in range(room + 1):
        table[n, w] = 0 if waste < 0 or w <= waste else IMPOSSIBLE
    for j in range(n - 1, -1, -1):
        row = table[j]
        row[:] = table[j + 1]
        if weight[j] == 0:
            for w in range(room + 1):
                row[w] += most[j] * worth[j]
            continue
        left, part = min(most[j], room // weight[j]), 1
        while left > 0:  # parts of 1, 2, 4 ... copies and the rest make every number of copies
            part = min(part, left)
            size, gain = part * weight[j], part * worth[j]
            for w in range(room, size - 1, -1):
                if row[w - size] + gain > row[w]:
                    row[w] = row[w - size] + gain
            left -= part
            part *= 2
    return table


@njit(cache=True)
def _hopeless(q, room, j, value, shadows):  # type: ignore[no-untyped-def]
    first, s = len(room) - shadows, shadows - 1  # the sums come last and say most
    while s >= 0 and value + q.table[s, j, room[first + s]] > q.threshold:
        s -= 1
    return s >= 0


@njit(cache=True)
def _copies(q, state, j, resources):  # type: ignore[no-untyped-def]
    """How many copies of item j may be added: within its demand, limits, and room beside the setups that it starts."""
    k = min(q.most[j], q.demand[q.group[j]] - state.covered[q.group[j]])
    for a in range(q.before_ptr[j], q.before_ptr[j + 1]):
        if state.copies[q.before[a]] > 0:
            k = min(k, q.before_most[a])
    for a in range(q.after_ptr[j], q.after_ptr[j + 1]):
        if state.copies[q.after[a]] > q.after_most[a]:
            return 0
    for h in range(resources):
        if k <= 0:
            return 0
        room = state.room[h]
        for a in range(q.pay_ptr[j], q.pay_ptr[j + 1]):
            if state.paying[q.pay[a]] == 0:
                room -= q.pay_weight[q.pay[a], h]
                if room < 0:
                    return 0
        if q.weight[j, h] > 0:
            k = min(k, room // q.weight[j, h])
    return k


@njit(cache=True)
def _settle(q, state, j, sign):  # type: ignore[no-untyped-def]
    """Item j comes into the bin (sign 1) or leaves it (-1): the setups that it starts or ends alone."""
    for a in range(q.pay_ptr[j], q.pay_ptr[j + 1]):
        s = q.pay[a]
        state.paying[s] += sign
        if state.paying[s] == (1 if sign > 0 else 0):
            state.numbers[VALUE] -= sign * q.pay_price[s]
            for h in range(len(state.room)):
                state.room[h] -= sign * q.pay_weight[s, h]


@njit(cache=True)
def _change(q, state, j, copies):  # type: ignore[no-untyped-def]
    state.copies[j] += copies
    state.covered[q.group[j]] += copies
    state.numbers[VALUE] += copies * q.worth[j]
    for h in range(len(state.room)):
        state.room[h] -= copies * q.weight[j, h]


@njit(cache=True)
def _answers(q, state):  # type: ignore[no-untyped-def]
    """Whether what is in the bin is worth more than the threshold, with little enough left over."""
    answers = state.numbers[VALUE] > q.threshold
    for h in range(len(q.waste)):
        answers &= q.waste[h] < 0 or state.room[h] <= q.waste[h]
    return answers


@njit(cache=True)
def search(q, state, steps):  # type: ignore[no-untyped-def]
    """Go on for so many steps: PROVED (no pattern exceeds the threshold), FOUND (``copies`` do) or PAUSED.

    It begins with the empty bin, which is not looked at itself. Going on after FOUND, it finds every pattern above the
    threshold that has no room for more, and some of the others.
    """
    n, resources, shadows = len(q.worth), len(q.waste), len(q.table)
    numbers = state.numbers
    done = 0
    while done < steps:
        done += 1
        j = numbers[POSITION]
        copies = 0
        while j < n:
            if _hopeless(q, state.room, j, numbers[VALUE], shadows):
                j = n
                break
            copies = _copies(q, state, j, resources)
            if copies > 0:
                break
            j += 1
            done += 1
        if j < n:
            _settle(q, state, j, 1)
            _change(q, state, j, copies)
            state.stack[numbers[DEPTH]] = j
            numbers[DEPTH] += 1
            numbers[POSITION] = j + 1
            if _answers(q, state):
                return FOUND, done
            continue
        if numbers[DEPTH] == 0:
            return PROVED, done
        j = state.stack[numbers[DEPTH] - 1]
        _change(q, state, j, -1)  # fewer copies are worth less and leave more over: no answer where more were none
        if state.copies[j] == 0:
            _settle(q, state, j, -1)
            numbers[DEPTH] -= 1
        numbers[POSITION] = j + 1
    return PAUSED, done


@njit(cache=True)
def has_room_for_more(q, state):  # type: ignore[no-untyped-def]
    """Whether one more copy of some item fits beside what is in the bin."""
    resources = len(q.waste)
    for j in range(len(q.worth)):
        fits = state.copies[j] < q.most[j] and state.covered[q.group[j]] < q.demand[q.group[j]]
        for a in range(q.before_ptr[j], q.before_ptr[j + 1]):
            fits &= state.copies[q.before[a]] == 0 or state.copies[j] < q.before_most[a]
        for a in range(q.after_ptr[j], q.after_ptr[j + 1]):
            fits &= state.copies[q.after[a]] <= q.after_most[a]
        for h in range(resources):
            room = state.room[h] - q.weight[j, h]
            for a in range(q.pay_ptr[j], q.pay_ptr[j + 1]):
                if state.paying[q.pay[a]] == 0:
                    room -= q.pay_weight[q.pay[a], h]
            fits &= room >= 0
        if fits:
            return True
    return False
