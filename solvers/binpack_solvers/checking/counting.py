"""Whether whole bins of each type can be worth and hold as much as all copies, at so low a cost, for the checker.

The argument. All copies together are worth their duals and take their sizes; a bin gives at most what the best pattern of
its type is worth, and its capacity. The bins of every packing give at least what is taken, counted in whole bins.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from binpack_solvers.checking.branching import Subproblem
from binpack_solvers.checking.certificate import of_all_copies
from binpack_solvers.checking.covering import decided
from binpack_solvers.column_generation.certificate import Certificate

LARGEST_AMOUNT = 2**40
LARGEST_SUM = 2**60


class Row(NamedTuple):
    """All bins together give at least ``amount``, a bin of type k at most ``each[k]``."""

    each: list[int]
    amount: int


def counted(packed: Subproblem, certificate: Certificate, most_cost: int) -> Literal["yes", "no", "undecided"]:
    """Whether some numbers of bins cost at most ``most_cost`` and give enough; ``no`` proves that no packing does.

    certificate : with values of best patterns that were proved, for ``packed.with_markers()``.
    """
    from ortools.sat.python import cp_model

    problem = packed.problem
    rows = [row for row in (_worth(packed, certificate), *_volumes(packed)) if row.amount > 0]
    cost = problem.cost.tolist()
    least, most = [packed.fewest.get(k, 0) for k in range(len(cost))], _most_bins(packed, rows)
    if any(few > many for few, many in zip(least, most, strict=True)):
        return "no"
    rows = [_scaled(row) for row in rows]
    largest = max([most_cost, *cost, *(each for row in rows for each in row.each)])
    if largest * (max(most) + 1) * (len(most) + 1) > LARGEST_SUM:
        return "undecided"
    model = cp_model.CpModel()
    bins = [model.new_int_var(few, many, "") for few, many in zip(least, most, strict=True)]
    for each, amount in rows:
        model.add(cp_model.LinearExpr.weighted_sum(bins, each) >= amount)
    model.add(cp_model.LinearExpr.weighted_sum(bins, cost) <= most_cost)
    return decided(model)


def _worth(packed: Subproblem, certificate: Certificate) -> Row:
    """By the duals, without the items that mark bins of which there are at least some: other bins are not worth these."""
    problem, marked = packed.problem, packed.marked
    each = list(certificate.best_pattern_value)
    for k, dual in zip(marked, certificate.duals[problem.item_types :], strict=True):
        each[k] -= dual
    if any(setup.cost for setup in problem.setups):  # a pattern's worth is what its setups cost less
        return Row(each, 0)
    return Row(each, of_all_copies(problem, certificate.duals))


def _volumes(packed: Subproblem) -> list[Row]:
    """By the sizes, resource by resource; of alternatives the least."""
    problem = packed.problem
    resources = zip(problem.capacity.T.tolist(), problem.sizes.T.tolist(), strict=True)
    return [Row(capacity, of_all_copies(problem, size)) for capacity, size in resources]


def _most_bins(packed: Subproblem, rows: list[Row]) -> list[int]:
    """Of each type, as many as there are; no more than have to be there or give enough by themselves in every row."""
    most = []
    for k, available in enumerate(packed.problem.available.tolist()):
        plenty = max((-(-row.amount // row.each[k]) for row in rows if row.each[k] > 0), default=0)
        plenty = max(plenty, packed.fewest.get(k, 0))
        most.append(plenty if available < 0 else min(plenty, available))
    return most


def _scaled(row: Row) -> Row:
    """Amounts in range, all rounded up: whole numbers of bins that keep the row keep this one."""
    unit = -(-row.amount // LARGEST_AMOUNT)
    amount = -(-row.amount // unit)
    return Row([min(amount, -(-each // unit)) if each > 0 else 0 for each in row.each], amount)
