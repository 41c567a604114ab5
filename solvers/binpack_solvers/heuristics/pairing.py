"""Pairing: so many bins stand open, and of all pairs of an item and a bin the one of the best score comes next.

The fewest bins that hold everything are looked for by bisection. Source: C. Mommessin, T. Erlebach, N. V. Shakhlevich,
"Classification and evaluation of the algorithms for vector bin packing", Computers & Operations Research 173, 2025.
"""

from __future__ import annotations

from binpack_solvers.exact_sums import dot
from binpack_solvers.heuristics.arrays import type_order
from binpack_solvers.heuristics.construction import pair
from binpack_solvers.heuristics.first_fit import first_fit_decreasing
from binpack_solvers.heuristics.measures import PROJECTIONS
from binpack_solvers.kernels.scores import Scoring
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem


def pairing(problem: Problem, seed: int = 0, scoring: Scoring = PROJECTIONS) -> Packing | None:
    """The best packing met; None if there is none. Bins that stand open are of the cheapest type per volume; what finds no
    room in them goes by first fit. Nothing is random: ``seed`` changes nothing.

    A bisection step looks at each item type for every bin and at each bin for every copy or eighth of what a bin takes.
    """
    best = first_fit_decreasing(problem)
    k = int(type_order(problem)[0])
    low, high = max(1, _volume(problem, k)), problem.copies if best is None else best.bins
    if problem.available[k] >= 0:
        high = min(high, int(problem.available[k]))
    while low < high:
        bins = (low + high) // 2
        packing = pair(problem, scoring, (k, bins))
        if packing is not None and packing.bins <= bins:
            high = bins
        else:
            low = bins + 1
        if packing is not None and (best is None or evaluate(problem, packing) < evaluate(problem, best)):
            best = packing
    return best


def _volume(problem: Problem, k: int) -> int:
    """Bins of type ``k`` that all copies take in the resource that needs most."""
    copies = problem.demands[problem.first_of_group]
    sizes = problem.sizes[problem.first_of_group]
    pairs = zip(sizes.T, problem.capacity[k].tolist(), strict=True)
    return max((-(-dot(copies, size) // capacity) for size, capacity in pairs if capacity), default=0)
