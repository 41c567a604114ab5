"""Branch and price against brute force on small random problems with every rule in play."""

from __future__ import annotations

from time import monotonic

import naive
import pytest
import strategies
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.column_generation.exact import solve_exact
from binpack_solvers.context import Context
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Standing
from hypothesis import given, settings

ENOUGH = 30.0
OF_ONE_BIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")


def searched(problem, start: bool) -> Context:
    """A context after branch and price, with or without a heuristic's packing to start from."""
    context = Context(problem, monotonic() + ENOUGH)
    context.bounds = lower_bounds(problem)
    if start:
        context.offer(HEURISTICS["first_fit_decreasing"](problem, 0))
    solve_exact(context)
    return context


def test_a_standing_bin_that_is_used_up_leaves_a_problem_to_round():
    """What is left beside a bin that stands now has none of its type; it is no malformed problem."""
    standing = [Standing(2, {1: 1, 2: 1}), Standing(3, {})]
    capacity, cost, available = [[5], [8], [7], [7]], [1, 1, 0, 0], [-1, -1, 1, 1]
    problem = Problem([[4]] * 3, capacity, cost=cost, available=available, requires=[(0, 0)], initial=standing)
    context = searched(problem, True)
    assert context.bounds.cost <= naive.optimum(problem).cost


@pytest.mark.parametrize("start", [False, True])
@settings(max_examples=150)
@given(problem=strategies.problems())
def test_bounds_never_exceed_the_optimum_whatever_the_rules(start, problem):
    """Rules that branch and price relaxes leave its bounds valid, and what it offers keeps every rule."""
    expected = naive.optimum(problem)
    if expected is None or any(expected.unplaced):
        return
    context = searched(problem, start)
    assert context.bounds.cost <= expected.cost
    if context.packing is not None:
        assert naive.violations(problem, context.packing) == []
        assert context.value >= expected


@pytest.mark.parametrize("start", [False, True])
@settings(max_examples=150)
@given(problem=strategies.problems(rules=OF_ONE_BIN))
def test_the_least_cost_and_bins_are_found_and_proven(start, problem):
    """With rules that look at one bin at a time, branch and price needs no other method to prove both levels."""
    expected = naive.optimum(problem)
    if expected is None or any(expected.unplaced):
        return
    context = searched(problem, start)
    if problem.cost.any() and problem.demands.any():
        assert context.value is not None
        assert (context.value.cost, context.bounds.cost) == (expected.cost, expected.cost)
        assert (context.value.bins, context.bounds.bins) == (expected.bins, expected.bins)


@settings(max_examples=150)
@given(problem=strategies.problems(rules=OF_ONE_BIN))
def test_no_packing_is_proven_by_searching_all(problem):
    """Without a packing to start from, branch and price ends with one, or says that there is none, and only then."""
    if not (problem.cost.any() and problem.demands.any()):
        return
    context = Context(problem, monotonic() + ENOUGH)
    context.bounds = lower_bounds(problem)
    if not context.bounds.infeasible:
        assert bool(solve_exact(context)) == (naive.optimum(problem) is None)


@settings(max_examples=100)
@given(problem=strategies.problems())
def test_all_methods_together_give_the_brute_force_optimum(problem):
    """``auto`` proves every level of the objective on problems this small."""
    expected = naive.optimum(problem)
    solution = solve(problem, time_limit=ENOUGH)
    if expected is None:
        assert solution.status == "infeasible"
        return
    assert solution.status == "optimal"
    assert naive.value(problem, solution.packing) == expected
