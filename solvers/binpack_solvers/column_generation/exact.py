"""The method ``exact``: branch and price where it applies."""

from __future__ import annotations

from functools import cache
from time import monotonic

import numpy as np

from binpack_solvers.column_generation.branch_and_price import BranchAndPrice
from binpack_solvers.context import Context
from binpack_solvers.problem import MUST_BE_PACKED, Problem

MOST_ITEM_TYPES = 5000
"""Beyond this a round of pricing takes seconds."""


def solve_exact(context: Context) -> None:
    """Better packings and bounds for ``context``, until its incumbent is proven at the level of cost or the time is up.

    Rules beyond one bin are relaxed: bounds hold with them, packings are taken only if they keep them. Nothing is done where
    some copies stay out (cost comes second then), where nothing is to be packed or costs anything, or where there are too
    many item types.
    """
    problem = context.problem
    if context.value is not None and any(context.value.unplaced):
        return
    if context.value is None and (problem.optional >= 0).any():
        return
    if problem.item_types > MOST_ITEM_TYPES or not problem.demands.any() or not problem.cost.any():
        return
    search = BranchAndPrice(context)
    search.run(bins_alone(problem))
    context.counters["nodes"] = search.nodes


def load_pricing() -> float:
    """Compile the kernels of pricing, or load them from numba's cache, unless that is done; seconds it took."""
    started = monotonic()
    _first_search()
    return monotonic() - started


@cache
def _first_search() -> None:
    solve_exact(Context(Problem([3, 2], 5, demands=[2, 3]), monotonic() + 600))


def bins_alone(problem: Problem) -> Problem:
    """The relaxation in which all copies are packed and every rule looks at one bin."""
    return problem.replace(
        optional=np.full(problem.item_types, MUST_BE_PACKED),
        limits=problem.limits[problem.limits[:, 3] == 0],
        requires=None,
        topology=None,
        spread=(),
        initial=None,
        minimum_bins=0,
    )
