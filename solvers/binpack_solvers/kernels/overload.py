"""Weighted overload search: every copy is in a bin, and moves and swaps bring down what is in the bins too much.

A bin and resource that stays overloaded where no move helps becomes dearer, so that the search learns which bins are hard to
bring in order and leaves each place where it is stuck.

Source: M. Yagiura, S. Iwasaki, T. Ibaraki, F. Glover, "A very large-scale neighborhood search algorithm for the
multi-resource generalized assignment problem", Discrete Optimization 1 (2004): overload of each agent and resource at
penalties that adapt, shift and swap; P. Morris, "The breakout method for escaping from local minima", AAAI (1993): the
penalties rise only in local minima.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from binpack_solvers.jit import helper, inlined, kernel
from binpack_solvers.kernels.bin_contents import ALLOWED, CAP, COUNT, IN, KIND, NONE, OTHER, OUT, TABU, count, draw

# Columns of the tables below; those of bins are of ``bin_contents``, as is the first of ``tally``.
OUT_PTR, OUT_END, IN_PTR, IN_END = range(4)
STEPS, WORK, OVERLOADED, RESTART, PERIOD = range(1, 6)

RISE = 0.01
"""By how much of its first price what is overloaded rises in a local minimum. 0.1 finds fewer packings, 0.003 is slow."""
TENURE = 2
"""Steps in which a copy may not go back, at least; about as many more: the prices do most of what a tabu list is for."""
LONGEST_STEP = 10**5
"""Candidates after which a move is chosen among those seen: a kernel cannot be interrupted."""
FIRST_PERIOD = 2000
"""Steps for each bin before every copy is placed anew; then twice as many, and so on. Without that a search in 10 bins that
is not done after 1e5 steps is likely never to be."""
LEAST = 1e-9
"""What a move has to gain, as a share of the overload of its bin: below are errors of rounding."""


class Overload(NamedTuple):
    """m item types, d resources, B bins, all copies in bins once the search has begun.

    size (m, d). copies (m,). room (B, d + 1): what is left of each resource, below 0 where too much is in; last, minus the
    copies over the limits. unit (d + 1,), price (B, d + 1): the first price and the price now of one too much. ends (m, 4):
    rows of ``arc`` (A, 2), limits within a bin: where the type stands at most CAP of OTHER (from OUT_PTR to OUT_END), and
    the same arcs by their other end (IN_PTR to IN_END).
    cell (4, B, m), held (B,): see ``bin_contents``; TABU, the step until which a type may not enter the bin.
    over (B,): the price of all that is too much in a bin. full (B,): in the first ``tally[OVERLOADED]`` rows the bins with
    too much. tally (6,): state of RANDOM, STEPS done, WORK (candidates looked at), OVERLOADED, the step of the next RESTART,
    PERIOD from the last one to it. freed (m,): work space.
    """

    size: Any
    copies: Any
    room: Any
    unit: Any
    price: Any
    ends: Any
    arc: Any
    cell: Any
    held: Any
    over: Any
    full: Any
    tally: Any
    freed: Any


@helper
def _put(s, b, t, n):  # type: ignore[no-untyped-def]
    """Put a copy of type t into bin b (n = IN) or take one out (n = OUT)."""
    if len(s.arc) > 0:
        gone, come = (NONE, t) if n > 0 else (t, NONE)
        s.room[b, s.size.shape[1]] -= _excess_change(s, b, gone, come)
    count(s, b, t, n)
    for h in range(s.size.shape[1]):
        s.room[b, h] -= n * s.size[t, h]


@helper
def _excess_change(s, b, gone, come):  # type: ignore[no-untyped-def]
    """How many more copies are over the limits of bin b when ``gone`` leaves it and ``come`` enters (NONE: nothing)."""
    before = _excess(s, b, gone, NONE) + _excess(s, b, come, gone)
    _count(s, b, gone, come, IN)
    after = _excess(s, b, gone, NONE) + _excess(s, b, come, gone)
    _count(s, b, gone, come, OUT)
    return after - before


@helper
def _count(s, b, gone, come, n):  # type: ignore[no-untyped-def]
    if gone != NONE:
        s.cell[COUNT, b, gone] -= n
    if come != NONE:
        s.cell[COUNT, b, come] += n


@helper
def _excess(s, b, t, but):  # type: ignore[no-untyped-def]
    """Copies over the limits that have t at one end and not ``but`` at the other."""
    total = np.int64(0)
    if t == NONE:
        return total
    for e in range(s.ends[t, OUT_PTR], s.ends[t, OUT_END]):
        if s.cell[COUNT, b, t] > 0 and s.arc[e, OTHER] != but:
            total += max(np.int64(0), s.cell[COUNT, b, s.arc[e, OTHER]] - s.arc[e, CAP])
    for e in range(s.ends[t, IN_PTR], s.ends[t, IN_END]):
        i = s.arc[e, OTHER]
        if i not in (t, but) and s.cell[COUNT, b, i] > 0:
            total += max(np.int64(0), s.cell[COUNT, b, t] - s.arc[e, CAP])
    return total


@helper
def _state_price(s, b):  # type: ignore[no-untyped-def]
    """What is in bin b too much, at the prices of now."""
    total = 0.0
    for h in range(s.room.shape[1]):
        if s.room[b, h] < 0:
            total -= s.price[b, h] * s.room[b, h]
    s.over[b] = total


@helper
def _list_overloaded(s):  # type: ignore[no-untyped-def]
    n = 0
    for b in range(len(s.over)):
        if s.over[b] > 0:
            s.full[n] = b
            n += 1
    s.tally[OVERLOADED] = n


@inlined
def _growth(size, room, price, b, gone, come, most):  # type: ignore[no-untyped-def]
    """What the overload of bin b in resources grows by when ``gone`` leaves it and ``come`` enters (NONE: nothing).

    Once it is above ``most`` what it has come to may be returned. Works on plain arrays: handing the tuple of arrays on
    makes the search three times slower.
    """
    total = 0.0
    for h in range(size.shape[1]):
        more = np.int64(0)
        if come != NONE:
            more += size[come, h]
        if gone != NONE:
            more -= size[gone, h]
        free = room[b, h]
        if more > free or free < 0:
            total += price[b, h] * (max(np.int64(0), more - free) - max(np.int64(0), -free))
            if total > most:
                break
    return total


@helper
def _change(s, b, gone, come):  # type: ignore[no-untyped-def]
    """What the overload of bin b grows by when ``gone`` leaves it and ``come`` enters (NONE: nothing)."""
    total = _growth(s.size, s.room, s.price, b, gone, come, np.inf)
    if len(s.arc) > 0:
        total += s.price[b, s.size.shape[1]] * _excess_change(s, b, gone, come)
    return total


@helper
def _best_move(s, b):  # type: ignore[no-untyped-def]
    """The move of a copy out of bin b, alone or against one of another bin, after which the least is overloaded.

    Returns what that changes, the type, the bin that it goes to, and the type that comes back (NONE: none; the type is NONE
    where no move is allowed). Ties at random. A copy cannot free more of b than it does without one coming back, nor more
    of the other bin than all that is too much there, which spares a look at most of the swaps.
    """
    size, room, price, cell, held, freed = s.size, s.room, s.price, s.cell, s.held, s.freed
    d, step, bins, limits = size.shape[1], s.tally[STEPS], len(held), len(s.arc) > 0
    work, end, over, kinds = np.int64(0), np.int64(LONGEST_STEP), s.over, held[b]
    best, ties = np.inf, np.int64(0)
    out, to, back = NONE, NONE, NONE
    for k in range(kinds):
        freed[k] = _change(s, b, cell[KIND, b, k], NONE)
    first, start = draw(s, bins), draw(s, kinds)
    for o in range(bins):
        a = first + o if first + o < bins else first + o - bins
        if a == b or work > end:
            continue
        relief = over[a]
        more = relief if limits else 0.0
        for j in range(kinds):
            k = start + j if start + j < kinds else start + j - kinds
            x = cell[KIND, b, k]
            if not cell[ALLOWED, a, x] or cell[TABU, a, x] > step or freed[k] - relief > best or work > end:
                continue
            for i in range(-1, held[a]):
                y = cell[KIND, a, i] if i >= 0 else NONE
                if y != NONE and (y == x or not cell[ALLOWED, b, y] or cell[TABU, b, y] > step):
                    continue
                work += 1
                score = freed[k] + _growth(size, room, price, a, y, x, best - freed[k] + relief)
                if score - more > best:
                    continue
                if y != NONE:
                    score += _growth(size, room, price, b, x, y, np.inf) - freed[k]
                if limits and score - more <= best:
                    score += price[a, d] * _excess_change(s, a, y, x)
                    if y != NONE:
                        score += price[b, d] * _excess_change(s, b, x, y)
                if score > best:
                    continue
                ties = ties + 1 if score == best else np.int64(1)
                best = score
                if ties == 1 or draw(s, ties) == 0:
                    out, to, back = x, a, y
    s.tally[WORK] += work
    return best, out, to, back


@helper
def _raise_prices(s):  # type: ignore[no-untyped-def]
    """Whatever is overloaded becomes dearer by a share of its first price."""
    for n in range(s.tally[OVERLOADED]):
        b = s.full[n]
        for h in range(s.room.shape[1]):
            if s.room[b, h] < 0:
                s.price[b, h] += RISE * s.unit[h]
        _state_price(s, b)


@helper
def _move(s, x, b, a):  # type: ignore[no-untyped-def]
    """A copy of x from bin b to bin a; it may not come back soon."""
    _put(s, b, x, OUT)
    _put(s, a, x, IN)
    s.cell[TABU, b, x] = s.tally[STEPS] + draw(s, np.int64(TENURE + 1)) + TENURE


@helper
def _empty(s):  # type: ignore[no-untyped-def]
    for b in range(len(s.held)):
        while s.held[b] > 0:
            _put(s, b, s.cell[KIND, b, s.held[b] - 1], OUT)


@helper
def _place(s):  # type: ignore[no-untyped-def]
    """Put every copy into a bin: bins from small to large, not quite the same each time, are filled one by one; what is left
    goes where the overload grows least. Whether there was an allowed bin for each."""
    bins, left = len(s.over), s.copies.copy()
    volume = np.empty(bins)
    for b in range(bins):
        volume[b] = (s.unit[:-1] * s.room[b, :-1]).sum() * (100 + draw(s, np.int64(50)))
    for b in np.argsort(volume):
        _fill(s, b, left)
    for t in range(len(left)):
        for _ in range(left[t]):
            least, chosen = np.inf, NONE
            for b in range(bins):
                if s.cell[ALLOWED, b, t] and _change(s, b, NONE, np.int64(t)) < least:
                    least, chosen = _change(s, b, NONE, np.int64(t)), np.int64(b)
            if chosen == NONE:
                return False
            _put(s, chosen, np.int64(t), IN)
    return True


@helper
def _fill(s, b, left):  # type: ignore[no-untyped-def]
    """Fill bin b with the copies that are ``left`` (m,), at each time the one whose size is most like the room."""
    while True:
        best, chosen = 0.0, NONE
        for t in range(len(left)):
            if left[t] > 0 and s.cell[ALLOWED, b, t] and _change(s, b, NONE, np.int64(t)) == 0:
                like = _likeness(s, b, t)
                if chosen == NONE or like > best:
                    best, chosen = like, np.int64(t)
        if chosen == NONE:
            return
        _put(s, b, chosen, IN)
        left[chosen] -= 1


@helper
def _likeness(s, b, t):  # type: ignore[no-untyped-def]
    """Cosine of the size of a type and the room in a bin, in units of first prices (Gabay & Zaourar 2016, normalised dot
    product)."""
    both, own, free = 0.0, 0.0, 0.0
    for h in range(s.size.shape[1]):
        x, y = s.unit[h] * s.size[t, h], s.unit[h] * s.room[b, h]
        both += x * y
        own += x * x
        free += y * y
    return both / np.sqrt(own * free) if both > 0 else 0.0


@helper
def _restart(s):  # type: ignore[no-untyped-def]
    """Every copy placed anew, at the first prices; for twice as many steps as before. Whether that could be done."""
    _empty(s)
    s.price[:] = s.unit
    s.cell[TABU] = 0
    placed = _place(s)
    for b in range(len(s.over)):
        _state_price(s, b)
    s.tally[PERIOD] = 2 * s.tally[PERIOD] if s.tally[PERIOD] else FIRST_PERIOD * len(s.over)
    s.tally[RESTART] = s.tally[STEPS] + s.tally[PERIOD]
    return placed


@kernel
def search(s, work):  # type: ignore[no-untyped-def]
    """Search on until about ``work`` more candidates were looked at; whether no bin has too much.

    Where it stopped it goes on with the next call: the result does not depend on how the work is cut.
    """
    end = s.tally[WORK] + work
    while True:
        if s.tally[STEPS] == s.tally[RESTART] and not _restart(s):
            s.tally[WORK] = end
            return False
        _list_overloaded(s)
        if s.tally[OVERLOADED] == 0:
            return True
        if s.tally[WORK] >= end:
            return False
        s.tally[STEPS] += 1
        s.tally[WORK] += 1
        b = s.full[draw(s, s.tally[OVERLOADED])]
        best, x, a, y = _best_move(s, b)
        if best > -LEAST * s.over[b]:
            _raise_prices(s)
        if x != NONE:
            _move(s, x, b, a)
            if y != NONE:
                _move(s, y, a, b)
            _state_price(s, a)
            _state_price(s, b)
