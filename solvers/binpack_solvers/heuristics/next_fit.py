"""Next fit: a copy goes into the last opened bin, or into a new one; as given, or the largest first.

Source: D. S. Johnson, "Near-optimal bin packing algorithms", thesis, MIT, 1973.
"""

from __future__ import annotations

from binpack_solvers.heuristics.construction import fit, fit_decreasing
from binpack_solvers.heuristics.measures import SUM_OF_SHARES, Measure
from binpack_solvers.kernels.greedy import NEXT_FIT
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem


def next_fit(problem: Problem, seed: int = 0) -> Packing | None:
    """Item types in the order given; None if it finds no packing. Nothing is random: ``seed`` changes nothing."""
    return fit(problem, NEXT_FIT)


def next_fit_decreasing(problem: Problem, seed: int = 0, measure: Measure = SUM_OF_SHARES) -> Packing | None:
    """By decreasing measure (sum of size over capacity), ties by index; None if it finds no packing."""
    return fit_decreasing(problem, NEXT_FIT, measure)
