"""Whole numbers of bins: the least cost that keeps every row, against all numbers of bins one by one."""

from __future__ import annotations

from itertools import product

from binpack_solvers.bounds.bin_counts import LARGEST_AMOUNT, Covering, cost_of_whole_bins
from binpack_solvers.problem import UNLIMITED
from hypothesis import given
from hypothesis import strategies as st

PLENTY = 12


@st.composite
def programs(draw):
    """Rows, costs, and for each type the most and the fewest bins."""
    types = draw(st.integers(1, 3))
    each = st.lists(st.integers(0, 8), min_size=types, max_size=types)
    rows = draw(st.lists(st.builds(Covering, each, st.integers(0, PLENTY)), min_size=1, max_size=3))
    cost = draw(st.lists(st.integers(0, 9), min_size=types, max_size=types))
    available = [draw(st.sampled_from([UNLIMITED, 0, 1, 2, 3])) for _ in range(types)]
    fewest = [draw(st.integers(0, 2 if a == UNLIMITED else min(a, 2))) for a in available]
    return rows, cost, available, fewest


def cheapest(rows, cost, available, fewest, target):
    """By trying all numbers of bins."""
    ranges = [range(f, (PLENTY + f if a == UNLIMITED else a) + 1) for f, a in zip(fewest, available, strict=True)]
    kept = (n for n in product(*ranges) if all(dot(row.each, n) >= row.amount for row in rows))
    return min((dot(cost, n) for n in kept), default=target)


def dot(left, right):
    """Sum of products."""
    return sum(x * y for x, y in zip(left, right, strict=True))


@given(programs(), st.integers(0, 60))
def test_the_least_cost_of_whole_bins(program, target):
    """Exactly the least cost below the target, or the target."""
    assert cost_of_whole_bins(*program, 0, target) == min(target, cheapest(*program, target))


@given(programs(), st.integers(1, 10**6))
def test_large_amounts_stay_on_the_safe_side(program, factor):
    """Rows that are scaled into range say no more than they did; a cost and all its rounding stay below the true one."""
    rows, cost, available, fewest = program
    scaled = [
        Covering([e * factor * LARGEST_AMOUNT for e in row.each], row.amount * factor * LARGEST_AMOUNT) for row in rows
    ]
    exact = cost_of_whole_bins(rows, cost, available, fewest, 0, 60)
    assert cost_of_whole_bins(scaled, cost, available, fewest, 0, 60) <= exact


def test_costs_whose_sums_leave_gaps():
    """Bins of 100 and 150: nothing costs 3544, so that a bound of that is one of 3550."""
    assert cost_of_whole_bins([Covering([100, 150], 3544)], [100, 150], [UNLIMITED] * 2, [0, 0], 3544, 4000) == 3550


def test_out_of_range_nothing_more_is_said():
    """Costs beyond what the search can add up leave the bound as it was, however far the target is."""
    row = Covering([2, 3], 7)
    assert cost_of_whole_bins([row], [2**40, 2**41], [UNLIMITED] * 2, [0, 0], 5, 2**62) >= 5
