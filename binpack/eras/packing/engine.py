"""Engine: the solvers with the limits of one run of the eras."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import TYPE_CHECKING

from binpack_solvers.heuristics.setup_exchange import Affinity, with_cheaper_setups
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from binpack.eras.options import EraOptions

if TYPE_CHECKING:
    from binpack_solvers.nested.nested_packing import NestedSolution
    from binpack_solvers.nested.nested_problem import NestedProblem

PART_FOR_PROOF = 1 / 4
"""Of a search, for CP-SAT after exchanges, which end in tenths of a second as a rule: what it proves it proves early."""
MOST_ENTRIES = 5 * 10**7
"""Of exchanges that only bring copies closer: entries of bins times item types, each look at which takes them all."""
NESTED_SEARCHES = 12
"""A nested problem is worth so many searches of the time."""


@dataclass(frozen=True)
class Engine:
    """``seconds`` for each search; Ctrl-C ends the run, not one problem."""

    options: EraOptions
    seconds: float

    def __call__(self, problem: Problem, initial: Packing | None = None) -> Solution:
        """Solve one Problem, from a packing that keeps its rules, if there is one."""
        options = self.options
        return _whole(solve(problem, "auto", self.seconds, options.threads, options.seed, initial))

    def cheaper_setups(self, problem: Problem, packing: Packing) -> Solution:
        """Exchanges between the bins of a packing, and CP-SAT for what they leave to prove."""
        options, end = self.options, monotonic() + self.seconds
        packing = with_cheaper_setups(problem, packing, lambda: monotonic() >= end)
        seconds = self.seconds * PART_FOR_PROOF
        return _whole(solve(problem, "cp_sat", seconds, options.threads, options.seed, initial=packing))

    def nearer(self, problem: Problem, packing: Packing, affinity: Affinity) -> Packing:
        """Exchanges between the bins of a packing, as many as that many entries of its table are looked at."""
        end, looks = monotonic() + self.seconds, count(1)
        most = MOST_ENTRIES // max(1, packing.bins * problem.item_types)
        return with_cheaper_setups(problem, packing, lambda: next(looks) > most or monotonic() >= end, affinity)

    def nested(self, problem: NestedProblem, known: int) -> NestedSolution:
        """Solve one NestedProblem of which a bound on cost is known."""
        from binpack_solvers.nested.search import solve_nested

        options = self.options
        return solve_nested(problem, self.seconds * NESTED_SEARCHES, options.threads, options.seed, known=known)


def _whole(solution: Solution) -> Solution:
    """The solution of a search that was not broken off."""
    if "interrupted" in solution.statistics.counters:
        raise KeyboardInterrupt
    return solution
