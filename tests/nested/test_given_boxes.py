"""The boxes of a nested packing as bins: what changes places between them keeps the rules of boxes and of hosts."""

from __future__ import annotations

from binpack_solvers.check import violations
from binpack_solvers.heuristics.setup_exchange import with_cheaper_setups
from binpack_solvers.nested.check import check_nested
from binpack_solvers.nested.given_boxes import GivenBoxes
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.nested.search import solve_nested
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from hypothesis import assume, given, settings
from nested.strategies import nested_problems


@settings(max_examples=15, deadline=None)
@given(nested_problems())
def test_what_changes_boxes_keeps_the_rules_of_hosts(problem: NestedProblem) -> None:
    """A packing is one of its boxes and back; with a price for each item type in a box, exchanges and CP-SAT pay no more, on
    no more hosts."""
    inner = problem.inner
    setups = [Setup((i,), (0,) * inner.resources, cost=1) for i in range(inner.item_types)]
    priced = NestedProblem(
        inner.replace(setups=[*inner.setups, *setups]),
        problem.outer,
        most_per_host=problem.most_per_host,
        apart=problem.apart,
    )
    packing = solve_nested(problem, 0.05).packing
    assume(packing is not None)
    given_boxes = GivenBoxes.of(priced, packing)
    assert violations(given_boxes.problem, given_boxes.packing) == []
    assert given_boxes.nested(given_boxes.packing).value(problem) == packing.value(problem)
    found = with_cheaper_setups(given_boxes.problem, given_boxes.packing, lambda: False)
    best = solve(given_boxes.problem, "cp_sat", 0.2, initial=found).packing
    for each in (found, best):
        nested = given_boxes.nested(each)
        check_nested(problem, nested)
        assert types_in_boxes(nested) <= types_in_boxes(packing)
        assert nested.value(problem) <= packing.value(problem)


def types_in_boxes(packing: NestedPacking) -> int:
    """Item types in each box, over all boxes."""
    return sum(len(box.items) * box.multiplicity for box in packing.boxes.patterns)


def test_copies_gather_in_boxes_of_two_hosts() -> None:
    """Two hosts with two boxes each, and a copy of both item types in every box: each type has a host, or two boxes."""
    setups = [Setup((i,), (0,), cost=1) for i in range(2)]
    problem = NestedProblem(Problem([1, 1], [[2]], demands=[4, 4], cost=[0], setups=setups), Problem([[5]], [10]))
    mixed = NestedPacking.of_hosts([(0, [(0, {0: 1, 1: 1})] * 2)] * 2)
    given_boxes = GivenBoxes.of(problem, mixed)
    found = given_boxes.nested(with_cheaper_setups(given_boxes.problem, given_boxes.packing, lambda: False))
    check_nested(problem, found)
    assert (types_in_boxes(mixed), types_in_boxes(found)) == (8, 4)


def test_hosts_left_empty_go() -> None:
    """One box holds everything; the other host stays only where there have to be two."""
    inner = Problem([1], [[4]], demands=[2], cost=[0], setups=[Setup((0,), (0,), cost=1)])
    for least in (0, 2):
        problem = NestedProblem(inner, Problem([[5]], [5], minimum_bins=least))
        given_boxes = GivenBoxes.of(problem, NestedPacking.of_hosts([(0, [(0, {0: 1})])] * 2))
        found = given_boxes.nested(Packing.from_patterns([(0, {0: 2}, 1)]))
        check_nested(problem, found)
        assert found.value(problem) == (max(1, least), max(1, least), 1)
