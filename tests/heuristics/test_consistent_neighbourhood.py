"""Consistent neighbourhood search: what it offers is a better packing that keeps every rule, and it ends when it should."""

from __future__ import annotations

from time import monotonic

import naive
import numpy as np
import pytest
import strategies
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import violations
from binpack_solvers.context import Context
from binpack_solvers.heuristics.consistent_neighbourhood import NeighbourhoodSearch, applies, improve, weights
from binpack_solvers.heuristics.first_fit import first_fit
from binpack_solvers.heuristics.next_fit import next_fit
from binpack_solvers.kernels import neighbourhood_state as kernel
from binpack_solvers.kernels.bin_contents import COUNT, KIND
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st

RULES = ("demands", "cost", "available", "compatible", "exclusive", "limits", "minimum_bins")
WORK = 3000


def context_of(problem: Problem, packing: Packing | None, seed: int = 0) -> Context:
    """A run with so much time that the clock never ends it."""
    context = Context(problem, monotonic() + 10**6, seed)
    context.bounds = lower_bounds(problem)
    context.offer(packing)
    return context


def triplets(seed: int, bins: int) -> Problem:
    """Items that fill the bins in threes with nothing to spare (Falkenauer 1996, class T)."""
    random = np.random.default_rng(seed)
    first = random.integers(380, 490, bins)
    second = random.integers(250, (1000 - first) // 2)
    return Problem([*first, *second, *(1000 - first - second)], 1000)


@given(problem=strategies.problems(rules=RULES, max_items=5, max_copies=9), seed=st.integers(0, 2**32))
def test_what_it_offers_is_better_and_keeps_every_rule(problem, seed):
    """From next fit's packing on, each packing taken has less cost or fewer bins, and no packing was refused."""
    start = next_fit(problem, 0)
    context = context_of(problem, start, seed)
    values = []
    context.on_improvement = lambda packing, value: values.append(value)
    improve(context, WORK)
    assert "rejected" not in context.counters
    assert values == sorted(set(values), reverse=True)
    if context.packing is not None:
        assert not violations(problem, context.packing)
        assert start is None or context.value <= evaluate(problem, start)


@given(problem=strategies.problems())
def test_it_does_not_run_under_other_rules(problem):
    """Optional copies, alternatives, requires, setups, spread, standing bins and limits on domains: nothing is done."""
    context = context_of(problem, None)
    improve(context, WORK)
    other = (problem.optional >= 0).any() or (problem.alternatives >= 0).any() or problem.limits[:, 3].any()
    other = other or len(problem.requires) or problem.setups or problem.spread or problem.initial
    assert applies(problem) == (not other and problem.copies > 0)
    assert applies(problem) or context.packing is None


@settings(max_examples=40)
@given(
    problem=strategies.problems(rules=("demands", "compatible", "limits"), max_copies=9, max_types=1), data=st.data()
)
def test_no_copy_is_lost_and_no_bin_breaks_a_rule_on_the_way(problem, data):
    """After any number of steps every copy is in a bin or loose, and each bin by itself is as the rules have it."""
    if not applies(problem):
        return
    bins = [(0, {})] * data.draw(st.integers(1, 4))
    search = NeighbourhoodSearch(problem, bins, problem.demands, data.draw(st.integers(0, 99)))
    for work in data.draw(st.lists(st.integers(1, 60), min_size=1, max_size=6)):
        done = search.run(work)
        state = search.state
        count, loose = state.cell[COUNT], state.item[:, kernel.LOOSE]
        assert (count >= 0).all()
        assert (loose >= 0).all()
        assert (count.sum(axis=0) + loose == problem.demands[search.items]).all()
        _consistent(problem, search)
        content = Packing.from_patterns((0, dict(zip(search.items.tolist(), row, strict=True)), 1) for row in count)
        optional = problem.replace(optional=np.zeros(problem.item_types, np.int64))
        assert not violations(optional, content)
        assert done is None or not loose.any()
        if done is not None:
            return


def _consistent(problem: Problem, search: NeighbourhoodSearch) -> None:
    """What the state keeps beside the counts follows from them."""
    state = search.state
    count, loose = state.cell[COUNT], state.item[:, kernel.LOOSE]
    capacity = np.minimum(problem.capacity[search.kinds], problem.demands @ problem.sizes)
    assert (state.room == capacity - count @ state.size).all()
    for b, row in enumerate(count):
        assert sorted(state.cell[KIND, b, : state.held[b]]) == np.flatnonzero(row).tolist()
    types = state.tally[kernel.LOOSE_TYPES]
    assert state.item[:types, kernel.PILE].tolist() == np.flatnonzero(loose).tolist()
    assert state.tally[kernel.LOOSE_WEIGHT] == loose @ (state.size @ state.factor)


@settings(max_examples=20)
@given(seed=st.integers(0, 99), cuts=st.lists(st.integers(1, 4000), min_size=1, max_size=5))
def test_the_result_does_not_depend_on_how_the_work_is_cut(seed, cuts):
    """The same seed and the same steps give the same bins, whether the kernel is called once or many times."""
    problem = triplets(seed, 8)
    whole, parts = (NeighbourhoodSearch(problem, [(0, {})] * 8, problem.demands, seed) for _ in range(2))
    for work in cuts:
        if parts.run(work) is not None:
            break
    whole.run(parts.work)
    assert (whole.state.cell == parts.state.cell).all()
    assert (whole.state.tally == parts.state.tally).all()


@pytest.mark.parametrize("seed", range(5))
def test_triplets_are_packed_without_waste(seed):
    """From first fit's packing to bins that are all full."""
    problem = triplets(seed, 12)
    context = context_of(problem, first_fit(problem, 0))
    improve(context, 3 * 10**6)
    assert context.value is not None
    assert context.value.bins == 12


def test_it_stops_after_the_work_it_was_given():
    """Two copies too many for the bins can never be packed: the steps end, a little after the work was done at most."""
    problem = Problem([6, 6, 6, 5, 5, 5, 4], 10)
    search = NeighbourhoodSearch(problem, [(0, {})] * 3, problem.demands)
    assert search.run(1000) is None
    assert 1000 <= search.work < 4000


def test_it_stops_when_the_caller_says_so():
    """Nothing is looked at once the run is over."""
    problem = triplets(0, 20)
    context = context_of(problem, first_fit(problem, 0))
    before = context.packing
    context.stop = lambda: True
    improve(context, 10**9)
    assert context.packing is before


def test_all_given_bins_are_tried_where_no_heuristic_packs_them():
    """Bins of several sizes, each there once and all full: 7 = 4 + 3, 9 = 5 + 4, 11 = 6 + 5 and so on."""
    pairs = [(40, 31), (52, 41), (63, 50), (71, 66), (85, 72)]
    problem = Problem([s for pair in pairs for s in pair], [[sum(pair)] for pair in pairs], available=[1] * len(pairs))
    context = context_of(problem, None)
    improve(context, 10**6)
    assert context.packing is not None
    assert context.value.bins == len(pairs)


def test_a_cheaper_bin_takes_the_place_of_a_dear_one():
    """Three copies in two large bins also fit into a large and a small one."""
    problem = Problem([5, 5, 4], [[10], [4]], cost=[10, 3])
    context = context_of(problem, Packing.from_patterns([(0, {0: 1, 1: 1}, 1), (0, {2: 1}, 1)]))
    improve(context, 10**5)
    assert naive.optimum(problem) == context.value


def test_sizes_as_large_as_can_be_do_not_overflow():
    """Where sums of weights could exceed 64 bits it does nothing; capacity may be as large as it likes."""
    huge = 2**62
    assert not applies(Problem([huge, huge, 5], huge))
    problem = Problem([[3, 1], [2, 2], [4, 1]], [[huge, huge]])
    context = context_of(problem, Packing.from_patterns([(0, {0: 1}, 1), (0, {1: 1}, 1), (0, {2: 1}, 1)]))
    improve(context, 1000)
    assert context.value is not None
    assert context.value.bins == 1


@given(problem=strategies.problems(rules=("demands",), max_resources=3))
def test_a_scarcer_resource_weighs_more(problem):
    """Weights are at least 1, and per bin's worth a resource of which more is asked weighs no less, but for rounding."""
    factor = weights(problem, problem.capacity, problem.demands)
    assert (factor >= 1).all()
    room = problem.capacity.sum(axis=0)
    share = (problem.demands @ problem.sizes) / room
    order = np.argsort(share)
    assert (np.diff((factor * room)[order]) >= -room.max()).all() or problem.resources == 1


@given(problem=strategies.problems(rules=("demands",), max_resources=3), bins=st.integers(1, 9))
def test_weights_are_one_over_what_is_left_over(problem, bins):
    """Of two resources a unit weighs as many times more as less of it is left over, a quarter of a bin added to both."""
    used = [
        sum(q * size[h] for q, size in zip(problem.demands, problem.sizes, strict=True))
        for h in range(problem.resources)
    ]
    assume(problem.resources > 1 and any(used))
    capacity = np.repeat(problem.capacity[:1], bins, axis=0)
    factor = weights(problem, capacity, problem.demands)
    left = [max(1.0, max(0, bins * c - u) + c / 4) for c, u in zip(problem.capacity[0].tolist(), used, strict=True)]
    for h in range(problem.resources):
        for g in range(problem.resources):
            assert abs(factor[h] * left[h] - factor[g] * left[g]) <= max(left[h], left[g]) * (1 + 1e-9)
