"""Dealing item types into slots: bins are given as numbers of slots for each size; which item types take them is sought such
that no limit inside a bin is broken.

First one item type after the other, as many copies to a bin as slots and limits allow; then swaps of two copies of the same
size, as long as limits are broken (min-conflicts: Minton et al., Artificial Intelligence 58, 1992).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numba import njit

PLENTY = 2**62
NOTHING = -1
WORK, RANDOM, BROKEN, BAD = range(4)
HAND = 24
"""Partners that are looked at for one swap."""
ASTRAY = 64
"""One in so many swaps is made although it breaks more."""


class Deal(NamedTuple):
    """B bins, m item types, c sizes, E entries: pairs of a bin and a size that it has slots for.

    size_of (m,): the size of an item type. entry_ptr (c + 1,), entry_bin (E,), free (E,): per size the bins with slots for
    it and how many of them are free. arc_ptr (m + 1,), arc_to, arc_cap: where the row's item type stands, at most so many
    copies of another (or of itself), others ascending. item, count (B, W), held (B,): what each bin holds.
    broken (B,): copies that are too many, counted for each copy that forbids them, so that one less of either is less.
    bad (B,): the bins where anything is broken, in any order, and at (B,): where a bin stands among them.
    tally: WORK done, state of the RANDOM numbers, what is BROKEN in all, BAD bins.
    """

    size_of: Any
    entry_ptr: Any
    entry_bin: Any
    free: Any
    arc_ptr: Any
    arc_to: Any
    arc_cap: Any
    item: Any
    count: Any
    held: Any
    broken: Any
    bad: Any
    at: Any
    tally: Any


_helper = njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]


@_helper
def _random(tally, below):  # type: ignore[no-untyped-def]
    """A number from 0 up to ``below``: a linear congruential step, the high bits of which are used."""
    tally[RANDOM] = (tally[RANDOM] * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
    return (tally[RANDOM] >> 31) % below


@_helper
def _cap(deal, i, j):  # type: ignore[no-untyped-def]
    """How many copies of j may stand where an i stands."""
    low, high = deal.arc_ptr[i], deal.arc_ptr[i + 1]
    while low < high:
        middle = (low + high) >> 1
        if deal.arc_to[middle] < j:
            low = middle + 1
        else:
            high = middle
    if low < deal.arc_ptr[i + 1] and deal.arc_to[low] == j:
        return deal.arc_cap[low]
    return PLENTY


@_helper
def _count(deal, b, i):  # type: ignore[no-untyped-def]
    for at in range(deal.held[b]):
        if deal.item[b, at] == i:
            return deal.count[b, at]
    return 0


@_helper
def _one_more(deal, b, i, less):  # type: ignore[no-untyped-def]
    """How much more is broken with one copy more of i in bin b, which holds one copy less of ``less``."""
    have = _count(deal, b, i) - (i == less)
    more = 1 if have + 1 > _cap(deal, i, i) else 0
    for at in range(deal.held[b]):
        j = deal.item[b, at]
        n = deal.count[b, at] - (j == less)
        if j == i or n == 0:
            continue
        more += max(0, n - _cap(deal, i, j))
        if have + 1 > _cap(deal, j, i):
            more += n
    return more


@_helper
def _change(deal, b, i, copies):  # type: ignore[no-untyped-def]
    """Copies of i into bin b, or out of it."""
    held = deal.held[b]
    for at in range(held):
        if deal.item[b, at] == i:
            deal.count[b, at] += copies
            if deal.count[b, at] == 0:
                deal.item[b, at], deal.count[b, at] = deal.item[b, held - 1], deal.count[b, held - 1]
                deal.held[b] = held - 1
            return
    deal.item[b, held], deal.count[b, held] = i, copies
    deal.held[b] = held + 1


@_helper
def _note(deal, b, more):  # type: ignore[no-untyped-def]
    """So much more is broken in bin b."""
    before = deal.broken[b]
    deal.broken[b] += more
    deal.tally[BROKEN] += more
    if before == 0 and deal.broken[b] > 0:
        deal.at[b] = deal.tally[BAD]
        deal.bad[deal.tally[BAD]] = b
        deal.tally[BAD] += 1
    elif before > 0 and deal.broken[b] == 0:
        deal.tally[BAD] -= 1
        last = deal.bad[deal.tally[BAD]]
        deal.bad[deal.at[b]], deal.at[last] = last, deal.at[b]


@_helper
def _put(deal, b, i, sign):  # type: ignore[no-untyped-def]
    """One copy of i into bin b (1) or out of it (-1), and what that breaks or mends."""
    if sign < 0:
        _change(deal, b, i, sign)
    more = _one_more(deal, b, i, NOTHING)
    if sign > 0:
        _change(deal, b, i, sign)
    _note(deal, b, sign * more)


@_helper
def _room(deal, b, i, wanted):  # type: ignore[no-untyped-def]
    """How many copies of i bin b takes without breaking a limit."""
    most = min(wanted, _cap(deal, i, i) - _count(deal, b, i))
    for at in range(deal.held[b]):
        j = deal.item[b, at]
        if j == i:
            continue
        if most <= 0 or deal.count[b, at] > _cap(deal, i, j):
            return 0
        most = min(most, _cap(deal, j, i) - _count(deal, b, i))
    return max(most, 0)


@njit(cache=True)
def deal_out(deal, order, demand):  # type: ignore[no-untyped-def]
    """Each item type in order into the bins with slots for its size: first without breaking limits, and at the end what is
    left into any free slots."""
    rest = demand.copy()
    for anywhere in range(2):
        for i in order:
            s = deal.size_of[i]
            for entry in range(deal.entry_ptr[s], deal.entry_ptr[s + 1]):
                if rest[i] == 0:
                    break
                free, b = min(deal.free[entry], rest[i]), deal.entry_bin[entry]
                if free > 0:
                    deal.tally[WORK] += 1
                    copies = free if anywhere else _room(deal, b, i, free)
                    deal.free[entry] -= copies
                    rest[i] -= copies
                    if anywhere:
                        for _ in range(copies):
                            _put(deal, b, i, 1)
                    elif copies > 0:
                        _change(deal, b, i, copies)


@_helper
def _partner(deal, i, b):  # type: ignore[no-untyped-def]
    """A bin other than b and an item type in it, of the size of i; NOTHING if the choice has none."""
    s = deal.size_of[i]
    other = deal.entry_bin[deal.entry_ptr[s] + _random(deal.tally, deal.entry_ptr[s + 1] - deal.entry_ptr[s])]
    found, chosen = 0, NOTHING
    for at in range(deal.held[other]):
        j = deal.item[other, at]
        if deal.size_of[j] == s:
            found += 1
            if _random(deal.tally, found) == 0:
                chosen = j
    return other, chosen if other != b and chosen != i else NOTHING


@_helper
def _culprit(deal, b):  # type: ignore[no-untyped-def]
    """An item type of bin b of which one copy less breaks less; any of them with the same chance."""
    found, culprit = 0, NOTHING
    for at in range(deal.held[b]):
        i = deal.item[b, at]
        if _one_more(deal, b, i, i) > 0:
            found += 1
            if _random(deal.tally, found) == 0:
                culprit = i
    return culprit


@njit(cache=True)
def swap(deal, work):  # type: ignore[no-untyped-def]
    """Swaps of copies of one size until no limit is broken (True) or ``work`` more partners have been looked at."""
    until = deal.tally[WORK] + work
    while deal.tally[BROKEN] > 0 and deal.tally[WORK] < until:
        b = deal.bad[_random(deal.tally, deal.tally[BAD])]
        i = _culprit(deal, b)
        if i == NOTHING:  # only several copies less would break less
            i = deal.item[b, _random(deal.tally, deal.held[b])]
        best, other, partner = PLENTY, NOTHING, NOTHING
        mends = _one_more(deal, b, i, i)
        for _ in range(HAND):
            deal.tally[WORK] += 1
            c, j = _partner(deal, i, b)
            if j == NOTHING:
                continue
            more = _one_more(deal, b, j, i) - mends + _one_more(deal, c, i, j) - _one_more(deal, c, j, j)
            if more < best:
                best, other, partner = more, c, j
        if partner != NOTHING and (best <= 0 or _random(deal.tally, ASTRAY) == 0):
            _put(deal, b, i, -1)
            _put(deal, other, partner, -1)
            _put(deal, b, partner, 1)
            _put(deal, other, i, 1)
    return deal.tally[BROKEN] == 0


@njit(cache=True)
def take_out_broken(deal, rest):  # type: ignore[no-untyped-def]
    """Copies out of their bins until no limit is broken, those that break most first; adds them to ``rest`` (m,)."""
    while deal.tally[BAD] > 0:
        b = deal.bad[deal.tally[BAD] - 1]
        worst, most = deal.item[b, 0], -1
        for at in range(deal.held[b]):
            i = deal.item[b, at]
            less = _one_more(deal, b, i, i)
            if less > most:
                worst, most = i, less
        _put(deal, b, worst, -1)
        rest[worst] += 1
