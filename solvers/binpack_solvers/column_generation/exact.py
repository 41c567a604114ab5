"""The method ``exact``: branch and price where it applies."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from time import monotonic

import numpy as np

from binpack_solvers.bounds.bound import Bounds
from binpack_solvers.column_generation.branch_and_price import BranchAndPrice
from binpack_solvers.column_generation.dominance import search_what_is_left
from binpack_solvers.context import Context
from binpack_solvers.problem import MUST_BE_PACKED, Problem
from binpack_solvers.reductions.dominated_bin_types import dominated_bin_types, without_bin_types
from binpack_solvers.validation import LARGEST

MOST_ITEM_TYPES = 5000
"""Beyond this a round of pricing takes seconds."""


def solve_exact(context: Context) -> str:
    """Better packings and bounds for ``context``, until its incumbent is proven at the level of cost or the time is up.

    Returns what shows that nothing can be packed, or an empty string.

    Rules beyond one bin are relaxed: bounds hold with them, packings are taken only if they keep them. Nothing is done where
    some copies stay out (cost comes second then), where nothing is to be packed or costs anything, or where there are too
    many item types.
    """
    problem = context.problem
    if context.value is not None and any(context.value.unplaced):
        return ""
    if context.value is None and (problem.optional >= 0).any():
        return ""
    if problem.item_types > MOST_ITEM_TYPES or not problem.demands.any() or not problem.cost.any():
        return ""
    if (nodes := search_what_is_left(context)) is not None:
        context.counters["nodes"] = nodes
        return ""
    relaxed = bins_alone(problem)
    dominated = dominated_bin_types(relaxed)
    relaxed = without_bin_types(relaxed, dominated)
    search = BranchAndPrice(context)
    searched = search.run(relaxed)
    if context.certificate is not None:
        context.certificate = context.certificate.with_bin_types(dominated)
    context.counters["nodes"] = search.nodes
    if searched and context.value is None:
        return "the bins that there are cannot hold all copies, by a search of all packings"
    if context.value is not None and context.proves("cost") and not context.proves("bins"):
        _fewest_bins(context, relaxed)
    return ""


def _fewest_bins(context: Context, problem: Problem) -> None:
    """The fewest bins at the least cost, once that is known.

    With every bin a little dearer, by so little that all bins of the incumbent together do not make up for a cost of 1, the
    cheapest packings are those of the least cost with the fewest bins: an order of two levels in exact integers.
    """
    assert context.value is not None
    cost, weight = context.value.cost, context.value.bins + 1
    if (cost + 1) * weight >= LARGEST:
        return
    setups = [replace(setup, cost=setup.cost * weight) for setup in problem.setups]
    finer = problem.replace(cost=problem.cost * weight + 1, setups=setups)
    inner = Context(finer, context.deadline, context.seed, context.threads, context.stop)
    inner.bounds = Bounds(context.bounds.bins, "", cost * weight + context.bounds.bins, "")
    inner.offer(context.packing)
    search = BranchAndPrice(inner)
    search.run(finer)
    context.counters["nodes"] += search.nodes
    context.offer(inner.packing)
    context.raise_bins(inner.bounds.cost - cost * weight, "branch and price at the least cost")


@cache
def load_pricing() -> None:
    """Compile the kernels of pricing, or load them from numba's cache, unless that is done."""
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
