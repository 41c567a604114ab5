"""Consistent neighbourhood search: bins that are always feasible, and loose copies whose weight tabu swaps bring down.

A number of bins is given. The last of them, the *spare* ones, are kept empty during the search: it ends when the copies
that lie loose fit into these.

Source: M. Buljubasic, M. Vasquez, "Consistent neighborhood search for one-dimensional bin packing and two-dimensional
vector packing", Computers & Operations Research 76 (2016): fixed bins, swaps of few against few with a tabu list, descent
that fills one bin anew, exact packing of what is loose into two bins. Here copies of a type are one, the tabu list is
of pairs of bin and type.
"""

from __future__ import annotations

from binpack_solvers.jit import uncounted_kernel
from binpack_solvers.kernels.bin_contents import draw
from binpack_solvers.kernels.neighbourhood_completion import complete
from binpack_solvers.kernels.neighbourhood_fill import refill
from binpack_solvers.kernels.neighbourhood_state import (
    IDLE,
    LEAST_WEIGHT,
    LOOSE_WEIGHT,
    SPARE,
    STEPS,
    WORK,
)
from binpack_solvers.kernels.neighbourhood_swaps import swap

PATIENCE = 20
"""Swaps without a new least weight of what is loose, after which bins are filled anew."""
REFILLS = 100
"""Fillings anew in a row. Few swaps and many fillings reach the least weight on Hard28; for vectors it matters little."""


@uncounted_kernel
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
            refill(s, draw(s, bins))
    return False
