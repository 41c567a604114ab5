"""clique: item types of which no two copies share a bin, with the room beside each."""

from __future__ import annotations

import strategies
from binpack_solvers.check import violations
from binpack_solvers.cp_sat.data import most_copies
from binpack_solvers.cp_sat.leaders import clique, leading_order
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from hypothesis import given


def alone(problem: Problem) -> Problem:
    """The problem with only the rules that a single bin of one type can break."""
    kept = problem.limits[problem.limits[:, 3] == 0]
    return Problem(
        problem.sizes,
        problem.capacity[:1],
        demands=problem.demands,
        compatible=problem.compatible[:, :1],
        exclusive=problem.exclusive,
        limits=kept,
    )


def fits(problem: Problem, content: dict[int, int]) -> bool:
    """Whether the checker has nothing against one bin with this content, but for the copies that are not there."""
    demands = [content.get(i, 0) for i in range(problem.item_types)]
    return not violations(problem.replace(demands=demands), Packing.from_patterns([(0, content, 1)]))


@given(problem=strategies.problems().map(alone))
def test_rooms_are_what_the_checker_lets_stand_beside_a_leader(problem):
    """No two copies of the clique share a bin; beside a leader, room copies of another type may stand and no more."""
    most = most_copies(problem)
    rooms = clique(problem, most, [problem.copies])
    for leader, room in rooms.items():
        if problem.demands[leader] > 1:
            assert not fits(problem, {leader: 2})
        assert not any(room[i] for i in rooms)
        for i in set(range(problem.item_types)) - {leader}:
            for copies in range(1, int(problem.demands[i]) + 1):
                assert fits(problem, {leader: 1, i: copies}) == (copies <= room[i])


def test_the_large_half_leads_the_order():
    """Items above half a bin are all in the clique, whichever resource it is that they need."""
    problem = Problem([[6, 0], [5, 9], [7, 0], [3, 1]], [[10, 10]])
    rooms = clique(problem, most_copies(problem), [4])
    assert list(rooms) == [1, 2, 0]
    assert rooms == {0: [0, 0, 0, 1], 1: [0, 0, 0, 1], 2: [0, 0, 0, 1]}
    assert leading_order(problem, [2, 0]) == [2, 0, 1, 3]


def test_what_may_be_left_out_or_choose_its_bins_leads_none():
    """Optional items, alternatives, and bins of two types: nothing is certain to hold a bin."""
    assert clique(Problem([6, 7], 10, optional=[0, -1]), [[1], [1]], [2]) == {1: [0, 0]}
    assert clique(Problem([6, 7], 10, alternatives=[0, 0]), [[1], [1]], [2]) == {}
    assert clique(Problem([6, 7], [[10], [10]]), [[1, 1], [1, 1]], [1, 1]) == {}
    assert list(clique(Problem([6, 7], [[10], [10]]), [[1, 1], [1, 1]], [2, 0])) == [1, 0]
