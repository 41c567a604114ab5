"""Consistent neighbourhood search: bins that are always feasible, and loose copies whose weight tabu swaps bring down.

A number of bins is given. The last of them, the *spare* ones, are kept empty during the search: it ends when the copies
that lie loose fit into these. All helpers live in this file because numba's cache does not notice changes elsewhere.

Source: M. Buljubasic, M. Vasquez, "Consistent neighborhood search for one-dimensional bin packing and two-dimensional
vector packing", Computers & Operations Research 76 (2016): fixed bins, swaps of few against few with a tabu list, descent
that fills one bin anew, exact packing of what is loose into two bins. Here copies of a type are one, the tabu list is
of pairs of bin and type.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

_helper = njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
"""For functions that only kernels call: without entry points from Python they compile faster."""

# Columns and layers of the tables below. Few tables instead of many arrays: compile time goes with their number.
WEIGHT, LOOSE, PILE, OUT_PTR, OUT_END, IN_PTR, IN_END = range(7)
COUNT, KIND, TABU, ALLOWED = range(4)
OTHER, CAP = range(2)
RANDOM, STEPS, WORK, LOOSE_TYPES, LOOSE_WEIGHT, LEAST_WEIGHT, IDLE, SPARE = range(8)
FREE, MOVE, TAKE, BEST, BEHIND, ORDER, OLD, OLD_COUNT, COPY, PLACE = range(10)
NONE = np.int64(-1)
IN, OUT = np.int64(1), np.int64(-1)
NEVER = -(2**62)

PATIENCE = 20
"""Swaps without a new least weight of what is loose, after which bins are filled anew."""
REFILLS = 100
"""Fillings anew in a row. Few swaps and many fillings reach the least weight on Hard28; for vectors it matters little."""
NODES = 100
"""Search steps for filling one bin."""
COMPLETION_NODES = 1000
"""Search steps for the copies that lie loose into the spare bins."""
TENURE = 5
SPREAD_OF_TENURE = 10
SAMPLED = 64
"""Bins looked at for one swap."""
WINDOW = 300
"""Neighbours in the pile looked at for one swap."""
LONGEST_SWAP = 10**5
"""Candidates after which a swap is chosen among those seen: a kernel cannot be interrupted."""


class Search(NamedTuple):
    """m item types by decreasing weight, d resources, B bins, the last ``tally[SPARE]`` of them spare.

    size (m, d), factor (d,): the weight of a type is the sum of factor times size. room (B, d): capacity left.
    item (m, 7): WEIGHT; LOOSE, copies in no bin; PILE, in the first ``tally[LOOSE_TYPES]`` rows the types of these, heaviest
    first; and rows of ``arc`` (A, 2), limits within a bin: where the type stands at most CAP of OTHER (from OUT_PTR to
    OUT_END), and the same arcs by their other end (IN_PTR to IN_END).
    cell (4, B, m): COUNT, copies of a type in a bin; KIND, in the first ``held`` (B,) columns the types in the bin; TABU,
    the step until which a type may neither enter nor leave the bin; ALLOWED, 0 or 1.
    tally (8,): state of RANDOM, STEPS done, WORK (candidates looked at), LOOSE_TYPES, LOOSE_WEIGHT, the LEAST_WEIGHT loose
    so far, steps IDLE since then, SPARE. space (10, max(m + 1, copies, d, 5)): work space.
    """

    size: Any
    factor: Any
    room: Any
    item: Any
    arc: Any
    cell: Any
    held: Any
    tally: Any
    space: Any


@_helper
def _draw(s, n):  # type: ignore[no-untyped-def]
    """A pseudo-random integer below n: linear congruence modulo 2**64 (Knuth's MMIX)."""
    s.tally[RANDOM] = s.tally[RANDOM] * np.int64(6364136223846793005) + np.int64(1442695040888963407)
    return ((s.tally[RANDOM] >> np.int64(33)) & np.int64(0x7FFFFFFF)) % n


@_helper
def put(s, b, t, n):  # type: ignore[no-untyped-def]
    """Put n loose copies of type t into bin b; n below 0: take them out."""
    before = s.cell[COUNT, b, t]
    s.cell[COUNT, b, t] += n
    if before == 0:
        s.cell[KIND, b, s.held[b]] = t
        s.held[b] += 1
    elif s.cell[COUNT, b, t] == 0:
        s.held[b] -= 1
        k = 0
        while s.cell[KIND, b, k] != t:
            k += 1
        s.cell[KIND, b, k] = s.cell[KIND, b, s.held[b]]
    for h in range(len(s.factor)):
        s.room[b, h] -= n * s.size[t, h]
    s.tally[LOOSE_WEIGHT] -= n * s.item[t, WEIGHT]
    lay(s, t, -n)


@_helper
def lay(s, t, n):  # type: ignore[no-untyped-def]
    """n more copies of type t (fewer below 0) in the pile."""
    before = s.item[t, LOOSE]
    s.item[t, LOOSE] += n
    types = s.tally[LOOSE_TYPES]
    if before == 0:
        k = types
        while k > 0 and s.item[k - 1, PILE] > t:
            s.item[k, PILE] = s.item[k - 1, PILE]
            k -= 1
        s.item[k, PILE] = t
        s.tally[LOOSE_TYPES] += 1
    elif s.item[t, LOOSE] == 0:
        k = 0
        while s.item[k, PILE] != t:
            k += 1
        for j in range(k, types - 1):
            s.item[j, PILE] = s.item[j + 1, PILE]
        s.tally[LOOSE_TYPES] -= 1


@_helper
def keeps_limits(s, b, t):  # type: ignore[no-untyped-def]
    """Whether bin b, with its copies of type t counted, keeps the limits that have t at either end."""
    for e in range(s.item[t, OUT_PTR], s.item[t, OUT_END]):
        if s.cell[COUNT, b, s.arc[e, OTHER]] > s.arc[e, CAP]:
            return False
    for e in range(s.item[t, IN_PTR], s.item[t, IN_END]):
        if s.cell[COUNT, b, s.arc[e, OTHER]] > 0 and s.cell[COUNT, b, t] > s.arc[e, CAP]:
            return False
    return True


@_helper
def may_swap(s, b, x, y, p, q):  # type: ignore[no-untyped-def]
    """Whether bin b keeps the rules with x and y out and p and q in (NONE: nothing)."""
    if not s.cell[ALLOWED, b, p] or (q != NONE and not s.cell[ALLOWED, b, q]):
        return False
    if len(s.arc) == 0:
        return True
    _shift(s, b, x, y, p, q, IN)
    kept = keeps_limits(s, b, p) and (q == NONE or keeps_limits(s, b, q))
    _shift(s, b, x, y, p, q, OUT)
    return kept


@_helper
def _shift(s, b, x, y, p, q, n):  # type: ignore[no-untyped-def]
    s.cell[COUNT, b, p] += n
    if q != NONE:
        s.cell[COUNT, b, q] += n
    if x != NONE:
        s.cell[COUNT, b, x] -= n
    if y != NONE:
        s.cell[COUNT, b, y] -= n


@_helper
def swap(s):  # type: ignore[no-untyped-def]
    """The swap that leaves the least weight loose, made: up to two copies of a bin against one or two loose ones.

    Ties: more copies loose, then at random. A tabu copy is moved only where less lies loose than ever.
    """
    step = s.tally[STEPS]
    bins = len(s.room) - s.tally[SPARE]
    best, ties = np.int64(NEVER), np.int64(0)
    end = s.tally[WORK] + LONGEST_SWAP
    first = _draw(s, max(1, s.tally[LOOSE_TYPES] - WINDOW + 1))
    start = _draw(s, bins)
    for o in range(min(bins, SAMPLED)):
        b = (start + o) % bins
        slack = np.int64(0)
        for h in range(len(s.factor)):
            slack += s.factor[h] * s.room[b, h]
        if 4 * slack + 1 < best or s.tally[WORK] > end:
            continue
        for i in range(-1, s.held[b]):
            x = s.cell[KIND, b, i] if i >= 0 else NONE
            for j in range(-1, i + 1):
                y = s.cell[KIND, b, j] if j >= 0 else NONE
                if (j >= 0 and j == i and s.cell[COUNT, b, x] < 2) or s.tally[WORK] > end:
                    continue
                s.tally[WORK] += 1
                best, ties = _best_entry(s, b, x, y, first, best, ties)
    if best == NEVER:
        return False
    b = s.space[MOVE, 0]
    for k in range(1, 5):
        if s.space[MOVE, k] != NONE:
            put(s, b, s.space[MOVE, k], IN if k > 2 else OUT)
            s.cell[TABU, b, s.space[MOVE, k]] = step + TENURE + _draw(s, SPREAD_OF_TENURE)
    return True


@_helper
def _best_entry(s, b, x, y, first, best, ties):  # type: ignore[no-untyped-def]
    """The best one or two loose copies for bin b when x and y leave it, kept as MOVE where it beats ``best``.

    In one resource the pile is by decreasing size, so the best partner of a copy is the first that fits.
    """
    step, types = s.tally[STEPS], min(s.tally[LOOSE_TYPES], first + WINDOW)
    record = s.tally[LOOSE_WEIGHT] - s.tally[LEAST_WEIGHT] + 1
    need, lost, bonus = np.int64(NEVER), np.int64(0), np.int64(0)
    for h in range(len(s.factor)):
        s.space[FREE, h] = s.room[b, h]
    for out in (x, y):
        if out != NONE:
            for h in range(len(s.factor)):
                s.space[FREE, h] += s.size[out, h]
            lost += s.item[out, WEIGHT]
            bonus += 1
            if s.cell[TABU, b, out] > step:
                need = record
    line = len(s.factor) == 1
    last = types
    for i in range(first, types):
        p = s.item[i, PILE]
        gain = s.item[p, WEIGHT] - lost
        if 4 * (2 * gain + lost) + bonus - 2 < best and 4 * gain + bonus - 1 < best:
            break
        s.tally[WORK] += 1
        if not _fits(s, p) or p in (x, y):
            continue
        wanted = record if s.cell[TABU, b, p] > step else need
        score = 4 * gain + bonus - 1
        if score >= best and gain >= wanted and may_swap(s, b, x, y, p, NONE):
            best, ties = _keep(s, b, x, y, p, NONE, score, best, ties)
        for h in range(len(s.factor)):
            s.space[FREE, h] -= s.size[p, h]
        j = i
        if line:
            while last > i and s.size[s.item[last - 1, PILE], 0] <= s.space[FREE, 0]:
                last -= 1
            j = max(i, last)
        while j < types:
            q = s.item[j, PILE]
            score = 4 * (gain + s.item[q, WEIGHT]) + bonus - 2
            if score < best:
                break
            s.tally[WORK] += 1
            j += 1
            if q in (x, y) or (q == p and s.item[p, LOOSE] < 2) or not _fits(s, q):
                continue
            if s.cell[TABU, b, q] > step and gain + s.item[q, WEIGHT] < record:
                continue
            if gain + s.item[q, WEIGHT] >= wanted and may_swap(s, b, x, y, p, q):
                best, ties = _keep(s, b, x, y, p, q, score, best, ties)
        for h in range(len(s.factor)):
            s.space[FREE, h] += s.size[p, h]
    return best, ties


@_helper
def _fits(s, t):  # type: ignore[no-untyped-def]
    for h in range(len(s.factor)):  # noqa: SIM110  (compiled: no generators)
        if s.size[t, h] > s.space[FREE, h]:
            return False
    return True


@_helper
def _keep(s, b, x, y, p, q, score, best, ties):  # type: ignore[no-untyped-def]
    """Keep the swap as MOVE if it is better, or with equal chance among those as good."""
    ties = ties + 1 if score == best else np.int64(1)
    if ties == 1 or _draw(s, ties) == 0:
        s.space[MOVE, 0], s.space[MOVE, 1], s.space[MOVE, 2], s.space[MOVE, 3], s.space[MOVE, 4] = b, x, y, p, q
    return score, ties


@_helper
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
            _hold(s, b, s.space[ORDER, k], n)
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
        _hold(s, b, s.space[ORDER, k], OUT)
        slack += s.item[s.space[ORDER, k], WEIGHT]
        value -= s.item[s.space[ORDER, k], WEIGHT]
        k += 1
    for j in range(k):
        _hold(s, b, s.space[ORDER, j], -s.space[TAKE, j])
    s.tally[WORK] += types + NODES - nodes
    for j in range(types):
        if s.space[BEST, j] > 0:
            put(s, b, s.space[ORDER, j], s.space[BEST, j])


@_helper
def _order(s):  # type: ignore[no-untyped-def]
    """The types of the pile: heaviest first, but some of them moved to the end."""
    types, kept, late = s.tally[LOOSE_TYPES], np.int64(0), s.tally[LOOSE_TYPES]
    share = _draw(s, np.int64(4))
    for k in range(types):
        if share > 0 and _draw(s, np.int64(4)) < share:
            late -= 1
            s.space[ORDER, late] = s.item[k, PILE]
        else:
            s.space[ORDER, kept] = s.item[k, PILE]
            kept += 1


@_helper
def _hold(s, b, t, n):  # type: ignore[no-untyped-def]
    """n copies more in bin b while it is being filled: the pile and the list of kinds stay."""
    s.cell[COUNT, b, t] += n
    for h in range(len(s.factor)):
        s.room[b, h] -= n * s.size[t, h]


@_helper
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


@_helper
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


@_helper
def _empty(s, b):  # type: ignore[no-untyped-def]
    while s.held[b] > 0:
        t = s.cell[KIND, b, s.held[b] - 1]
        put(s, b, t, -s.cell[COUNT, b, t])


@_helper
def complete(s):  # type: ignore[no-untyped-def]
    """Pack the pile into the spare bins if a search of few steps can; whether it did."""
    first = len(s.room) - s.tally[SPARE]
    s.tally[WORK] += s.tally[LOOSE_TYPES]
    for h in range(len(s.factor)):
        total = np.int64(0)
        for k in range(s.tally[LOOSE_TYPES]):
            total += s.item[s.item[k, PILE], LOOSE] * s.size[s.item[k, PILE], h]
        for b in range(first, len(s.room)):
            total -= s.room[b, h]
        if total > 0:
            return False
    n = 0
    for k in range(s.tally[LOOSE_TYPES]):
        for _ in range(s.item[s.item[k, PILE], LOOSE]):
            s.space[COPY, n] = s.item[k, PILE]
            s.space[PLACE, n] = NONE
            n += 1
    k, nodes = 0, COMPLETION_NODES + n
    while 0 <= k < n and nodes > 0:
        nodes -= 1
        t = s.space[COPY, k]
        b = s.space[PLACE, k]
        if b == NONE:
            b = s.space[PLACE, k - 1] - 1 if k > 0 and s.space[COPY, k - 1] == t else first - 1
        else:
            _hold(s, b, t, OUT)
        b += 1
        while b < len(s.room) and ((k == 0 and b > first and _alike(s, first, b)) or not _enters(s, b, t)):
            b += 1
        if b < len(s.room):
            _hold(s, b, t, IN)
            s.space[PLACE, k] = b
            k += 1
        else:
            s.space[PLACE, k] = NONE
            k -= 1
    s.tally[WORK] += COMPLETION_NODES + n - nodes
    done = k == n
    for j in range(k if k > 0 else 0):
        _hold(s, s.space[PLACE, j], s.space[COPY, j], OUT)
    if 0 <= k < n and s.space[PLACE, k] != NONE:
        _hold(s, s.space[PLACE, k], s.space[COPY, k], OUT)
    if done:
        for j in range(n):
            put(s, s.space[PLACE, j], s.space[COPY, j], IN)
    return done


@_helper
def _enters(s, b, t):  # type: ignore[no-untyped-def]
    """Whether one more copy of type t may stand in bin b."""
    if not s.cell[ALLOWED, b, t]:
        return False
    for h in range(len(s.factor)):
        if s.size[t, h] > s.room[b, h]:
            return False
    s.cell[COUNT, b, t] += 1
    kept = keeps_limits(s, b, t)
    s.cell[COUNT, b, t] -= 1
    return kept


@_helper
def _alike(s, a, b):  # type: ignore[no-untyped-def]
    """Whether two empty bins are interchangeable."""
    for h in range(len(s.factor)):
        if s.room[a, h] != s.room[b, h]:
            return False
    for t in range(len(s.item)):  # noqa: SIM110
        if s.cell[ALLOWED, a, t] != s.cell[ALLOWED, b, t]:
            return False
    return True


@njit(cache=True)
def search(s, work):  # type: ignore[no-untyped-def]
    """Search on until about ``work`` more candidates were looked at; whether every copy is in a bin.

    Where it stopped it goes on with the next call: the result does not depend on how the work is cut.
    """
    end, bins = s.tally[WORK] + work, len(s.room) - s.tally[SPARE]
    while s.tally[WORK] < end:
        if complete(s):
            return True
        step = s.tally[STEPS]
        s.tally[STEPS] += 1
        s.tally[WORK] += 1
        if s.tally[LOOSE_WEIGHT] < s.tally[LEAST_WEIGHT]:
            s.tally[LEAST_WEIGHT] = s.tally[LOOSE_WEIGHT]
            s.tally[IDLE] = 0
        s.tally[IDLE] += 1
        if step < bins:
            refill(s, step)
        elif s.tally[IDLE] % (PATIENCE + REFILLS) >= PATIENCE or not swap(s):
            refill(s, _draw(s, bins))
    return False
