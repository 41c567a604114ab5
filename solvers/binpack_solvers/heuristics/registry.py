"""The constructive heuristics by their full names, cheapest first."""

from __future__ import annotations

from collections.abc import Callable

from binpack_solvers.heuristics.best_fit import best_fit, best_fit_decreasing
from binpack_solvers.heuristics.dot_product import dot_product
from binpack_solvers.heuristics.first_fit import first_fit, first_fit_decreasing
from binpack_solvers.heuristics.minimum_bin_slack import minimum_bin_slack
from binpack_solvers.heuristics.next_fit import next_fit, next_fit_decreasing
from binpack_solvers.heuristics.worst_fit import worst_fit, worst_fit_decreasing
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Heuristic = Callable[[Problem, int], Packing | None]

HEURISTICS: dict[str, Heuristic] = {
    "first_fit_decreasing": first_fit_decreasing,
    "best_fit_decreasing": best_fit_decreasing,
    "minimum_bin_slack": minimum_bin_slack,
    "dot_product": dot_product,
    "worst_fit_decreasing": worst_fit_decreasing,
    "first_fit": first_fit,
    "best_fit": best_fit,
    "worst_fit": worst_fit,
    "next_fit_decreasing": next_fit_decreasing,
    "next_fit": next_fit,
}
