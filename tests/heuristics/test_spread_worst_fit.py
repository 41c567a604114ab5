"""Spread worst fit: what needs most bins is dealt out first, over bins that are all open."""

from __future__ import annotations

import strategies
from binpack_solvers.check import violations
from binpack_solvers.heuristics import spread_worst_fit
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st


@given(strategies.problems(rules=("compatible", "limits", "exclusive")), st.integers(0, 6))
@settings(max_examples=80)
def test_every_run_keeps_every_rule(problem, bound):
    """Whatever the number of bins opened, a packing that comes back has every copy and keeps every rule."""
    assume(not (problem.optional >= 0).any())
    for run in spread_worst_fit.spreads(problem, bound):
        packing = run()
        assert packing is None or not violations(problem, packing)


def test_only_types_with_enough_bins_are_opened():
    """The first bin type by cost per volume that has so many bins; none, no run."""
    problem = Problem([1, 1], [[4], [2]], demands=[4, 4], available=[1, 9])
    kinds = {k for run in spread_worst_fit.spreads(problem, 4) for k in run().bin_type.tolist()}
    assert kinds == {1}
    assert not list(spread_worst_fit.spreads(problem.replace(available=[1, 3]), 4))


def test_copies_kept_apart_are_dealt_out_before_others_fill_the_bins():
    """Six copies that a limit keeps apart and twelve small ones: six bins, where first fit by size takes more."""
    problem = Problem([1, 3], 5, demands=[6, 6], limits=[(0, 0, 1), (1, 1, 1)])
    run = next(iter(spread_worst_fit.spreads(problem, 6)))
    assert run().bins == 6
