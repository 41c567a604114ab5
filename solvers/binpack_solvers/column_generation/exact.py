"""The method ``exact``: branch and price where it applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from time import monotonic

from binpack_solvers.bounds.bin_counts import Covering, cost_of_whole_bins
from binpack_solvers.bounds.bound import Bounds
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.bins_marked import with_bins_marked, worth_with_marks
from binpack_solvers.column_generation.branch_and_price import BranchAndPrice
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.column_generation.dominance import search_what_is_left
from binpack_solvers.column_generation.pricing import Pricer
from binpack_solvers.column_generation.rules_across_bins import asks_for_bins, looks_across_bins
from binpack_solvers.column_generation.search_across_bins import search_across_bins
from binpack_solvers.column_generation.volume_relaxation import raise_bound_by_volume
from binpack_solvers.context import Context
from binpack_solvers.heuristics.consistent_neighbourhood import load_neighbourhood
from binpack_solvers.problem import UNLIMITED, Problem
from binpack_solvers.reductions.alike_bin_types import alike_bin_types
from binpack_solvers.reductions.dominated_bin_types import dominated_bin_types, without_bin_types
from binpack_solvers.validation import LARGEST

MOST_ITEM_TYPES = 5000
"""Beyond this a round of pricing takes seconds."""


def solve_exact(context: Context) -> str:
    """Better packings and bounds for ``context``, until its incumbent is proven at the level of cost or the time is up.

    Returns what shows that nothing can be packed, or an empty string.

    Rules across bins are part of an LP of their own and of the programs in whole bins; the tree relaxes them: its bounds
    hold with them, its packings are taken only if they keep them. A least number of bins alone is none of them. Nothing is
    done where some copies stay out (cost comes second then), where nothing is to be packed or costs anything, or where
    there are too many item types.
    """
    problem = context.problem
    if context.value is not None and any(context.value.unplaced):
        return ""
    if context.value is None and (problem.optional >= 0).any():
        return ""
    if problem.item_types > MOST_ITEM_TYPES or not problem.demands.any() or not problem.cost.any():
        return ""
    if configurations_of(problem).large:
        context.load(_load_pricing_of_many)
    if (nodes := search_what_is_left(context)) is not None:
        context.counters["nodes"] = nodes
        return ""
    relaxed, across = bins_alone(problem), looks_across_bins(context)
    marks = problem.minimum_bins if not across and asks_for_bins(context) else 0
    dominated = alike_bin_types(relaxed) if across else dominated_bin_types(relaxed)
    relaxed = without_bin_types(relaxed, dominated)
    if relaxed.bin_types > 1:
        context.load(_load_bin_counts)
    worth = raise_bound_by_volume(context, relaxed, dominated) if context.worth is None else context.worth
    if across:
        search_across_bins(context, relaxed, worth)
    if marks:
        relaxed, worth = with_bins_marked(relaxed, marks), worth_with_marks(worth)
    if context.tree_log is not None:
        context.tree_log.dominated, context.tree_log.marks = dominated, marks
    search = BranchAndPrice(context, dominated, worth)
    searched = search.run(relaxed)
    context.counters["nodes"] = search.nodes
    if searched and context.value is None:
        return "the bins that there are cannot hold all copies, by a search of all packings"
    if context.value is not None and context.proves("cost") and not context.proves("bins"):
        _fewest_bins(context, relaxed, dominated)
    return ""


def bound_by_volume(context: Context) -> None:
    """What is known at once of bins of several prices, all copies of which must be packed."""
    problem = context.problem
    if not problem.demands.any() or (problem.optional >= 0).any() or problem.item_types > MOST_ITEM_TYPES:
        return
    relaxed = bins_alone(problem)
    alike = alike_bin_types(relaxed)
    context.worth = raise_bound_by_volume(context, without_bin_types(relaxed, alike), alike)


def _fewest_bins(context: Context, relaxed: Problem, dominated: Mapping[int, int]) -> None:
    """The fewest bins at the least cost, once that is known.

    With every bin a little dearer, by so little that all bins of the incumbent together do not make up for a cost of 1, the
    cheapest packings are those of the least cost with the fewest bins: an order of two levels in exact integers.
    """
    assert context.value is not None
    cost, weight = context.value.cost, context.value.bins + 1
    if (cost + 1) * weight >= LARGEST:
        return
    inner = Context(_finer(context.problem, weight), context.deadline, context.seed, context.threads, context.stop)
    inner.bounds = Bounds(context.bounds.bins, "", cost * weight + context.bounds.bins, "")
    inner.offer(context.packing)
    if context.tree_log is not None:
        inner.tree_log = replace(context.tree_log, nodes=[], searched=False, weight=weight)
    search = BranchAndPrice(inner, dominated)
    search.run(_finer(relaxed, weight))
    if context.tree_log is not None and inner.tree_log is not None and inner.bounds.cost_by:
        context.tree_log.fewest_bins = inner.tree_log.tree(inner.bounds, "")
    context.counters["nodes"] += search.nodes
    context.offer(inner.packing)
    context.raise_bins(inner.bounds.cost - cost * weight, "branch and price at the least cost")


def _finer(problem: Problem, weight: int) -> Problem:
    """The problem with every cost so many times as high, and a bin dearer by 1."""
    setups = [replace(setup, cost=setup.cost * weight) for setup in problem.setups]
    return problem.replace(cost=problem.cost * weight + 1, setups=setups)


@cache
def load_pricing() -> None:
    """Compile the kernels of pricing, or load them from numba's cache, unless that is done. A small run ends before it needs
    them all: they are called as well."""
    solve_exact(Context(Problem([3, 2], 5, demands=[2, 3]), monotonic() + 600))
    _small_pricer().load()


@cache
def _load_bin_counts() -> None:
    """The same for the kernel that only problems of several bin types call."""
    cost_of_whole_bins([Covering([2, 3], 4)], [2, 3], [UNLIMITED] * 2, [0, 0], 0, 5)


@cache
def _load_pricing_of_many() -> None:
    """The same for the kernels that only problems of many items call."""
    load_neighbourhood()
    _small_pricer().load(many=True)


def _small_pricer() -> Pricer:
    """Of two resources, which need weights as well."""
    return Pricer(configurations_of(Problem([[3, 1], [2, 2]], [5, 5], demands=[2, 3])))
