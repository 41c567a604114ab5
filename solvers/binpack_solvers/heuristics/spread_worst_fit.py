"""Worst fit over a fixed number of bins, open from the start: what needs most bins goes first, a copy into each of them.

Where limits keep copies apart, what comes late finds bins with room that may not take it: the item types with many copies
and few to a bin are dealt out while every bin is still empty. Source: C. Mommessin, T. Erlebach, N. V. Shakhlevich,
"Affinity-aware resource provisioning of long-running applications in shared clusters", Journal of Parallel and Distributed
Computing (2023), SpreadWFD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.heuristics.arrays import available_of, least_of_runs, type_order
from binpack_solvers.heuristics.construction import Opened, fit
from binpack_solvers.heuristics.measures import Fullness, Measure, ranked
from binpack_solvers.heuristics.variants import spread_need
from binpack_solvers.kernels.greedy import WORST_FIT
from binpack_solvers.kernels.measures import AVERAGE
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

MANY_TYPES = 5000
"""With fewer item types it is tried among all the other heuristics; with more, these take longer and end far behind."""
PERCENT_MORE = (0, 2)
"""Than the bound says: with few bins open the rest is left over, with many it leaves them half empty."""


def applies(problem: Problem) -> bool:
    """Whether there are limits inside a bin between very many item types."""
    return problem.item_types > MANY_TYPES and "limits" in problem.rules


def spreads(problem: Problem, bound: int) -> Iterator[Callable[[], Packing | None]]:
    """Runs over ``bound`` bins and some more, of the first types by cost per volume as far as there are any; bins are the
    emptier by what is scarce, then by the sum of what is left."""
    need = spread_need(problem)
    for percent in PERCENT_MORE:
        opened = _opened(problem, bound + bound * percent // 100)
        for fullness in (ranked(problem, Measure(weights=AVERAGE))[1], None) if opened else ():
            yield partial(_spread, problem, need, opened, fullness)


def _opened(problem: Problem, bins: int) -> Opened:
    """So many bins, or as many as there are."""
    opened, available = [], available_of(problem)
    for k in type_order(problem).tolist():
        taken = min(bins, int(available[k]))
        bins -= taken
        if taken > 0:
            opened.append((k, taken))
    return opened


def _spread(problem: Problem, need: NDArray[np.float64], opened: Opened, fullness: Fullness | None) -> Packing | None:
    """What needs most bins first. Where that leaves over copies that few types take, of which all bins are then full, these
    go before all others."""
    packing = fit(problem, WORST_FIT, need, None, opened, fullness)
    if packing is not None or problem.bin_types == 1:
        return packing
    takers = least_of_runs(problem, -(most_per_bin(problem) > 0).sum(axis=1).astype(np.float64))
    return fit(problem, WORST_FIT, need + (takers + problem.bin_types) * need.max(initial=1.0), None, opened, fullness)
