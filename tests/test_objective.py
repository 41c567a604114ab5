"""objective.evaluate: each level by an example, and the order of the levels. Equality with naive: test_checker.py."""

from __future__ import annotations

from binpack_solvers.objective import Value, evaluate, unplaced_copies
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Standing


def test_unplaced_is_counted_by_priority_the_highest_first():
    """Copies that must be packed come first, then the priorities in falling order."""
    problem = Problem([1, 1, 1, 1], 9, demands=[1, 2, 3, 4], optional=[0, -1, 7, 0])
    packing = Packing.from_patterns([(0, {2: 1, 3: 4}, 1)])
    assert evaluate(problem, packing).unplaced == (2, 2, 1)
    assert unplaced_copies(problem, packing) == {0: 1, 1: 2, 2: 2}


def test_unplaced_alternatives_are_named_by_the_first():
    """Alternatives miss the copies of their shared demand once, under the first of them."""
    problem = Problem([1, 1, 1], 9, demands=[1, 3, 3], optional=[-1, 0, 0], alternatives=[-1, 5, 5])
    assert unplaced_copies(problem, Packing.from_patterns([(0, {0: 1, 2: 1}, 1)])) == {1: 2}


def test_surplus_copies_are_not_negative_unplaced():
    """A demand that is exceeded lets no other level look better."""
    problem = Problem([1, 1], 9, optional=[0, 0])
    assert evaluate(problem, Packing.from_patterns([(0, {0: 5}, 1)])).unplaced == (0, 1)


def test_cost_counts_setups_per_bin_and_type():
    """Each bin costs its type and the setups it pays, times its multiplicity."""
    problem = Problem([1], [[4], [4]], demands=[9], cost=[3, 5], setups=[Setup((0,), (0,), (1,), cost=2)])
    packing = Packing.from_patterns([(0, {0: 1}, 2), (1, {0: 1}, 3), (1, {}, 1)])
    assert evaluate(problem, packing) == Value((4,), 6 + 21 + 5, 6, 0)


def test_moves_count_copies_that_left():
    """Only copies that left their standing bin cost a move; an absent bin has lost all of them."""
    standing = [Standing(1, {0: 2}), Standing(2, {1: 1})]
    fields = {"available": [-1, 1, 1], "cost": [1, 0, 0], "initial": standing, "move_cost": [5, 7]}
    problem = Problem([1, 1], [[4], [4], [4]], demands=[3, 1], **fields)
    assert evaluate(problem, Packing.from_patterns([(0, {0: 2, 1: 1}, 1), (1, {0: 1}, 1)])).moves == 5 + 7


def test_values_compare_level_by_level():
    """Fewer unplaced come before cost, cost before bins, bins before moves."""
    ranked = [Value((0, 1), 9, 9, 9), Value((0, 2), 1, 9, 9), Value((0, 2), 2, 1, 9), Value((0, 2), 2, 2, 1)]
    assert sorted(ranked[k] for k in (2, 0, 3, 1)) == ranked
