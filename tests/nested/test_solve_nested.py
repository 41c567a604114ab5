"""Nested problems: the optimum of every way of nesting, rules on hosts, and prices that prove bounds."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from binpack_solvers.context import Context
from binpack_solvers.errors import CheckError, ProblemError
from binpack_solvers.nested.box_prices import JointColumns
from binpack_solvers.nested.check import check_nested
from binpack_solvers.nested.check_prices import check_prices
from binpack_solvers.nested.kinds import shares_of_hosts
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.nested.search import solve_nested
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.validation import LARGEST
from hypothesis import given, settings
from nested.naive_nested import least_cost
from nested.strategies import nested_problems


@settings(max_examples=40, deadline=None)
@given(nested_problems())
def test_the_least_cost_of_every_way_of_nesting(problem: NestedProblem) -> None:
    """Value, bound and infeasibility are those of the oracle; prices that are stated prove their bound."""
    best = least_cost(problem)
    listed = "requires" not in problem.inner.rules  # with it not all contents of hosts are listed
    solution = solve_nested(problem, 20.0 if listed else 0.3)
    check_nested(problem, solution)
    if best is None:
        assert solution.packing is None
        return
    assert solution.cost_lower_bound <= best
    if listed:
        assert (solution.cost, solution.status) == (best, "optimal")
    if solution.prices is not None:
        assert check_prices(problem, solution.prices).result == "proved"
        assert solution.prices.bound(problem) <= best


def two_kinds() -> NestedProblem:
    """Hosts of 10: a small box of 4 holds 3, a large one of 6 holds 5, so that one of each is best."""
    inner = Problem([3, 5], [[3], [5]], demands=[4, 4])
    return NestedProblem(inner, Problem([[4], [6]], [10]))


def test_no_time_still_gives_a_packing() -> None:
    """The clock alone never withholds a packing that is found at once; whoever wants to stop gets none."""
    solution = solve_nested(two_kinds(), 0.0)
    check_nested(two_kinds(), solution)
    assert solution.packing is not None
    assert solve_nested(two_kinds(), 0.0, stop=lambda: True).packing is None


def test_boxes_are_chosen_with_their_hosts() -> None:
    """Level by level every kind alone needs more hosts than both together."""
    solution = solve_nested(two_kinds())
    assert (solution.status, solution.hosts, solution.boxes) == ("optimal", 4, 8)


def level_by_level(problem: NestedProblem) -> int:
    """The least cost of boxes of one kind, or of any, packed as few of a host as can be and then stacked."""
    boxed, kinds = problem.boxed(), problem.inner.bin_types
    costs = []
    for chosen in (*np.eye(kinds, dtype=bool), np.ones(kinds, bool)):
        available = np.where(chosen, boxed.available, 0)
        boxes = solve(boxed.replace(available=available, cost=shares_of_hosts(problem.outer)), time_limit=0.2).packing
        if boxes is not None and (cost := solve(problem.stacking(boxes), time_limit=0.2).cost) is not None:
            costs.append(cost)
    return min(costs)


@pytest.mark.parametrize("seed", range(4))
def test_level_by_level_is_never_better(seed: int) -> None:
    """Two kinds of hosts, five of boxes, copies that keep apart on hosts, and three hosts at the least."""
    rng = np.random.default_rng(seed)
    boxes = [(3, 10), (5, 15), (6, 30), (8, 31), (12, 40)]
    inner = Problem(np.stack([rng.integers(1, 6, 4), rng.integers(2, 16, 4)], 1), boxes, demands=rng.integers(1, 4, 4))
    outer = Problem([(cpu, gib + 1) for cpu, gib in boxes], [(16, 64), (24, 96)], cost=[10, 14], minimum_bins=3)
    problem = NestedProblem(inner, outer, most_per_host=[1, 2, -1, -1], apart=[(0, 1)])
    solution = solve_nested(problem, 20.0)
    assert solution.cost is not None
    assert solution.cost <= level_by_level(problem)
    assert solution.status == "optimal"


def test_copies_of_several_forms_share_hosts() -> None:
    """At most one copy of a form on a host, and a copy of each of two forms: four copies on two hosts."""
    inner = Problem([1, 1], [[2]], demands=[4, 4], alternatives=[0, 0])
    solution = solve_nested(NestedProblem(inner, Problem([[3]], [10]), most_per_host=[1, 1]))
    assert (solution.status, solution.hosts) == ("optimal", 2)


@pytest.mark.parametrize("rule", ["most_per_host", "apart"])
def test_rules_of_hosts_hold_across_boxes(rule: str) -> None:
    """Two boxes would fit on a host, but what is in them must not stand together."""
    inner = Problem([2, 2], [[2]], demands=[2, 2])
    outer = Problem([[3]], [20])
    asked = {"most_per_host": {"most_per_host": [1, 1]}, "apart": {"apart": [(0, 1)]}}[rule]
    solution = solve_nested(NestedProblem(inner, outer, **asked))
    assert (solution.status, solution.hosts) == ("optimal", 2)


def test_raised_prices_are_refuted() -> None:
    """A price above what a host costs for its boxes, or below what a content is worth, proves nothing."""
    problem = two_kinds()
    boxed = problem.boxed()
    columns = JointColumns(problem, boxed, Context(boxed, inf, 0, 1))
    columns.run(LARGEST)
    prices = columns.prices
    assert prices is not None
    assert check_prices(problem, prices).result == "proved"
    dear = type(prices)(prices.item, prices.box * 2, prices.fee, prices.scale)
    assert check_prices(problem, dear).result == "refuted"
    rich = type(prices)(prices.item * 2, prices.box, prices.fee, prices.scale)
    assert check_prices(problem, rich).result == "refuted"


def test_a_wrong_packing_is_refused() -> None:
    """A box that stands nowhere, one too many on a host, and a number that is not the packing's."""
    problem = two_kinds()
    full = [(0, [(0, {0: 1}), (1, {1: 1})])] * 4
    check_nested(problem, NestedPacking.of_hosts(full))
    with pytest.raises(CheckError, match="demand"):
        check_nested(problem, NestedPacking.of_hosts(full[:3]))
    crowded = [(0, [(1, {1: 1}), (1, {1: 1})]), (0, [(1, {1: 1}), (1, {1: 1})]), (0, [(0, {0: 1})] * 4)]
    with pytest.raises(CheckError, match="12 taken, 10 there"):
        check_nested(problem, NestedPacking.of_hosts(crowded))
    lost = NestedPacking.of_hosts(full)
    hosts = NestedPacking.of_hosts(full[:1]).hosts
    with pytest.raises(CheckError, match="boxes of row"):
        check_nested(problem, NestedPacking(lost.boxes, hosts))


