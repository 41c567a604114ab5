"""The CP-SAT assignment model: copies of item types in numbered bins, every rule of Problem, exact at every level.

``data`` reads what may stand where, ``slots`` chooses the candidate bins, ``model`` and ``rules`` write variables and
constraints, ``levels`` the objective, ``search`` solves level after level. OR-Tools is imported on the first solve.
"""

from binpack_solvers.cp_sat.search import CpSatResult, solve_cp_sat
from binpack_solvers.cp_sat.slots import LARGEST_MODEL, candidate_bins, model_size

__all__ = ["LARGEST_MODEL", "CpSatResult", "candidate_bins", "model_size", "solve_cp_sat"]
