"""What stands in each of a number of bins, as tables that local searches change copy by copy, and their random numbers.

cell (4, B, m): COUNT, copies of a type in a bin; KIND, in the first ``held`` (B,) columns the types in the bin; TABU, a
step; ALLOWED, 0 or 1. Few tables instead of many arrays: compile time goes with their number.
"""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import uncounted

COUNT, KIND, TABU, ALLOWED = range(4)
OTHER, CAP = range(2)
"""Of a limit within a bin, a row of ``arc`` (A, 2): at most CAP of OTHER."""
RANDOM = 0
"""Where a tally holds the state of its random numbers."""
NONE = np.int64(-1)
IN, OUT = np.int64(1), np.int64(-1)


@uncounted
def draw(s, n):  # type: ignore[no-untyped-def]
    """A pseudo-random integer below n: linear congruence modulo 2**64 (Knuth's MMIX)."""
    s.tally[RANDOM] = s.tally[RANDOM] * np.int64(6364136223846793005) + np.int64(1442695040888963407)
    return ((s.tally[RANDOM] >> np.int64(33)) & np.int64(0x7FFFFFFF)) % n


@uncounted
def count(s, b, t, n):  # type: ignore[no-untyped-def]
    """n copies more of type t in bin b (fewer below 0), and the type among those in the bin or not."""
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
