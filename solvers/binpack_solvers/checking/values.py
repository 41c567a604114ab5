"""What a Solution says about itself, counted again: bins, cost, unplaced, moves, and what its status may claim."""

from __future__ import annotations

from collections.abc import Iterator

from binpack_solvers.checking.rows import Rows
from binpack_solvers.checking.totals import standing_now, unmet_demands
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

WITH_PACKING = ("optimal", "feasible")
WITHOUT_PACKING = ("infeasible", "unknown")


def value_violations(rows: Rows, solution: Solution) -> Iterator[str]:
    """Every value of the solution that its packing does not have. The packing's form must be sound."""
    said_unplaced = {i: count for i, count in solution.unplaced.items() if count}
    values = (
        ("bins", solution.bins, sum(rows.times)),
        ("cost", solution.cost, _cost(rows)),
        ("moves", solution.moves, _moves(rows)),
        ("unplaced", dict(sorted(said_unplaced.items())), _unplaced(rows)),
    )
    for name, said, counted in values:
        if said != counted:
            yield f"solution: {name} is {said}; the packing has {counted}"


def _cost(rows: Rows) -> int:
    bins = sum(int(cost) * used for cost, used in zip(rows.problem.cost, rows.bins_of_type, strict=True))
    return bins + sum(
        setup.cost * sum(rows.times[row] for row in paying.tolist())
        for setup, paying in zip(rows.problem.setups, rows.setup_rows, strict=True)
        if setup.cost
    )


def _moves(rows: Rows) -> int:
    now = standing_now(rows)
    return sum(
        int(rows.problem.move_cost[i]) * max(0, count - now[standing.bin_type].get(i, 0))
        for standing in rows.problem.initial
        for i, count in standing.content.items()
    )


def _unplaced(rows: Rows) -> dict[int, int]:
    return {items[0]: demand - placed for items, demand, placed in unmet_demands(rows) if placed < demand}


def claim_violations(problem: Problem, solution: Solution) -> Iterator[str]:
    """Every claim that cannot hold: a bound above its value, a proof without meeting bounds, a status without its due.

    A bound is stated beside the value of this packing, so it may not exceed it: a bound that holds only for packings
    better at an earlier level of the objective is to be lowered to the value.
    """
    status, has_packing = solution.status, solution.packing is not None
    if status not in WITH_PACKING + WITHOUT_PACKING:
        yield f"solution: unknown status {status!r}"
    if has_packing and status in WITHOUT_PACKING:
        yield f"solution: status {status} with a packing"
    if not has_packing and status in WITH_PACKING:
        yield f"solution: status {status} without a packing"
    if not has_packing and (solution.bins is not None or solution.cost is not None):
        yield f"solution: bins {solution.bins} and cost {solution.cost} without a packing"
    if status == "infeasible" and not solution.reason:
        yield "solution: status infeasible without a reason"
    yield from _bound_violations(problem, solution)


def _bound_violations(problem: Problem, solution: Solution) -> Iterator[str]:
    pairs = (
        ("lower_bound", solution.lower_bound, "bins", solution.bins),
        ("cost_lower_bound", solution.cost_lower_bound, "cost", solution.cost),
    )
    for bound_name, bound, name, value in pairs:
        if bound < 0:
            yield f"solution: {bound_name} is {bound}; expected at least 0"
        if value is not None and bound > value:
            yield f"solution: {bound_name} {bound} is above {name} {value}"
        if value is not None and solution.status == "optimal" and bound < value:
            yield f"solution: status optimal, but {bound_name} is {bound} and {name} {value}"
    if problem.unit_cost and solution.lower_bound != solution.cost_lower_bound:
        yield (
            f"solution: every bin costs 1, but lower_bound is {solution.lower_bound} and cost_lower_bound "
            f"{solution.cost_lower_bound}"
        )
    if solution.statistics.cost_proven and solution.cost != solution.cost_lower_bound:
        yield f"solution: cost_proven, but cost is {solution.cost} and cost_lower_bound {solution.cost_lower_bound}"
