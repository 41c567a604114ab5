"""Solution: the gap and the views on its packing."""

from __future__ import annotations

import pytest
from binpack_solvers.packing import Packing
from binpack_solvers.solution import Solution

PACKING = Packing.from_patterns([(0, {0: 2}, 1), (0, {1: 1}, 3)])


@pytest.mark.parametrize(
    ("cost", "bins", "cost_bound", "bound", "gap"),
    [(10, 4, 10, 4, 0.0), (10, 4, 9, 4, 0.1), (10, 4, 9, 3, 0.25), (0, 4, 0, 3, 0.25), (0, 0, 0, 0, 0.0)],
)
def test_gap_is_the_larger_of_cost_and_bins(cost, bins, cost_bound, bound, gap):
    """gap = (value - bound) / value, the larger of the two levels; a value of 0 has no gap."""
    solution = Solution("feasible", PACKING, bins, cost, bound, cost_bound)
    assert solution.gap == pytest.approx(gap)


def test_views_are_those_of_the_packing():
    """patterns and assignment are the packing's."""
    solution = Solution("feasible", PACKING, 4, 4, 4, 4)
    assert list(solution.patterns) == list(PACKING.patterns)
    assert solution.assignment().tolist() == [0, 0, 1, 2, 3]


def test_without_packing_there_is_nothing_to_view():
    """Without a packing gap is None and the views are empty."""
    solution = Solution("unknown", None, None, None, 3, 3)
    assert solution.gap is None
    assert len(solution.patterns) == 0
    assert solution.assignment().tolist() == []
