"""Candidate bins: enough for a best packing, no more than it could use, and no model beyond the stated size."""

from __future__ import annotations

from binpack_solvers.cp_sat import LARGEST_MODEL, candidate_bins, model_size, solve_cp_sat
from binpack_solvers.cp_sat.data import most_copies
from binpack_solvers.objective import Value
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup


def slots(problem, incumbent=None):
    return candidate_bins(problem, most_copies(problem), incumbent)


def test_no_more_bins_than_copies_that_may_stand_there():
    """Without an incumbent a type gets a bin per copy that it can take, alternatives counted once."""
    problem = Problem([9, 5, 5], [[5], [9]], demands=[2, 3, 3], alternatives=[-1, 0, 0])
    assert slots(problem) == [3, 5]


def test_availability_and_minimum_bins_bound_the_candidates():
    """``available`` limits a type; ``minimum_bins`` may ask for more bins than there are copies."""
    problem = Problem([1], [[5], [5]], available=[-1, 2], minimum_bins=4)
    assert slots(problem) == [4, 2]


def test_an_incumbent_bounds_the_bins_by_what_they_cost():
    """What a best packing spends is at most the incumbent's cost, unless it may place more than the incumbent."""
    problem = Problem([1, 1, 1, 1, 1], [[5], [5]], cost=[3, 10], optional=[0] * 5)
    assert slots(problem, Value((0, 0), 13, 2, 0)) == [4, 1]
    assert slots(problem, Value((0, 1), 13, 2, 0)) == [5, 5]


def test_what_one_bin_can_hold_counts_the_setups():
    """The most copies of an item type alone in a bin: after its setups, its limits on itself and ``exclusive``."""
    problem = Problem(
        [2, 2, 2],
        [[10], [3]],
        demands=[9, 9, 9],
        exclusive=[False, True, False],
        limits=[(2, 2, 3)],
        setups=[Setup((0,), (2,))],
    )
    assert most_copies(problem) == [[4, 0], [1, 1], [3, 1]]


def test_a_model_beyond_the_limit_is_refused():
    """Too large a model is an honest ``unknown`` (``feasible`` with a hint) that says why, not exhausted memory."""
    problem = Problem([1] * 800, 2)
    assert model_size(problem, slots(problem)) > LARGEST_MODEL
    result = solve_cp_sat(problem, time_limit=10)
    assert (result.status, result.packing) == ("unknown", None)
    assert result.reason.startswith("too large")
    hint = Packing.from_patterns([(0, {i: 1, i + 1: 1}, 1) for i in range(0, 800, 2)])
    assert solve_cp_sat(problem, time_limit=10, hint=hint).packing is hint
    assert solve_cp_sat(Problem([1], 1, demands=[2**40]), time_limit=10).reason.startswith("too large")


def test_a_model_that_cannot_be_ready_in_time_is_not_begun():
    """Building counts against the time limit."""
    result = solve_cp_sat(Problem([1] * 100, 2), time_limit=1e-3)
    assert result.status == "unknown"
    assert "too little to build" in result.reason
