"""Norm-based greedy: fill one bin after the other with what leaves the least of it, by the weighted Euclidean norm.

Source: R. Panigrahy, K. Talwar, L. Uyeda, U. Wieder, "Heuristics for vector bin packing", 2011, section 3.
"""

from __future__ import annotations

from binpack_solvers.heuristics.construction import fill
from binpack_solvers.heuristics.measures import LEAST_NORMS
from binpack_solvers.kernels.scores import Scoring
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem


def norm_based_greedy(problem: Problem, seed: int = 0, scoring: Scoring = LEAST_NORMS) -> Packing | None:
    """None if it finds no packing. Nothing is random: ``seed`` changes nothing."""
    return fill(problem, scoring)
