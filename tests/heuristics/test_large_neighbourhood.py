"""Large-neighbourhood search: every step leaves a packing of every copy that keeps every rule and is no worse."""

from __future__ import annotations

import math

import naive
import numpy as np
import strategies
from binpack_solvers import portfolio
from binpack_solvers.check import violations
from binpack_solvers.context import Context
from binpack_solvers.heuristics.first_fit import first_fit_decreasing
from binpack_solvers.heuristics.large_neighbourhood import MOST_FREED, LargeNeighbourhood, applies, search
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st

RULES = ("compatible", "exclusive", "limits", "setups", "minimum_bins")


def started(problem, packing, seed=0):
    context = Context(problem, math.inf, seed)
    assert packing is None or context.offer(packing)
    return context


def one_by_one(problem):
    """A copy a bin, as many bins as there are copies, each in the first type that takes it."""
    bins = [
        (int(np.flatnonzero(problem.compatible[i] & (problem.sizes[i] <= problem.capacity).all(axis=1))[0]), {i: 1}, q)
        for i, q in enumerate(problem.demands.tolist())
        if q
    ]
    return Packing.from_patterns(bins)


@st.composite
def clusters(draw):
    """Thirty item types in bins of one type or two, with limits between them: some dozens of bins."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    limits = np.column_stack([random.integers(0, 30, (60, 2)), random.integers(0, 3, 60)])
    return Problem(
        random.integers(1, 40, (30, 2)),
        draw(st.sampled_from([[[60, 50]], [[60, 50], [40, 50]]])),
        demands=random.integers(1, 7, 30),
        limits=limits[(limits[:, 0] != limits[:, 1]) | (limits[:, 2] > 0)],
    )


@given(problem=strategies.problems(rules=RULES), seed=st.integers(0, 9))
@settings(max_examples=40)
def test_no_step_breaks_a_rule_or_loses_value(problem, seed):
    """From any packing, what the search has come to keeps every rule of the whole problem and is worth what is offered."""
    assume(applies(problem))
    packing = naive.best_packing(problem)
    assume(packing is not None)
    context = started(problem, packing, seed)
    best = evaluate(problem, packing)
    state = LargeNeighbourhood(context)
    for _ in range(2):
        state.step()
        now = Packing.from_patterns((k, items, 1) for k, items in state.bins)
        assert not violations(problem, now)
        assert evaluate(problem, now) == context.value == best


@given(clusters(), st.integers(0, 9))
@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
def test_bins_that_hold_a_copy_each_are_merged(problem, seed):
    """From a copy a bin the search ends no higher, and below where two copies go together; the same seed ends alike."""
    packing, mergeable = one_by_one(problem), first_fit_decreasing(problem)
    assume(packing.bins > MOST_FREED)
    found = []
    for _ in range(2):
        context = started(problem, packing, seed)
        search(context, 4)
        assert not violations(problem, context.packing)
        found.append(list(context.packing.patterns))
    assert found[0] == found[1]
    assert context.value.bins < packing.bins or mergeable.bins == packing.bins


def test_nothing_is_done_without_an_incumbent_or_beyond_one_bin():
    """There is nothing to free without a packing; a limit by domain looks beyond the freed bins, so nothing is freed."""
    context = started(Problem([1, 2], 3, demands=[3, 3]), None)
    search(context, 3)
    assert context.packing is None
    zones = {"topology": [[0], [1]], "limits": [(0, 0, 1, 1)]}
    assert not applies(Problem([1], [[3], [3]], **zones))


def test_it_stops_when_asked():
    """A stop flag that is up leaves the incumbent as it is."""
    problem = Problem([1, 2], 3, demands=[40, 40])
    context = started(problem, one_by_one(problem))
    context.stop = lambda: True
    search(context, 5)
    assert context.value.bins == 80


def test_it_has_a_part_of_the_run_where_limits_are_many():
    """Ten limits for each item type, none beyond one bin: it searches before branch and price does, elsewhere not at all."""
    few = Problem([[5, 3], [4, 4], [3, 5], [6, 2]] * 3, [11, 11], demands=[6] * 12)
    many = few.replace(limits=[(i, j, 1) for i in range(12) for j in range(12) if i != j])
    assert not portfolio._by_parts(few, 2.0)
    assert len(portfolio._by_parts(many, 2.0)) == 1
    assert not portfolio._by_parts(many.replace(requires=[(0, 1)]), 2.0)
    context = started(many, one_by_one(many))
    (search_in_half,) = portfolio._by_parts(many, 2.0)
    assert search_in_half(context) == ""
    assert context.value.bins < one_by_one(many).bins
