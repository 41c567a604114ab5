"""What is done for many items with many copies changes no answer, shown where everything counts as many."""

from __future__ import annotations

from unittest.mock import patch

import strategies
from binpack_solvers.check import violations
from binpack_solvers.column_generation import configurations, dive
from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.contents import contents_of
from binpack_solvers.column_generation.exact import bins_alone
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.context import Context
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.instances.draws import Draws
from binpack_solvers.objective import evaluate
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st

OF_ONE_BIN = ("demands", "cost", "available", "compatible", "limits", "exclusive", "setups")


def everything_is_large():
    """Any number of rows and copies counts as many."""
    return patch.multiple(configurations, MANY_ROWS=1, MANY_ROWS_OF_VECTORS=1, MANY_COPIES=0)


def relaxed(problem: Problem) -> SolvedNode:
    """The root's relaxation, solved to its end."""
    node = SolvedNode(Node(problem), contents_of(None, problem.item_types), Context(problem, deadline=1e12))
    assert node.relax(tight=True)
    return node


@settings(max_examples=60)
@given(problem=strategies.problems(rules=OF_ONE_BIN))
def test_central_duals_end_at_the_value_of_the_simplex(problem):
    """Duals from the middle of the optimal face choose other columns on the way to the same optimum, which is a corner."""
    problem = bins_alone(problem)
    assume(problem.demands.any() and problem.cost.any())
    corner = relaxed(problem)
    large = everything_is_large()
    with large:
        central = relaxed(problem)
    assume(not (corner.relaxation.linear.artificial > 1e-7).any())
    assert not (central.relaxation.linear.artificial > 1e-7).any()
    assert abs(central.relaxation.linear.value - corner.relaxation.linear.value) < 1e-6


@settings(max_examples=60)
@given(problem=strategies.problems(rules=(*OF_ONE_BIN, "alternatives")))
def test_the_answer_is_the_same(problem):
    """The proven optimum does not depend on which duals, patterns and bins are tried first."""
    usual = solve(problem, method="exact", time_limit=60)
    large = everything_is_large()
    with large:
        other = solve(problem, method="exact", time_limit=60)
    assert (usual.status, usual.cost, usual.bins) == (other.status, other.cost, other.bins)


@settings(max_examples=60)
@given(problem=strategies.problems(rules=OF_ONE_BIN, max_copies=9), seed=st.integers(0, 99))
def test_what_is_left_is_packed_as_well_as_the_best_heuristic_does(problem, seed):
    """Of what a dive leaves, the packing keeps every rule and costs no more than the best it starts from."""
    problem = bins_alone(problem)
    assume(problem.demands.any() and problem.cost.any())
    starts = [HEURISTICS[name](problem, seed) for name in ("next_fit", "best_fit_decreasing")]
    with patch.object(dive, "SWAPS", 3000):
        packing = dive.Dive(relaxed(problem), seed)._improved(problem, starts)
    found = [evaluate(problem, start) for start in starts if start is not None]
    assume(found)
    assert not violations(problem, packing)
    assert evaluate(problem, packing) <= min(found)


def test_many_copies_fill_bins_to_the_last_unit():
    """The packing meets the volume bound, which leaves no room in any bin."""
    draws = Draws("many copies")
    sizes = sorted({draws.integer(10, 500) for _ in range(150)})
    solution = solve(Problem(sizes, 1000, demands=[1000] * len(sizes)), method="exact", time_limit=600)
    assert solution.status == "optimal"
    assert solution.bins == sum(sizes)
