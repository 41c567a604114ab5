"""Caps that an even spread over bins puts on each bin, against all packings."""

from __future__ import annotations

from time import monotonic

import naive
import strategies
from binpack_solvers.checking.certificate import check_certificate
from binpack_solvers.checking.one_bin import spread_caps
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.exact import solve_exact
from binpack_solvers.column_generation.spread_over_bins import caps_of_spread
from binpack_solvers.context import Context
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread
from hypothesis import given, settings

RULES = ("demands", "available", "compatible", "alternatives", "spread", "minimum_bins")


@settings(max_examples=400)
@given(problem=strategies.problems(rules=RULES))
def test_no_bin_of_a_best_packing_has_more(problem):
    """Where all copies are packed, no bin breaks a cap; the checker comes to the same caps by itself."""
    caps = list(caps_of_spread(problem))
    assert sorted(caps) == sorted(spread_caps(problem))
    best = naive.best_packing(problem) if caps else None
    if best is None or any(naive.value(problem, best).unplaced):
        return
    for _, content, _ in best.patterns:
        assert all(content.get(j, 0) <= most for i, j, most in caps if content.get(i, 0))


def test_the_bound_knows_of_the_spread():
    """Nine small copies spread over all bins, of which the volume needs three: a bin has four of them at the most."""
    problem = Problem([1, 10], 10, demands=[9, 2], spread=[Spread((0,), (0,), 0, 1, 0, (0,))])
    assert (0, 0, 4) in list(caps_of_spread(problem))
    assert (0, 0, 4, 0) in [tuple(row) for row in bins_alone(problem).limits.tolist()]
    context = Context(problem, monotonic() + 30)
    solve_exact(context)
    assert context.bounds.bins == 5
    assert check_certificate(problem, context.certificate).result == "proved"
