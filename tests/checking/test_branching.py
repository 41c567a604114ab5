"""The checker's own children of a branch lose no packing, and its root is the relaxation that the search works on."""

from __future__ import annotations

import naive
import numpy as np
import pytest
import strategies
from binpack_solvers.checking.branching import Subproblem, Unsound, uncovered
from binpack_solvers.checking.root_problem import bins_by_themselves
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.tree import Decision
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st

OF_ONE_BIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")


@st.composite
def decisions(draw, problem: Problem):
    """Two decisions that leave nothing out."""
    m, k = problem.item_types, draw(st.integers(0, problem.bin_types - 1))
    way = draw(st.sampled_from(["pair", "place", "bins"]))
    if way == "bins":
        n = draw(st.integers(0, 2))
        return Decision("at_most", (), k, n), Decision("at_least", (), k, n + 1)
    i, j = draw(st.integers(0, m - 1)), draw(st.integers(0, m - 1))
    parts, where = ((i, j), None) if way == "pair" else ((i,), k)
    return Decision("together", parts, where), Decision("apart", parts, where)


def children(packed: Subproblem, pair: tuple[Decision, Decision]) -> list[Subproblem]:
    """Both children; those of a meeting for which there are no copies left are no case."""
    try:
        return [packed.child(decision) for decision in pair]
    except Unsound:
        assume(False)
        raise


@settings(max_examples=200)
@given(problem=strategies.problems(max_items=3, max_copies=4, rules=OF_ONE_BIN), data=st.data())
def test_some_leaf_costs_no_more_than_the_root(problem, data):
    """After one decision, and after another below one of the children: no best packing is lost. None is added either, but
    for items that meet although a rule keeps them apart."""
    root = bins_by_themselves(problem)
    expected = naive.optimum(root)
    assume(expected is not None)
    first = children(Subproblem(root, {}), data.draw(decisions(root)))
    at = data.draw(st.integers(0, 1))
    leaves = [first[1 - at], *children(first[at], data.draw(decisions(first[at].problem)))]
    for some in (first, leaves):
        values = [naive.optimum(packed.with_markers()) for packed in some]
        least = min(value.cost for value in values if value is not None)
        assert least <= expected.cost
        assert least == expected.cost or root.exclusive.any() or len(root.limits)


@settings(max_examples=200)
@given(problem=strategies.problems())
def test_the_root_is_that_of_the_search(problem):
    """Two ways to leave rules across bins aside: the same rules of one bin."""
    ours, theirs = bins_by_themselves(problem), bins_alone(problem)
    for name in ("sizes", "capacity", "demands", "cost", "available", "compatible", "exclusive", "limits", "optional"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
    assert (ours.setups, ours.minimum_bins, ours.spread, ours.initial) == (theirs.setups, 0, (), ())


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ([], "not there"),
        ([Decision("apart", (0, 1))], "its children are apart"),
        ([Decision("apart", (0, 1)), Decision("together", (0, 2))], "different meetings"),
        ([Decision("apart", (0,), 0), Decision("together", (0,), 1)], "different meetings"),
        ([Decision("at_most", (), 0, 1), Decision("at_least", (), 1, 2)], "different types"),
        ([Decision("at_most", (), 0, 1), Decision("at_least", (), 0, 3)], "no child has 2 bins"),
        (
            [Decision("at_most", (), 0, 1), Decision("at_least", (), 0, 2), Decision("apart", (0, 1))],
            "its children are",
        ),
    ],
)
def test_children_that_leave_packings_out(pair, words):
    """What is missing is said."""
    assert words in uncovered(pair)


def test_children_that_leave_nothing_out():
    """Parts in any order; numbers of bins that overlap."""
    assert uncovered([Decision("apart", (0, 1)), Decision("together", (1, 0))]) == ""
    assert uncovered([Decision("at_most", (), 0, 3), Decision("at_least", (), 0, 2)]) == ""


@pytest.mark.parametrize(
    "decision",
    [
        Decision("together", (0, 3)),
        Decision("together", (0, 0)),
        Decision("apart", (0,)),
        Decision("apart", (0, 1), 0),
        Decision("apart", (0, 1, 2)),
        Decision("apart", (0,), 5),
        Decision("at_most", (), 0),
        Decision("at_least", (), 7, 1),
    ],
)
def test_decisions_that_cannot_be_taken(decision):
    """No such item, copy, bin type or number."""
    with pytest.raises(Unsound):
        Subproblem(Problem([3, 3, 3], 10), {}).child(decision)
