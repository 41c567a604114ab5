"""Branching splits the packings of a problem in two and loses none."""

from __future__ import annotations

import naive
import numpy as np
import strategies
from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.branch import Node, apart, together
from binpack_solvers.column_generation.contents import Contents, contents_apart, contents_together
from binpack_solvers.column_generation.meeting import Meeting, caps_per_item
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st

OF_ONE_BIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")


@settings(max_examples=150)
@given(problem=strategies.problems(max_items=3, max_copies=4, rules=OF_ONE_BIN), data=st.data())
def test_the_better_child_has_the_optimum(problem, data):
    """Over both children the least cost and bins are the parent's; a child's packing expands to one of the parent's."""
    problem = bins_alone(problem)
    expected = naive.optimum(problem)
    assume(expected is not None)
    assume(meetings(problem))
    meeting = data.draw(st.sampled_from(meetings(problem)))
    values = []
    for child in (together(Node(problem), meeting), apart(Node(problem), meeting)):
        best = naive.best_packing(child.problem)
        if best is not None:
            packing = child.expanded(best)
            assert naive.violations(problem, packing) == []
            values.append(naive.value(problem, packing))
    assert min(values) == expected


def meetings(problem: Problem) -> list[Meeting]:
    """All that a branch may decide on: pairs of items without alternatives that a bin may hold, and places of any."""
    most = most_per_bin(problem).max(axis=1)
    items = [i for i in range(problem.item_types) if problem.demands[i] and most[i]]
    single = [i for i in items if problem.alternatives[i] < 0 and not problem.exclusive[i]]
    pairs = [(i, j) for i in single for j in single if i < j or (i == j and min(most[i], problem.demands[i]) > 1)]
    apart = {(i, j) for i, j, most, level in problem.limits.tolist() if most == level == 0}
    places = [Meeting((i,), k) for i in items for k in range(problem.bin_types) if most_per_bin(problem)[i, k]]
    return [Meeting(pair) for pair in pairs if not {pair, pair[::-1]} & apart] + places


@settings(max_examples=100)
@given(problem=strategies.problems(max_items=4, max_copies=4, rules=("demands", "limits")), data=st.data())
def test_what_a_branch_costs_in_resources_is_known_before(problem, data):
    """Limits to numbers of copies become resources when their items meet: no more than were counted for each of them."""
    problem = bins_alone(problem)
    assume(meetings(problem))
    meeting = data.draw(st.sampled_from(meetings(problem)))
    added = together(Node(problem), meeting).problem.resources - problem.resources
    counted = [int(caps_per_item(problem)[i]) for i in set(meeting.parts)]
    assert max(counted) <= added <= sum(counted)


def test_merged_items_come_apart_again():
    """An item merged from a merged one stands for three."""
    node = Node(Problem([2, 3, 4], 10))
    node = together(node, Meeting((0, 1)))
    node = together(node, Meeting((3, 2)))
    assert node.problem.sizes.ravel().tolist() == [2, 3, 4, 5, 9]
    packing = node.expanded(Packing.from_patterns([(0, {4: 1}, 1)]))
    assert [pattern.items for pattern in packing.patterns] == [{0: 1, 1: 1, 2: 1}]


def test_contents_follow_the_branch():
    """Apart: what holds both goes; together: it comes back with the merged item, and what was known stays."""
    count = np.array([[1, 1, 0], [2, 0, 0], [0, 1, 3]], np.uint8)
    known = Contents(np.array([0, 1, 0]), count, np.array([False, False, True]), np.array([0.5, 0.25, 0.1]))
    assert contents_apart(known, Meeting((0, 1))).count.tolist() == count[1:].tolist()
    assert contents_apart(known, Meeting((0, 1))).basic.tolist() == [False, True]
    assert contents_apart(known, Meeting((0, 0))).bin_type.tolist() == [0, 0]
    together_01 = contents_together(known, Meeting((0, 1)))
    assert together_01.count.tolist() == [[1, 1, 0, 0], [2, 0, 0, 0], [0, 1, 3, 0], [0, 0, 0, 1]]
    assert contents_together(known, Meeting((0, 0))).count[3:].tolist() == [[0, 0, 0, 1]]
    assert together_01.worth.tolist() == [0.5, 0.25, 0.1, 0.75]
    placed = contents_together(known, Meeting((0,), 1))
    assert placed.count[3:].tolist() == [[1, 0, 0, 1]]
    assert contents_apart(known, Meeting((0,), 1)).bin_type.tolist() == [0, 0]
    assert contents_together(known, Meeting((0, 0))).bin_type.tolist() == [0, 1, 0, 1]
