"""The checker's short way for large packings says that all is kept where the long way finds nothing, and nowhere else."""

from __future__ import annotations

from unittest.mock import patch

import naive
import pytest
import strategies
from binpack_solvers import plain_check
from binpack_solvers.check import check, inspect, violations
from binpack_solvers.errors import CheckError
from binpack_solvers.packing import Packing
from binpack_solvers.plain_check import bins_of_kept
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

PLAIN = ("demands", "cost", "available", "minimum_bins")


@pytest.fixture(autouse=True)
def every_packing_is_large():
    with patch.object(plain_check, "LARGE", 0):
        yield


@settings(max_examples=300)
@given(st.data())
def test_kept_where_naive_finds_nothing_broken(data):
    """On any packing and on any mutation of it: kept if and only if naive.py finds no rule broken, with the bins of each
    type; and the rules that are named are those that naive.py names."""
    problem = data.draw(strategies.problems(rules=PLAIN, max_rules=3))
    packing = data.draw(strategies.packings(problem))
    for _ in range(3):
        broken, used = naive.rules_broken(problem, packing), bins_of_kept(problem, packing)
        assert {message.split(":")[0] for message in violations(problem, packing)} == broken
        assert (used is None) == bool(broken)
        if used is not None:
            kinds = [kind for kind, _, times in packing.patterns for _ in range(times)]
            assert used == [kinds.count(k) for k in range(problem.bin_types)]
        packing = data.draw(strategies.mutations(problem, packing))


@given(strategies.problems())
def test_other_rules_take_the_long_way(problem):
    """Where a rule beyond those is in play the short way says nothing."""
    if problem.rules - {"minimum_bins"}:
        assert bins_of_kept(problem, Packing.from_patterns([])) is None


@pytest.mark.parametrize(
    "packing",
    [
        Packing([0], [1], [0, 2], [1, 0], [1, 1]),
        Packing([0], [1], [0, 2], [0, 0], [1, 1]),
        Packing([0], [1], [0, 2], [0, 2], [1, 1]),
        Packing([1], [1], [0, 2], [0, 1], [1, 1]),
    ],
)
def test_a_packing_without_form_is_never_kept(packing):
    """Not ascending, an item type twice, one that does not exist, a bin type that does not exist."""
    problem = Problem([1, 1], 10)
    assert bins_of_kept(problem, packing) is None
    assert violations(problem, packing)


def test_sums_beyond_64_bits_take_the_long_way():
    """Four copies of 2**62 in a bin are too much, though their sum in 64 bits is 0."""
    problem = Problem([2**62], 2**62, demands=[4])
    packing = Packing.from_patterns([(0, {0: 4}, 1)])
    assert bins_of_kept(problem, packing) is None
    assert [message.split(":")[0] for message in violations(problem, packing)] == ["capacity"]


@pytest.mark.parametrize("wrong", [{"bins": 3}, {"cost": 8}, {"moves": 1}, {"unplaced": {0: 1}}])
def test_values_are_counted_again(wrong):
    """What a Solution says of its packing is held against what was counted, also with the inspection given."""
    problem = Problem([6, 4, 5], 10, cost=[7])
    solution = solve(problem, method="first_fit_decreasing")
    inspection = inspect(problem, solution.packing)
    check(problem, solution, inspection)
    fields = {name: getattr(solution, name) for name in solution.__dataclass_fields__}
    with pytest.raises(CheckError, match=next(iter(wrong))):
        check(problem, type(solution)(**fields | wrong), inspection)


def test_an_inspection_of_another_packing_does_not_count():
    """It is counted again."""
    problem = Problem([6, 4, 5], 10)
    good, bad = Packing.from_patterns([(0, {0: 1, 1: 1}, 1), (0, {2: 1}, 1)]), Packing.from_patterns([(0, {0: 2}, 1)])
    with pytest.raises(CheckError):
        check(problem, bad, inspect(problem, good))
