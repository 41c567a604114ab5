"""The checker on a Solution: every value counted again, and no claim that the values beside it do not show."""

from __future__ import annotations

import pytest
from binpack_solvers.check import check
from binpack_solvers.errors import CheckError
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Standing
from binpack_solvers.solution import Solution, Statistics

PROBLEM = Problem([4, 4], 9, demands=[2, 3], optional=[-1, 0], initial=None)
PACKING = Packing.from_patterns([(0, {0: 1, 1: 1}, 2)])
SOUND = {
    "status": "optimal",
    "packing": PACKING,
    "bins": 2,
    "cost": 2,
    "lower_bound": 2,
    "cost_lower_bound": 2,
    "unplaced": {1: 1},
}


def test_sound_solution_passes():
    """A solution whose values are those of its packing passes."""
    assert check(PROBLEM, Solution(**SOUND)) is None
    assert check(PROBLEM, Solution(**{**SOUND, "unplaced": {0: 0, 1: 1}})) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bins": 3}, "bins is 3; the packing has 2"),
        ({"cost": 3}, "cost is 3; the packing has 2"),
        ({"unplaced": {}}, "unplaced is {}; the packing has {1: 1}"),
        ({"moves": 1}, "moves is 1; the packing has 0"),
        ({"status": "feasible", "lower_bound": 3}, "lower_bound 3 is above bins 2"),
        ({"status": "feasible", "cost_lower_bound": 3}, "cost_lower_bound 3 is above cost 2"),
        ({"lower_bound": 1, "cost_lower_bound": 1}, "status optimal, but lower_bound is 1 and bins 2"),
        ({"status": "feasible", "lower_bound": 1}, "every bin costs 1, but lower_bound is 1"),
        ({"lower_bound": -1, "cost_lower_bound": -1}, "expected at least 0"),
        ({"status": "infeasible", "reason": "x"}, "status infeasible with a packing"),
        ({"status": "unknown"}, "status unknown with a packing"),
        ({"status": "solved"}, "unknown status 'solved'"),
        ({"packing": None}, "status optimal without a packing"),
        ({"packing": None, "status": "unknown"}, "bins 2 and cost 2 without a packing"),
        ({"packing": None, "status": "infeasible", "bins": None, "cost": None}, "infeasible without a reason"),
        (
            {
                "status": "feasible",
                "lower_bound": 1,
                "cost_lower_bound": 1,
                "statistics": Statistics(cost_proven=True),
            },
            "cost_proven, but cost is 2",
        ),
        ({"packing": Packing.from_patterns([(0, {0: 2, 1: 1}, 1)])}, "capacity: "),
    ],
)
def test_false_claims_are_found(change, words):
    """Every value is counted again, and no status may claim what the values beside it do not show."""
    with pytest.raises(CheckError) as caught:
        check(PROBLEM, Solution(**{**SOUND, **change}))
    assert any(words in message for message in caught.value.violations)


def test_answers_without_packing_pass():
    """``infeasible`` with its reason and ``unknown`` have nothing else to show."""
    empty = {"packing": None, "bins": None, "cost": None, "lower_bound": 2, "cost_lower_bound": 2}
    check(PROBLEM, Solution(status="infeasible", reason="item 0 fits nowhere", **empty))
    check(PROBLEM, Solution(status="unknown", **empty))


def test_cost_counts_types_and_setups_with_multiplicity():
    """Cost is that of each bin's type plus the setups it pays, for every one of its bins."""
    problem = Problem([2], [[4], [8]], demands=[8], cost=[3, 5], setups=[Setup((0,), (0,), (1,), cost=2)])
    packing = Packing.from_patterns([(0, {0: 2}, 2), (1, {0: 4}, 1)])
    check(problem, Solution("feasible", packing, 3, 13, 2, 12))


def test_moves_count_copies_that_left():
    """Each copy that left its standing bin costs the move cost of its type; copies that came cost nothing."""
    problem = Problem(
        [2, 2],
        [[8], [8]],
        demands=[3, 1],
        available=[-1, 1],
        cost=[1, 0],
        initial=[Standing(1, {0: 2, 1: 1})],
        move_cost=[5, 7],
    )
    fewer = Packing.from_patterns([(0, {0: 2, 1: 1}, 1), (1, {0: 1}, 1)])
    check(problem, Solution("feasible", fewer, 2, 1, 1, 0, moves=12))
    more = Packing.from_patterns([(0, {1: 1}, 1), (1, {0: 3}, 1)])
    check(problem, Solution("feasible", more, 2, 1, 1, 0, moves=7))