def test_what_has_no_meaning_is_refused() -> None:
    """Rules that nesting does not have are named."""
    inner = Problem([3], [5])
    with pytest.raises(ProblemError, match="kinds of boxes"):
        NestedProblem(inner, Problem([1, 2], 5))
    with pytest.raises(ProblemError, match="optional"):
        NestedProblem(Problem([3], [5], optional=[0]), Problem([1], 5))
    with pytest.raises(ProblemError, match="limits"):
        NestedProblem(inner, Problem([1], 5, limits=[(0, 0, 1)]))
    with pytest.raises(ProblemError, match="apart"):
        NestedProblem(inner, Problem([1], 5), apart=[(0, 0)])


def test_a_large_problem_has_a_bound_and_prices() -> None:
    """Many copies: a packing, and prices that prove most of it."""
    rng = np.random.default_rng(3)
    kinds = [(500, 500), (1000, 1000), (1000, 2000), (2000, 2000), (4000, 4000)]
    inner = Problem(rng.integers(20, 300, (12, 2)), kinds, demands=rng.integers(20, 60, 12))
    outer = Problem([(cpu, memory + 80) for cpu, memory in kinds], [(4000, 4096), (6000, 6500)], cost=[10, 16])
    problem = NestedProblem(inner, outer)
    solution = solve_nested(problem, 10.0)
    assert solution.cost is not None
    assert solution.gap is not None
    assert solution.gap < 0.05
    assert solution.prices is not None
    assert check_prices(problem, solution.prices).result != "refuted"
