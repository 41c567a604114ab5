"""The end of the consistent neighbourhood search: what lies loose is packed into the spare bins, if few steps can do it."""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import uncounted
from binpack_solvers.kernels.bin_contents import ALLOWED, COUNT, IN, NONE, OUT
from binpack_solvers.kernels.neighbourhood_state import (
    COPY,
    LOOSE,
    LOOSE_TYPES,
    PILE,
    PLACE,
    SPARE,
    WORK,
    hold,
    keeps_limits,
    put,
)

COMPLETION_NODES = 1000
"""Search steps for the copies that lie loose into the spare bins."""


@uncounted
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
            hold(s, b, t, OUT)
        b += 1
        while b < len(s.room) and ((k == 0 and b > first and _alike(s, first, b)) or not _enters(s, b, t)):
            b += 1
        if b < len(s.room):
            hold(s, b, t, IN)
            s.space[PLACE, k] = b
            k += 1
        else:
            s.space[PLACE, k] = NONE
            k -= 1
    s.tally[WORK] += COMPLETION_NODES + n - nodes
    done = k == n
    for j in range(k if k > 0 else 0):
        hold(s, s.space[PLACE, j], s.space[COPY, j], OUT)
    if 0 <= k < n and s.space[PLACE, k] != NONE:
        hold(s, s.space[PLACE, k], s.space[COPY, k], OUT)
    if done:
        for j in range(n):
            put(s, s.space[PLACE, j], s.space[COPY, j], IN)
    return done


@uncounted
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


@uncounted
def _alike(s, a, b):  # type: ignore[no-untyped-def]
    """Whether two empty bins are interchangeable."""
    for h in range(len(s.factor)):
        if s.room[a, h] != s.room[b, h]:
            return False
    for t in range(len(s.item)):  # noqa: SIM110
        if s.cell[ALLOWED, a, t] != s.cell[ALLOWED, b, t]:
            return False
    return True
