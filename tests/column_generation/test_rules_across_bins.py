"""The program in whole bins with rules across bins against brute force, and the method that uses it."""

from __future__ import annotations

from time import monotonic

import naive
import naive_patterns
import numpy as np
import pytest
import strategies
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import violations
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.bins_marked import with_bins_marked
from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.column_generation.contents import contents_of
from binpack_solvers.column_generation.exact import solve_exact
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.restricted_master import solve_in_whole_bins
from binpack_solvers.column_generation.rules_across_bins import asks_for_bins, looks_across_bins
from binpack_solvers.context import Context
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread
from hypothesis import assume, example, given, settings

ENOUGH = 30.0
ACROSS_BINS = ("topology", "limits", "requires", "spread", "initial", "minimum_bins")
RULES = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "setups", *ACROSS_BINS)
BY_DOMAIN = ("demands", "cost", "compatible", "alternatives", "setups", "topology", "limits", "requires", "spread")


def carried(problem: Problem) -> bool:
    """Whether the program carries all rules: a spread over bins is left out."""
    return all(spread.key for spread in problem.spread)


def solved_without_a_packing(problem: Problem) -> SolvedNode:
    """The root, before anything is known."""
    context, relaxed = Context(problem, monotonic() + ENOUGH), bins_alone(problem)
    if not looks_across_bins(context) and asks_for_bins(context):
        relaxed = with_bins_marked(relaxed, problem.minimum_bins)
    return SolvedNode(Node(relaxed), contents_of(None, relaxed.item_types), context)


def every_content(solved: SolvedNode, largest: bool) -> Columns:
    """All that a bin of each type may hold by the rules of one bin; ``largest``: but what is part of another content."""
    problem, item = solved.node.problem, solved.configurations.item
    kinds, rows = [], []
    for k in np.flatnonzero(problem.available != 0).tolist():
        patterns = [np.array(p, np.int64)[item] for p in naive_patterns.patterns(problem, k) if any(p)]
        for p in patterns:
            if not largest or not any((p <= q).all() and (p < q).any() for q in patterns):
                kinds.append(k)
                rows.append(p)
    return solved.pricer.columns(np.array(kinds, np.int64), np.array(rows, np.int64).reshape(-1, len(item)))


@settings(max_examples=300)
@given(problem=strategies.problems(rules=RULES))
def test_of_all_contents_the_least_cost_is_found_and_keeps_every_rule(problem):
    """With every content at hand the packing found is a cheapest one, and none is found where there is none."""
    assume(problem.demands.any() and carried(problem))
    solved = solved_without_a_packing(problem)
    solve_in_whole_bins(solved, every_content(solved, largest=False), ENOUGH, exact=True)
    expected = naive.optimum(problem)
    if expected is None:
        assert solved.context.value is None
    else:
        assert solved.context.value is not None
        assert naive.violations(problem, solved.context.packing) == []
        assert solved.context.value.cost == expected.cost


CALLED_INFEASIBLE = Problem(
    [[0, 2], [0, 1], [0, 4]],
    [[5, 5], [7, 7], [7, 7]],
    demands=[1, 2, 1],
    cost=[1, 0, 0],
    available=[-1, 1, 1],
    requires=[(1, 0, 1), (1, 2, 1)],
    topology=[[0], [0], [1]],
)
"""Which presolve of HiGHS 1.16.0 calls infeasible."""


@settings(max_examples=300)
@given(problem=strategies.problems(rules=RULES))
@example(problem=CALLED_INFEASIBLE)
def test_nothing_better_is_said_only_where_nothing_is(problem):
    """The largest contents, which stand for all others, are enough for a proof, whatever the rules and the incumbent."""
    assume(problem.demands.any() and not any(setup.cost for setup in problem.setups))
    solved = solved_without_a_packing(problem)
    expected = naive.optimum(problem)
    decided = solve_in_whole_bins(solved, every_content(solved, largest=True), ENOUGH)
    found = solved.context.value
    if found is not None:
        assert violations(problem, solved.context.packing) == []
    if decided:
        assert (found is None) == (expected is None)
        assert found is None or found.cost == expected.cost


@settings(max_examples=200)
@given(problem=strategies.problems(rules=BY_DOMAIN))
def test_a_packing_is_found_wherever_there_is_one(problem):
    """With bins without end and rules by domain, copies by themselves are a packing: none is missed."""
    levels = problem.requires[:, 2].all() and carried(problem)
    assume(levels and problem.demands.any() and problem.cost.any())
    expected = naive.optimum(problem)
    context = Context(problem, monotonic() + ENOUGH)
    context.bounds = lower_bounds(problem)
    solve_exact(context)
    assert (context.value is None) == (expected is None)
    if expected is not None:
        assert expected.cost <= context.value.cost
        assert context.bounds.cost <= expected.cost


@pytest.mark.parametrize("seed", [1, 2])
def test_zones_are_filled_evenly(seed):
    """Copies of a spread item type stand in every zone, where the cheapest bins alone would leave two of them empty."""
    zones = [[0], [1], [2]]
    problem = Problem(
        [4, 3], [[12]] * 3, demands=[9, 6], topology=zones, spread=[Spread((0,), (0,), 1, 1, 0, (0, 1, 2))]
    )
    context = Context(problem, monotonic() + ENOUGH, seed)
    context.bounds = lower_bounds(problem)
    solve_exact(context)
    copies = [sum(items.get(0, 0) * times for k, items, times in context.packing.patterns if k == z) for z in range(3)]
    assert copies == [3, 3, 3]
    assert context.value.cost == context.bounds.cost == 5


def test_a_limit_by_domain_leaves_copies_of_a_configuration_out():
    """Two pods fill a bin, and a zone takes one of each: bins of one configuration hold half of what it has in each zone."""
    zones = [[0], [1]]
    problem = Problem([5, 5], [[10]] * 2, demands=[2, 2], topology=zones, limits=[(0, 0, 1, 1), (1, 1, 1, 1)])
    context = Context(problem, monotonic() + ENOUGH)
    solve_exact(context)
    assert context.value.cost == 2
    assert violations(problem, context.packing) == []
