"""Corners of the rules that their names leave open, as the docstrings settle them: checker, naive.py and solver agree."""

from __future__ import annotations

import naive
import pytest
from binpack_solvers.check import violations
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Spread, Standing

TWO_TYPES = Problem([3], [[10], [10]], cost=[5, 2], minimum_bins=3)
SPREAD = Problem([1], [[10], [10]], demands=[4], spread=[Spread((0,), (0,), 0, max_skew=1, domains=(0,))])
SETUP = Problem([3], [[4]], setups=[Setup((0,), (1,), cost=7)], minimum_bins=2)
EMPTY_FIXED = Problem([3], [[10], [10]], available=[-1, 1], initial=[Standing(1, {}, fixed=True)])
NONE_FIXED = Problem([3], [[10], [10]], available=[-1, 1], initial=[Standing(1, {0: 0}, fixed=True)])
FIXED = Problem([3], [[10], [10]], demands=[2], available=[-1, 1], initial=[Standing(1, {0: 1}, fixed=True)])
MOVABLE = Problem([3], [[10], [10]], cost=[1, 5], available=[-1, 1], initial=[Standing(1, {0: 1})])

CASES = {
    "empty bins reach the minimum": (TWO_TYPES, [(0, {0: 1}, 1), (1, {}, 2)], set()),
    "of a dearer type too": (TWO_TYPES, [(0, {0: 1}, 1), (0, {}, 2)], set()),
    "more of them than asked for": (TWO_TYPES, [(0, {0: 1}, 1), (1, {}, 9)], set()),
    "fewer of them than asked for": (TWO_TYPES, [(0, {0: 1}, 1), (1, {}, 1)], {"minimum_bins"}),
    "no more of them than there are": (
        TWO_TYPES.replace(available=[-1, 1]),
        [(0, {0: 1}, 1), (1, {}, 2)],
        {"available"},
    ),
    "an empty bin where none is asked for": (Problem([3], 10), [(0, {0: 1}, 1), (0, {}, 1)], set()),
    "an empty bin is a domain without copies": (SPREAD, [(0, {0: 2}, 2), (0, {}, 1)], {"spread"}),
    "unless its type is not declared": (SPREAD, [(0, {0: 2}, 2), (1, {}, 1)], set()),
    "a setup is not paid in an empty bin": (SETUP, [(0, {0: 1}, 1), (0, {}, 1)], set()),
    "an empty fixed bin may be closed": (EMPTY_FIXED, [(0, {0: 1}, 1)], set()),
    "or stay": (EMPTY_FIXED, [(0, {0: 1}, 1), (1, {}, 1)], set()),
    "or be filled": (EMPTY_FIXED, [(1, {0: 1}, 1)], set()),
    "no copies fixed is the same as empty": (NONE_FIXED, [(0, {0: 1}, 1)], set()),
    "fixed content stays": (FIXED, [(0, {0: 2}, 1)], {"standing"}),
    "beside it others may come": (FIXED, [(1, {0: 2}, 1)], set()),
    "a movable bin may be emptied and closed": (MOVABLE, [(0, {0: 1}, 1)], set()),
    "or emptied and kept": (MOVABLE, [(0, {0: 1}, 1), (1, {}, 1)], set()),
}


@pytest.mark.parametrize("name", CASES)
def test_checker_and_naive_settle_it_alike(name):
    """Both name exactly the rules that the packing breaks, and count the same value."""
    problem, patterns, broken = CASES[name]
    packing = Packing.from_patterns(patterns)
    assert {message.split(":")[0] for message in violations(problem, packing)} == broken
    assert naive.rules_broken(problem, packing) == broken
    assert evaluate(problem, packing) == naive.value(problem, packing)


@pytest.mark.parametrize(
    ("problem", "cost", "bins", "moves"),
    [
        (TWO_TYPES, 6, 3, 0),  # all three of the cheap type
        (TWO_TYPES.replace(available=[-1, 1]), 12, 3, 0),  # one of the cheap type is all there is
        (SPREAD.replace(minimum_bins=3, cost=[1, 9]), 3, 3, 0),  # an empty bin of type 0 would be a domain: 2, 1, 1
        (SETUP, 1 + 7 + 1, 2, 0),
        (EMPTY_FIXED, 1, 1, 0),
        (FIXED, 1, 1, 0),
        (MOVABLE, 1, 1, 1),  # closing the dear bin is worth a move
        (MOVABLE.replace(cost=[1, 1]), 1, 1, 0),
    ],
)
def test_the_best_packing_follows_from_the_objective(problem, cost, bins, moves):
    """Empty bins are of the cheapest type, and closed where they cost; the solver proves what brute force finds."""
    solution = solve(problem)
    assert (solution.status, solution.cost, solution.bins, solution.moves) == ("optimal", cost, bins, moves)
    best = naive.optimum(problem)
    assert (best.cost, best.bins, best.moves) == (cost, bins, moves)
