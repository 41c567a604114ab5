"""Whole bins of each type at the nodes of the tree: bounds that are ones, and proofs where the LP leaves a gap."""

from __future__ import annotations

from time import monotonic

import naive
from binpack_solvers.check import check
from binpack_solvers.column_generation.bin_counts import cost_of_bins
from binpack_solvers.column_generation.branch import Node, at_least_bins, at_most_bins
from binpack_solvers.column_generation.contents import contents_of
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.context import Context
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import problems

IN_A_BIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")
HIGHEST = 40


@settings(max_examples=150)
@given(problems(rules=IN_A_BIN, max_items=4, max_copies=5), st.booleans())
def test_never_above_the_cheapest_packing(problem, with_duals):
    """By volume, and with the duals of the relaxation: at most what the best packing of all copies costs."""
    best = naive.optimum(problem)
    assume(best is not None and not any(best.unplaced) and problem.demands.any() and problem.cost.any())
    solved = solved_root(problem)
    if with_duals:
        assume(solved.relax())
    assert cost_of_bins(solved.pricer, solved.relaxation, 0, HIGHEST) <= best.cost
    assert min(solved.bound, HIGHEST) <= best.cost


@settings(max_examples=60)
@given(problems(rules=("demands", "cost", "available"), max_items=4, max_copies=5), st.data())
def test_both_sides_of_a_branch_on_a_type_enclose_the_cheapest_packing(problem, data):
    """No more than so many bins of a type, or more: the lower of the two bounds is one on the whole."""
    best = naive.optimum(problem)
    assume(best is not None and not any(best.unplaced) and problem.demands.any() and problem.cost.any())
    k, bins = data.draw(st.integers(0, problem.bin_types - 1)), data.draw(st.integers(0, 3))
    sides = [at_most_bins(Node(problem), k, bins)]
    if problem.available[k] < 0 or problem.available[k] > bins:
        sides.append(at_least_bins(Node(problem), k, bins + 1))
    if 0 <= problem.available[k] < bins:
        sides = [Node(problem)]
    roots = [solved_root(node.problem, node) for node in sides]
    assert min(cost_of_bins(solved.pricer, None, 0, HIGHEST) for solved in roots) <= best.cost


def solved_root(problem: Problem, node: Node | None = None) -> SolvedNode:
    """A node to relax, without an incumbent."""
    context = Context(problem, monotonic() + 60)
    return SolvedNode(node or Node(problem), contents_of(None, problem.item_types), context)


def test_bins_of_several_prices_are_proven_at_the_root():
    """37 in bins of 14 at 13 and of 10 at 10: in parts that costs 35, in whole bins 36, which is reached."""
    problem = Problem([7, 6, 5, 5, 4, 4, 3, 3], [[10], [14]], cost=[10, 13])
    solution = solve(problem, method="exact", time_limit=60)
    check(problem, solution)
    assert (solution.cost, solution.cost_lower_bound, solution.statistics.counters["nodes"]) == (36, 36, 1)
    assert solution.statistics.cost_bound_by == "whole bins of each type"
