"""Fitness: fill one bin after the other with what takes the largest shares of what is left in it.

The score of an item is the sum over resources of weight * size / residual. Source: M. Gabay, S. Zaourar, "Vector bin packing
with heterogeneous bins: application to the machine reassignment problem", Annals of Operations Research 242, 2016.
"""

from __future__ import annotations

from binpack_solvers.heuristics.construction import fill
from binpack_solvers.heuristics.measures import LARGEST_SHARES
from binpack_solvers.kernels.scores import Scoring
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem


def fitness(problem: Problem, seed: int = 0, scoring: Scoring = LARGEST_SHARES) -> Packing | None:
    """None if it finds no packing. Nothing is random: ``seed`` changes nothing."""
    return fill(problem, scoring)
