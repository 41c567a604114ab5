"""Minimum bin slack: each bin is as full as it can be around the largest copy, and everything is packed."""

from __future__ import annotations

from itertools import product

import numpy as np
import strategies
from binpack_solvers.check import check
from binpack_solvers.heuristics.minimum_bin_slack import applies, minimum_bin_slack
from binpack_solvers.kernels.bin_slack import least_slack
from binpack_solvers.problem import Problem
from hypothesis import given
from hypothesis import strategies as st

sizes_and_demands = st.dictionaries(st.integers(1, 12), st.integers(1, 3), min_size=1, max_size=5)


@given(stock=sizes_and_demands)
def test_the_search_finds_the_least_slack(stock):
    """With steps enough, no choice of copies around the largest one leaves less room."""
    size = np.array(sorted(stock, reverse=True), np.int64)
    demand = np.array([stock[int(s)] for s in size], np.int64)
    count, best = np.zeros(len(size), np.int64), np.zeros(len(size), np.int64)
    slack = least_slack(size, demand, 12, 0, 10**6, count, best)
    choices = product(*(range(q + 1) for q in demand.tolist()))
    loads = [sum(c * int(s) for c, s in zip(choice, size, strict=True)) for choice in choices if choice[0] > 0]
    assert slack == 12 - max(load for load in loads if load <= 12)
    assert int(best @ size) == 12 - slack
    assert best[0] > 0
    assert (best <= demand).all()


@given(stock=sizes_and_demands, weightless=st.integers(0, 3))
def test_everything_is_packed(stock, weightless):
    """Every copy is placed once and no bin overflows, copies of size 0 included."""
    problem = Problem([0, *stock], 12, demands=[weightless, *stock.values()])
    packing = minimum_bin_slack(problem)
    assert packing is not None
    check(problem, packing)


@given(problem=strategies.problems())
def test_it_says_nothing_where_it_does_not_apply(problem):
    """Under rules, several resources or several bin types it returns None; elsewhere a packing of everything."""
    assert (minimum_bin_slack(problem) is not None) == applies(problem)


def test_exact_fits_are_found_where_first_fit_decreasing_misses_them():
    """6 + 4 and 5 + 3 + 2 fill bins of 10 exactly, twice; first fit decreasing needs a third bin of 44, 33 ..."""
    problem = Problem([44, 24, 32, 22, 21, 27, 30], 100, demands=[1, 1, 1, 1, 1, 1, 1])
    packing = minimum_bin_slack(problem)
    assert packing is not None
    assert packing.bins == 2


def test_copies_do_not_cost_time():
    """10**12 copies are placed as runs of bins alike."""
    problem = Problem([60, 40], 100, demands=[10**12, 10**12])
    packing = minimum_bin_slack(problem)
    assert packing is not None
    assert list(packing.patterns) == [(0, {0: 1, 1: 1}, 10**12)]


def test_largest_sizes_do_not_overflow():
    """Sizes and capacity of 2**62 stay exact."""
    huge = 2**62
    packing = minimum_bin_slack(Problem([huge, huge - 1, 1], huge, demands=[huge, 2, 2]))
    assert packing is not None
    assert packing.bins == huge + 2
