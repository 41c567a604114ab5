"""Worst fit over a fixed number of bins, open from the start: what needs most bins goes first, a copy into each of them.

Where limits keep copies apart, what comes late finds bins with room that may not take it: the item types with many copies
and few to a bin are dealt out while every bin is still empty. Source: C. Mommessin, T. Erlebach, N. V. Shakhlevich,
"Affinity-aware resource provisioning of long-running applications in shared clusters", Journal of Parallel and Distributed
Computing (2023), SpreadWFD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from binpack_solvers.heuristics.arrays import type_order
from binpack_solvers.heuristics.construction import fit
from binpack_solvers.heuristics.variants import spread_need
from binpack_solvers.kernels.greedy import WORST_FIT
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
    """Runs over ``bound`` bins and some more, of the first type, by cost per volume, that has so many."""
    need, types = spread_need(problem), type_order(problem)
    for percent in PERCENT_MORE:
        bins = bound + bound * percent // 100
        enough = [k for k in types.tolist() if not 0 <= problem.available[k] < bins]
        if bins and enough:
            yield partial(fit, problem, WORST_FIT, need, None, (enough[0], bins))
