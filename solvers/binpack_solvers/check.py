"""The independent checker: every rule of Problem, counted again from the packing; shares no code with any solver.

Works on compressed rows: time follows rows, entries and rules, never multiplicities or copies. Every sum is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from binpack_solvers.checking.contents import content_violations
from binpack_solvers.checking.domains import Domains
from binpack_solvers.checking.form import form_violations
from binpack_solvers.checking.rows import Rows
from binpack_solvers.checking.spread import spread_violations
from binpack_solvers.checking.together import limit_violations, require_violations
from binpack_solvers.checking.totals import total_violations
from binpack_solvers.checking.values import claim_violations, value_violations
from binpack_solvers.errors import CheckError
from binpack_solvers.packing import Packing
from binpack_solvers.plain_check import bins_of_kept
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution


@dataclass(frozen=True, eq=False)
class Inspection:
    """What the checker found in a packing.

    bins_of_type : bins of each type where the one walk of ``plain_check`` found every rule kept and every copy placed.
    """

    problem: Problem
    packing: Packing
    violations: list[str]
    bins_of_type: list[int] | None

    def value_violations(self, solution: Solution) -> list[str]:
        """Every value that ``solution`` states of the packing and that the packing does not have."""
        if self.bins_of_type is not None:
            bins = sum(self.bins_of_type)
            cost = sum(c * used for c, used in zip(self.problem.cost.tolist(), self.bins_of_type, strict=True))
            said = (solution.bins, solution.cost, solution.moves, any(solution.unplaced.values()))
            if said == (bins, cost, 0, False):
                return []
        if form_violations(self.problem, self.packing):
            return []
        return list(value_violations(Rows(self.problem, self.packing), solution))


def inspect(problem: Problem, packing: Packing) -> Inspection:
    """Count everything that the rules ask of ``packing``."""
    bins_of_type = bins_of_kept(problem, packing)
    if bins_of_type is not None:
        return Inspection(problem, packing, [], bins_of_type)
    found = form_violations(problem, packing) or list(_rule_violations(Rows(problem, packing)))
    return Inspection(problem, packing, found, None)


def check(problem: Problem, answer: Solution | Packing, inspection: Inspection | None = None) -> None:
    """Return if ``answer`` keeps every rule of ``problem``, and, for a Solution, if its values and claims hold too.

    inspection : what ``inspect`` found in the same packing, which need not be counted again.

    Raises CheckError with every violation found. An ``infeasible`` or ``unknown`` Solution has no packing to check:
    what it says of itself must still be consistent. Certificates are not looked at.
    """
    packing = answer if isinstance(answer, Packing) else answer.packing
    found = [] if isinstance(answer, Packing) else list(claim_violations(problem, answer))
    if packing is not None:
        if inspection is None or inspection.packing is not packing or inspection.problem is not problem:
            inspection = inspect(problem, packing)
        found += inspection.violations
        if not isinstance(answer, Packing):
            found += inspection.value_violations(answer)
    if found:
        raise CheckError(found)


def violations(problem: Problem, packing: Packing) -> list[str]:
    """Every rule that ``packing`` breaks, in words; empty if it keeps them all.

    Each message begins with the rule's name and a colon: ``form``, ``index``, ``demand``, ``available``,
    ``minimum_bins``, ``standing``, ``capacity``, ``compatible``, ``exclusive``, ``limit``, ``require`` or ``spread``.
    Of many findings alike, the first ten are told and the rest counted.
    """
    return inspect(problem, packing).violations


def _rule_violations(rows: Rows) -> Iterator[str]:
    problem = rows.problem
    levels = {level: Domains(rows, level) for level in range(1, problem.topology.shape[1] + 1)}
    yield from total_violations(rows)
    yield from content_violations(rows)
    yield from limit_violations(rows, levels)
    yield from require_violations(rows, levels)
    yield from spread_violations(rows, levels)
