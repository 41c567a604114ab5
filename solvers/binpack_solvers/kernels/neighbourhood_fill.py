"""Descent of the consistent neighbourhood search: one bin emptied and filled anew from the pile, as full as can be found."""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import uncounted
from binpack_solvers.kernels.bin_contents import ALLOWED, COUNT, KIND, OUT, draw
from binpack_solvers.kernels.neighbourhood_state import (
    BEHIND,
    BEST,
    LOOSE,
    LOOSE_TYPES,
    LOOSE_WEIGHT,
    OLD,
    OLD_COUNT,
    ORDER,
    PILE,
    TAKE,
    WEIGHT,
    WORK,
    hold,
    keeps_limits,
    put,
)

NODES = 100
"""Search steps for filling one bin."""


@uncounted
def refill(s, b):  # type: ignore[no-untyped-def]
    """Empty bin b and fill it anew, unless more lies loose then."""
    before, kinds = s.tally[LOOSE_WEIGHT], s.held[b]
    for k in range(kinds):
        t = s.cell[KIND, b, k]
        s.space[OLD, k], s.space[OLD_COUNT, k] = t, s.cell[COUNT, b, t]
    _empty(s, b)
    fill(s, b)
    if s.tally[LOOSE_WEIGHT] > before:
        _empty(s, b)
        for k in range(kinds):
            put(s, b, s.space[OLD, k], s.space[OLD_COUNT, k])


@uncounted
def _empty(s, b):  # type: ignore[no-untyped-def]
    while s.held[b] > 0:
        t = s.cell[KIND, b, s.held[b] - 1]
        put(s, b, t, -s.cell[COUNT, b, t])


@uncounted
def fill(s, b):  # type: ignore[no-untyped-def]
    """Fill bin b from the pile with the greatest weight found: depth first, most copies first, in an order half at random.

    A branch is left when neither what is left in the pile nor the room can give more.
    """
    types = s.tally[LOOSE_TYPES]
    _order(s)
    s.space[BEHIND, types] = 0
    slack = np.int64(0)
    for h in range(len(s.factor)):
        slack += s.factor[h] * s.room[b, h]
    for k in range(types - 1, -1, -1):
        t = s.space[ORDER, k]
        s.space[BEHIND, k] = s.space[BEHIND, k + 1] + s.item[t, LOOSE] * s.item[t, WEIGHT]
        s.space[BEST, k] = 0
    best, value, nodes, k = np.int64(0), np.int64(0), np.int64(NODES), np.int64(0)  # type: ignore[assignment]
    while nodes > 0:
        while k < types and value + min(s.space[BEHIND, k], slack) > best:
            n = _most(s, b, s.space[ORDER, k])
            hold(s, b, s.space[ORDER, k], n)
            s.space[TAKE, k] = n
            slack -= n * s.item[s.space[ORDER, k], WEIGHT]
            value += n * s.item[s.space[ORDER, k], WEIGHT]
            k += 1
            nodes -= 1
        if value > best:
            best = value
            for j in range(types):
                s.space[BEST, j] = s.space[TAKE, j] if j < k else 0
        k -= 1
        while k >= 0 and s.space[TAKE, k] == 0:
            k -= 1
        if k < 0:
            break
        s.space[TAKE, k] -= 1
        hold(s, b, s.space[ORDER, k], OUT)
        slack += s.item[s.space[ORDER, k], WEIGHT]
        value -= s.item[s.space[ORDER, k], WEIGHT]
        k += 1
    for j in range(k):
        hold(s, b, s.space[ORDER, j], -s.space[TAKE, j])
    s.tally[WORK] += types + NODES - nodes
    for j in range(types):
        if s.space[BEST, j] > 0:
            put(s, b, s.space[ORDER, j], s.space[BEST, j])


@uncounted
def _order(s):  # type: ignore[no-untyped-def]
    """The types of the pile: heaviest first, but some of them moved to the end."""
    types, kept, late = s.tally[LOOSE_TYPES], np.int64(0), s.tally[LOOSE_TYPES]
    share = draw(s, np.int64(4))
    for k in range(types):
        if share > 0 and draw(s, np.int64(4)) < share:
            late -= 1
            s.space[ORDER, late] = s.item[k, PILE]
        else:
            s.space[ORDER, kept] = s.item[k, PILE]
            kept += 1


@uncounted
def _most(s, b, t):  # type: ignore[no-untyped-def]
    """The most loose copies of type t that bin b takes now."""
    if not s.cell[ALLOWED, b, t]:
        return np.int64(0)
    n = s.item[t, LOOSE]
    for h in range(len(s.factor)):
        if s.size[t, h] > 0:
            n = min(n, s.room[b, h] // s.size[t, h])
    while n > 0:
        s.cell[COUNT, b, t] += n
        kept = keeps_limits(s, b, t)
        s.cell[COUNT, b, t] -= n
        if kept:
            break
        n -= 1
    return n
