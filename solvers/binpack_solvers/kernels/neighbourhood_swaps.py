"""Tabu swaps of the consistent neighbourhood search: up to two copies of a bin against one or two that lie loose."""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import uncounted
from binpack_solvers.kernels.bin_contents import ALLOWED, COUNT, IN, KIND, NONE, OUT, TABU, draw
from binpack_solvers.kernels.neighbourhood_state import (
    FREE,
    LEAST_WEIGHT,
    LOOSE,
    LOOSE_TYPES,
    LOOSE_WEIGHT,
    MOVE,
    PILE,
    SPARE,
    STEPS,
    WEIGHT,
    WORK,
    keeps_limits,
    put,
)

NEVER = -(2**62)
TENURE = 5
SPREAD_OF_TENURE = 10
SAMPLED = 64
"""Bins looked at for one swap."""
WINDOW = 300
"""Neighbours in the pile looked at for one swap."""
LONGEST_SWAP = 10**5
"""Candidates after which a swap is chosen among those seen: a kernel cannot be interrupted."""


@uncounted
def swap(s):  # type: ignore[no-untyped-def]
    """The swap that leaves the least weight loose, made: up to two copies of a bin against one or two loose ones.

    Ties: more copies loose, then at random. A tabu copy is moved only where less lies loose than ever.
    """
    step = s.tally[STEPS]
    bins = len(s.room) - s.tally[SPARE]
    best, ties = np.int64(NEVER), np.int64(0)
    end = s.tally[WORK] + LONGEST_SWAP
    first = draw(s, max(1, s.tally[LOOSE_TYPES] - WINDOW + 1))
    start = draw(s, bins)
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
            s.cell[TABU, b, s.space[MOVE, k]] = step + TENURE + draw(s, SPREAD_OF_TENURE)
    return True


@uncounted
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


@uncounted
def _fits(s, t):  # type: ignore[no-untyped-def]
    for h in range(len(s.factor)):  # noqa: SIM110  (compiled: no generators)
        if s.size[t, h] > s.space[FREE, h]:
            return False
    return True


@uncounted
def _keep(s, b, x, y, p, q, score, best, ties):  # type: ignore[no-untyped-def]
    """Keep the swap as MOVE if it is better, or with equal chance among those as good."""
    ties = ties + 1 if score == best else np.int64(1)
    if ties == 1 or draw(s, ties) == 0:
        s.space[MOVE, 0], s.space[MOVE, 1], s.space[MOVE, 2], s.space[MOVE, 3], s.space[MOVE, 4] = b, x, y, p, q
    return score, ties


@uncounted
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


@uncounted
def _shift(s, b, x, y, p, q, n):  # type: ignore[no-untyped-def]
    s.cell[COUNT, b, p] += n
    if q != NONE:
        s.cell[COUNT, b, q] += n
    if x != NONE:
        s.cell[COUNT, b, x] -= n
    if y != NONE:
        s.cell[COUNT, b, y] -= n
