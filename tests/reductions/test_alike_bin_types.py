"""Bin types that hold the same, against all contents tried one by one."""

from __future__ import annotations

import naive_patterns
import strategies
from binpack_solvers.problem import UNLIMITED, Problem
from binpack_solvers.reductions.alike_bin_types import alike_bin_types
from binpack_solvers.rules import Setup
from hypothesis import given, settings

OF_ONE_BIN = ("demands", "cost", "available", "compatible", "exclusive", "limits", "setups")


@settings(max_examples=200)
@given(problem=strategies.problems(rules=OF_ONE_BIN))
def test_what_one_type_holds_the_other_does_for_no_more(problem):
    """The same contents, at no higher cost, in bins of which there is no end; and that other type stays."""
    alike = alike_bin_types(problem)
    assert not set(alike) & set(alike.values())
    for k, other in alike.items():
        assert set(naive_patterns.patterns(problem, k)) == set(naive_patterns.patterns(problem, other))
        assert problem.cost[other] <= problem.cost[k]
        assert problem.available[other] == UNLIMITED


def test_each_condition_tells_types_apart():
    """Capacity, what is taken, setups; and of types alike one must be without end, which is then the cheapest that is."""
    rooms = [[10], [10]]
    assert alike_bin_types(Problem([1], rooms)) == {1: 0}
    assert alike_bin_types(Problem([1], rooms, cost=[2, 1])) == {0: 1}
    assert alike_bin_types(Problem([1], [[10], [11]])) == {}
    assert alike_bin_types(Problem([1], rooms, compatible=[[0, 1]])) == {}
    assert alike_bin_types(Problem([1], rooms, setups=[Setup((0,), (0,), (0,), 1)])) == {}
    assert alike_bin_types(Problem([1], rooms, available=[-1, 5])) == {1: 0}
    assert alike_bin_types(Problem([1], rooms, available=[5, 5])) == {}
    assert alike_bin_types(Problem([1], rooms, cost=[1, 2], available=[5, -1])) == {}
