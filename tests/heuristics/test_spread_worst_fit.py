"""Spread worst fit: what needs most bins is dealt out first, over bins that are all open."""

from __future__ import annotations

import numpy as np
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


def test_bins_of_the_next_type_are_opened_where_one_type_has_too_few():
    """The first bin type by cost per volume as far as there are bins of it, then the next; all there are, where that is
    fewer than are wanted."""
    problem = Problem([1, 1], [[4], [2]], demands=[4, 4], available=[1, 9], limits=[(0, 0, 1)])
    for run in spread_worst_fit.spreads(problem, 4):
        packing = run()
        assert np.bincount(packing.bin_type, packing.multiplicity).tolist() == [1, 3]
    assert next(spread_worst_fit.spreads(problem.replace(available=[1, 3]), 9))().bins == 4
    assert not list(spread_worst_fit.spreads(problem, 0))


def test_copies_that_few_types_take_go_first_where_they_would_be_left_over():
    """Two large bins and two copies that no small bin takes: spread after the others, which need more bins, they would find
    no room."""
    problem = Problem([3, 4], [[4], [3]], demands=[4, 2], available=[2, 9])
    packing = next(spread_worst_fit.spreads(problem, 2))()
    assert packing is not None
    assert not violations(problem, packing)
    assert packing.bins == 6


def test_copies_kept_apart_are_dealt_out_before_others_fill_the_bins():
    """Six copies that a limit keeps apart and twelve small ones: six bins, where first fit by size takes more."""
    problem = Problem([1, 3], 5, demands=[6, 6], limits=[(0, 0, 1), (1, 1, 1)])
    run = next(iter(spread_worst_fit.spreads(problem, 6)))
    assert run().bins == 6
