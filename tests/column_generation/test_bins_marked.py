"""A least number of bins as an item type of one copy to a bin: the same packings, costs and certificates."""

from __future__ import annotations

from time import monotonic

import naive
import numpy as np
import strategies
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.checking.certificate import check_certificate
from binpack_solvers.column_generation.bins_marked import with_bins_marked, without_marks
from binpack_solvers.column_generation.exact import solve_exact
from binpack_solvers.context import Context
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import given, settings

ENOUGH = 30.0
RULES = ("demands", "cost", "available", "compatible", "alternatives", "limits", "setups")


@settings(max_examples=150)
@given(problem=strategies.problems(max_items=4, max_copies=5, rules=(*RULES, "minimum_bins")))
def test_marks_ask_for_the_same_bins(problem):
    """The cheapest packing of a problem with marks, these left out, is a cheapest one of the least number of bins."""
    marked = with_bins_marked(problem.replace(minimum_bins=0), problem.minimum_bins)
    found, expected = naive.optimum(marked), naive.optimum(problem)
    whole = expected is not None and not any(expected.unplaced)
    assert whole == (found is not None and not any(found.unplaced))
    if whole:
        assert found.cost == expected.cost
        packing = solve(marked, time_limit=ENOUGH).packing
        assert naive.violations(problem, without_marks(packing, problem.item_types)) == []


def test_the_tree_proves_what_more_bins_than_needed_cost():
    """Two large bins hold all, four are asked for: which four are cheapest is proven, with a certificate of the root."""
    rng = np.random.default_rng(1)
    problem = Problem(
        rng.integers(30, 110, (9, 2)),
        [[80, 90], [160, 130], [250, 270], [500, 450]],
        cost=[41, 55, 83, 120],
        minimum_bins=4,
    )
    context = Context(problem, monotonic() + ENOUGH)
    context.bounds = lower_bounds(problem)
    solve_exact(context)
    assert context.value.cost == context.bounds.cost == solve(problem, "cp_sat", ENOUGH).cost
    assert [row.rule for row in context.certificate.side_row_duals] == ["minimum_bins"]
    assert check_certificate(problem, context.certificate).result == "proved"
