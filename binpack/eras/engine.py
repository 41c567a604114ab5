"""Engine: the solvers with the limits of one run of the eras."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from binpack.eras.options import EraOptions

if TYPE_CHECKING:
    from binpack_solvers.nested.nested_packing import NestedSolution
    from binpack_solvers.nested.nested_problem import NestedProblem

NESTED_SEARCHES = 12
"""A nested problem is worth so many searches of the time."""


@dataclass(frozen=True)
class Engine:
    """``seconds`` for each search; Ctrl-C ends the run, not one problem."""

    options: EraOptions
    seconds: float

    def __call__(self, problem: Problem) -> Solution:
        """Solve one Problem."""
        options = self.options
        solution = solve(problem, time_limit=self.seconds, threads=options.threads, seed=options.seed)
        if "interrupted" in solution.statistics.counters:
            raise KeyboardInterrupt
        return solution

    def nested(self, problem: NestedProblem, known: int) -> NestedSolution:
        """Solve one NestedProblem of which a bound on cost is known."""
        from binpack_solvers.nested.search import solve_nested

        options = self.options
        return solve_nested(problem, self.seconds * NESTED_SEARCHES, options.threads, options.seed, known=known)
