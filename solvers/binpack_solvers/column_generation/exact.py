"""The method ``exact``: branch and price where it applies."""

from __future__ import annotations

import numpy as np

from binpack_solvers.column_generation.branch_and_price import BranchAndPrice
from binpack_solvers.context import Context
from binpack_solvers.problem import MUST_BE_PACKED

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
    optional = bool((problem.optional >= 0).any())
    if (optional and context.value is None) or problem.item_types > MOST_ITEM_TYPES:
        return
    if not problem.demands.any() or not problem.cost.any():
        return
    if optional:
        problem = problem.replace(optional=np.full(problem.item_types, MUST_BE_PACKED))
    search = BranchAndPrice(context)
    search.run(problem)
    context.counters["nodes"] = search.nodes
