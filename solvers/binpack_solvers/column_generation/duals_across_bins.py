"""What integer duals of the rows of rules across bins pay, and the certificate that they make.

The rules are relaxed with these multipliers (Geoffrion 1974): a copy is worth, in a bin of each type, what the rows pay for
it there; what is left is a price for a bin's content, as it is without such rules.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.certificate import Certificate, SideRowDual
from binpack_solvers.column_generation.node_certificate import rules_in_play
from binpack_solvers.column_generation.rules_across_bins import RowsAcrossBins
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]


class Proof(NamedTuple):
    """Of a bound: integer duals of the rows of rules, what a bin of each type pays for being one, and what its best
    configuration is worth at most."""

    rules: Int64
    fee: Int64
    worth: list[int]


def paid_to_variables(rows: RowsAcrossBins, duals: Int64) -> list[int]:
    """What the rows pay for one more of each variable, in exact integers."""
    paid = [0] * len(rows.most)
    for dual, row in zip(duals.tolist(), rows.rows, strict=True):
        if dual:
            for variable, factor in row.factors.items():
                paid[variable] += dual * factor
    return paid


def dual_objective(rows: RowsAcrossBins, duals: Int64) -> int:
    """What the rows pay for their limits, less what variables within theirs are paid."""
    limits = (
        int(row.low if dual > 0 else row.high) * dual
        for dual, row in zip(duals.tolist(), rows.rows, strict=True)
        if dual
    )
    paid = zip(paid_to_variables(rows, duals), rows.most, strict=True)
    return sum(limits) - sum(max(0, each) * most for each, most in paid)


def certificate_across_bins(
    problem: Problem, rows: RowsAcrossBins, proof: Proof, scale: int, claimed: int
) -> Certificate | None:
    """The certificate of a bound on cost of at most ``claimed``, by ``proof`` duals in ``scale``; None if there is none.

    The scale is raised until no configuration is worth more than it costs (Farley 1990): the duals stay as they are.
    """
    paid = paid_to_variables(rows, proof.rules)
    if max((paid[variable] for variable in rows.copies.ravel().tolist()), default=0) > 0:
        return None  # copies are worth more to the rows than pricing counted with
    duals, fees = [0] * problem.item_types, [0] * problem.bin_types
    side = []
    for dual, row in zip(proof.rules.tolist(), rows.rows, strict=True):
        rule, of = row.name
        if rule == "available":
            fees[of[0]] = -dual
        elif rule == "demands" and dual > 0:
            for group in problem.demand_groups:
                for i in group if of[0] in group else ():
                    duals[i] = dual
        elif rule and dual:
            side.append(SideRowDual(rule, of, dual))
    needed = _scale(problem, proof, scale)
    total = dual_objective(rows, proof.rules)
    if needed is None or total <= 0:
        return None
    used = dict.fromkeys(row.rule.partition(",")[0] for row in side if row.rule != "stands")
    return Certificate(
        needed,
        tuple(duals),
        tuple(fees),
        tuple(proof.worth),
        tuple(dict.fromkeys((*rules_in_play(problem, False), *used))),
        None,
        None,
        min(claimed, -(-total // needed)),
        tuple(side),
    )


def _scale(problem: Problem, proof: Proof, scale: int) -> int | None:
    """The least from ``scale`` on at which every bin costs what its best configuration is worth; None without one."""
    for cost, available, fee, worth in zip(
        problem.cost.tolist(), problem.available.tolist(), proof.fee.tolist(), proof.worth, strict=True
    ):
        if available and worth > fee + cost * scale:
            if not cost:
                return None
            scale = -(-(worth - fee) // cost)
    return scale
