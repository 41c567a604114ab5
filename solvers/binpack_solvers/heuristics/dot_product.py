"""Dot product: fill one bin after the other with what points the way its residual does.

The score of an item is the sum over resources of weight * size * residual, the weight being the demand that remains of the
resource. Source: R. Panigrahy, K. Talwar, L. Uyeda, U. Wieder, "Heuristics for vector bin packing", 2011, section 3.
"""

from __future__ import annotations

from binpack_solvers.heuristics.construction import fill
from binpack_solvers.heuristics.measures import DOT_PRODUCTS
from binpack_solvers.kernels.scores import Scoring
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem


def dot_product(problem: Problem, seed: int = 0, scoring: Scoring = DOT_PRODUCTS) -> Packing | None:
    """None if it finds no packing. Nothing is random: ``seed`` changes nothing."""
    return fill(problem, scoring)
