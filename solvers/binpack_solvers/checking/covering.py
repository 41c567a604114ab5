"""Whether bins of listed patterns hold all copies at so low a cost, decided in integers by CP-SAT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from binpack_solvers.checking.listing import Listing
from binpack_solvers.problem import Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

EFFORT = 60.0
"""Of CP-SAT, in its deterministic units of about a second."""
LARGEST_SUM = 2**60
LOSSES = 10**6
"""What all losses together may be in the units of their row."""


def covered(problem: Problem, listing: Listing, most_cost: int) -> Literal["yes", "no", "undecided"]:
    """Whether bins of the listing's patterns hold all copies and cost at most ``most_cost``. ``undecided`` where that takes
    too long or where the numbers are too large.

    Copies may stand more often than they are there: what a pattern has too much of is left out.
    """
    from ortools.sat.python import cp_model

    demands = [int(problem.demands[group[0]]) for group in problem.demand_groups]
    cover = np.stack([listing.count[:, list(group)].sum(axis=1) for group in problem.demand_groups], axis=1)
    if any(demand and not cover[:, g].any() for g, demand in enumerate(demands)):
        return "no"
    cost = problem.cost[listing.bin_type].tolist()
    most = [_most_bins(row, demands, c, most_cost) for row, c in zip(cover.tolist(), cost, strict=True)]
    if max([*demands, *cost, LOSSES]) * max([most_cost, *most]) * (len(most) + 1) > LARGEST_SUM:
        return "undecided"
    model = cp_model.CpModel()
    bins = [model.new_int_var(0, n, "") for n in most]
    for g, demand in enumerate(demands):
        inside = np.flatnonzero(cover[:, g]).tolist()
        if demand:
            model.add(cp_model.LinearExpr.weighted_sum([bins[p] for p in inside], cover[inside, g].tolist()) >= demand)
    for k, available in enumerate(problem.available.tolist()):
        if available >= 0:
            model.add(sum(bins[p] for p in np.flatnonzero(listing.bin_type == k).tolist()) <= available)
    model.add(cp_model.LinearExpr.weighted_sum(bins, cost) <= most_cost)
    unit = listing.slack // LOSSES + 1
    model.add(cp_model.LinearExpr.weighted_sum(bins, [loss // unit for loss in listing.loss]) <= listing.slack // unit)
    return decided(model)


def _most_bins(row: list[int], demands: list[int], cost: int, most_cost: int) -> int:
    """Bins of a pattern that a packing may have: each holds a copy, and all together cost no more than the packing."""
    copies = sum(demand for inside, demand in zip(row, demands, strict=True) if inside)
    return min(copies, most_cost // cost) if cost else copies


def decided(model: cp_model.CpModel) -> Literal["yes", "no", "undecided"]:
    """Whether the model has a solution, as far as CP-SAT can tell with that effort."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.max_deterministic_time = EFFORT
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return "no"
    return "yes" if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else "undecided"
