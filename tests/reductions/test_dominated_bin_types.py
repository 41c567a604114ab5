"""Bin types left out against the brute-force optimum of the whole problem."""

from __future__ import annotations

import naive
import strategies
from binpack_solvers.problem import Problem
from binpack_solvers.reductions.dominated_bin_types import dominated_bin_types, without_bin_types
from binpack_solvers.rules import Setup
from hypothesis import given, settings

OF_ONE_BIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")


@settings(max_examples=300)
@given(problem=strategies.problems(rules=OF_ONE_BIN))
def test_without_dominated_types_the_optimum_is_the_same_at_every_level(problem):
    """Least cost and fewest bins stay, and what is infeasible stays so."""
    dominated = dominated_bin_types(problem)
    assert not set(dominated) & set(dominated.values())
    assert naive.optimum(without_bin_types(problem, dominated)) == naive.optimum(problem)


def test_each_condition_keeps_a_type():
    """A type stays if it costs less, holds more of anything, takes more, avoids a setup, or the other one is scarce."""
    rooms = [[10, 10], [9, 10]]
    assert dominated_bin_types(Problem([[1, 1]], rooms)) == {1: 0}
    assert dominated_bin_types(Problem([[1, 1]], rooms, cost=[2, 1])) == {}
    assert dominated_bin_types(Problem([[1, 1]], [[10, 10], [9, 11]])) == {}
    assert dominated_bin_types(Problem([[1, 1]], rooms, compatible=[[0, 1]])) == {}
    assert dominated_bin_types(Problem([[1, 1]], rooms, setups=[Setup((0,), (0, 0), (0,), 1)])) == {}
    assert dominated_bin_types(Problem([[1, 1]], rooms, available=[5, -1])) == {}


def test_of_equal_types_one_stays():
    """The first, in place of all the others, and the end of a chain in place of what it begins with."""
    assert dominated_bin_types(Problem([1], [[10], [10], [10]])) == {1: 0, 2: 0}
    assert dominated_bin_types(Problem([1], [[8], [9], [10]])) == {0: 2, 1: 2}
