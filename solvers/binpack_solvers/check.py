"""The independent checker: every rule of Problem, counted again from the packing; shares no code with any solver.

Works on compressed rows: time follows rows, entries and rules, never multiplicities or copies. Every sum is exact.
"""

from __future__ import annotations

from collections.abc import Iterator

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
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution


def check(problem: Problem, answer: Solution | Packing) -> None:
    """Return if ``answer`` keeps every rule of ``problem``, and, for a Solution, if its values and claims hold too.

    Raises CheckError with every violation found. An ``infeasible`` or ``unknown`` Solution has no packing to check:
    what it says of itself must still be consistent. Certificates are not looked at.
    """
    if isinstance(answer, Packing):
        found = violations(problem, answer)
    else:
        found = list(claim_violations(problem, answer))
        if answer.packing is not None:
            found += violations(problem, answer.packing)
            if not form_violations(problem, answer.packing):
                found += value_violations(Rows(problem, answer.packing), answer)
    if found:
        raise CheckError(found)


def violations(problem: Problem, packing: Packing) -> list[str]:
    """Every rule that ``packing`` breaks, in words; empty if it keeps them all.

    Each message begins with the rule's name and a colon: ``form``, ``index``, ``demand``, ``available``,
    ``minimum_bins``, ``standing``, ``capacity``, ``compatible``, ``exclusive``, ``limit``, ``require`` or ``spread``.
    Of many findings alike, the first ten are told and the rest counted.
    """
    return form_violations(problem, packing) or list(_rule_violations(Rows(problem, packing)))


def _rule_violations(rows: Rows) -> Iterator[str]:
    problem = rows.problem
    levels = {level: Domains(rows, level) for level in range(1, problem.topology.shape[1] + 1)}
    yield from total_violations(rows)
    yield from content_violations(rows)
    yield from limit_violations(rows, levels)
    yield from require_violations(rows, levels)
    yield from spread_violations(rows, levels)
