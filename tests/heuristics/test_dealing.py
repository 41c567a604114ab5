"""Dealing item types into slots: copies stay whole, slots stay what they are, what is broken is known at every moment."""

from __future__ import annotations

from collections import Counter
from time import monotonic
from unittest.mock import patch

import naive
import numpy as np
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import violations
from binpack_solvers.context import Context
from binpack_solvers.heuristics import dealing
from binpack_solvers.heuristics.dealing import applies, deal, dealt, sizes_alone
from binpack_solvers.heuristics.first_fit import first_fit_decreasing
from binpack_solvers.kernels import dealing as kernel
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st


@st.composite
def clusters(draw, most_types=8):
    """Few sizes, more item types, limits of any number between them and on themselves."""
    m = draw(st.integers(2, most_types))
    sizes = draw(st.lists(st.sampled_from([[1, 2], [2, 1], [3, 3]]), min_size=m, max_size=m))
    demands = draw(st.lists(st.integers(0, 6), min_size=m, max_size=m))
    item = st.integers(0, m - 1)
    limits = draw(st.lists(st.tuples(item, item, st.integers(0, 3)), min_size=1, max_size=12))
    limits = [(i, j, max(most, int(i == j))) for i, j, most in limits]
    return Problem(sizes, [[6, 7], [9, 9]], demands=demands, cost=[2, 3], limits=limits)


def context_of(problem):
    context = Context(problem, monotonic() + 600)
    context.bounds = lower_bounds(problem)
    return context


def held(state, b):
    return {int(state.item[b, at]): int(state.count[b, at]) for at in range(state.held[b])}


def broken_in(problem, content):
    """Copies too many, once for each copy that forbids them; of an item type that limits itself, each once."""
    total = 0
    for i, j, most, _ in problem.limits.tolist():
        many = max(0, content.get(j, 0) - most)
        total += many if i == j else many * content.get(i, 0)
    return total


@settings(max_examples=200)
@given(problem=clusters(), seed=st.integers(0, 5), work=st.integers(0, 300))
def test_every_swap_keeps_slots_and_counts_what_is_broken(problem, seed, work):
    """Bins hold as many copies of each size as before, all copies are there, and each bin's count is the true one."""
    relaxed, size_of = sizes_alone(problem)
    packing = first_fit_decreasing(relaxed)
    state = dealing._slots(problem, packing, size_of, seed)
    kernel.deal_out(state, dealing._order(problem), problem.demands.copy())
    done = kernel.swap(state, work)
    bins = [content for _, content, times in packing.patterns for _ in range(times)]
    total = Counter()
    for b, slots in enumerate(bins):
        content = held(state, b)
        sizes = Counter()
        for i, n in content.items():
            sizes[int(size_of[i])] += n
        total.update(content)
        assert sizes == slots
        assert state.broken[b] == broken_in(problem, content)
        assert (b in state.bad[: state.tally[kernel.BAD]]) == (state.broken[b] > 0)
    assert [total[i] for i in range(problem.item_types)] == problem.demands.tolist()
    assert state.tally[kernel.BROKEN] == state.broken.sum()
    assert done == (state.broken.sum() == 0)
    rest = np.zeros(problem.item_types, np.int64)
    kernel.take_out_broken(state, rest)
    assert not any(broken_in(problem, held(state, b)) for b in range(len(bins)))


@settings(max_examples=100)
@given(problem=clusters(), seed=st.integers(0, 5))
def test_what_is_dealt_keeps_every_rule(problem, seed):
    """The packing is complete and keeps the limits, whatever had to leave its bin."""
    relaxed, size_of = sizes_alone(problem)
    packing = deal(context_of(problem), first_fit_decreasing(relaxed), size_of, seed)
    assert packing is not None
    assert violations(problem, packing) == []
    assert naive.violations(problem, packing) == []


def test_hundreds_of_applications_of_three_sizes_fill_their_bins():
    """600 applications with 2,000 conflicts need no bin more than their sizes alone: the bound on volume is met."""
    rng = np.random.default_rng(5)
    shapes = np.array([[2, 4], [4, 2], [3, 3]])
    pairs = rng.integers(0, 600, (2_000, 2))
    problem = Problem(
        shapes[np.arange(600) % 3],
        [12, 12],
        demands=rng.integers(1, 9, 600),
        limits=[(i, j, int(rng.integers(0, 2))) for i, j in pairs.tolist() if i != j],
    )
    context = context_of(problem)
    packing = dealt(context)
    assert violations(problem, packing) == []
    assert packing.bins == context.bounds.bins


def test_it_is_for_many_item_types_of_few_sizes_under_limits_alone():
    """No limits, other rules, few item types or a size for each: nothing to deal."""
    sizes, limits = [[1, 2], [2, 1]] * 60, [(0, 1, 0)]
    assert applies(Problem(sizes, [9, 9], limits=limits))
    assert not applies(Problem(sizes, [9, 9]))
    assert not applies(Problem(sizes, [9, 9], limits=limits, exclusive=[True] + [False] * 119))
    assert not applies(Problem(sizes[:20], [9, 9], limits=limits))
    assert not applies(Problem([[i, 1] for i in range(120)], [999, 999], limits=limits))


def test_too_large_a_table_is_left_alone():
    """Bins times copies beyond what memory should hold: no packing instead of a large table."""
    problem = Problem([[1, 2], [2, 1]] * 60, [9, 9], limits=[(0, 1, 0)])
    with patch.object(dealing, "MOST_ENTRIES", 10):
        assert dealt(context_of(problem)) is None


def test_an_empty_bin_has_no_copies():
    """Bins that make up the least number may be empty, the last pattern too: the fullest bin is still the fullest."""
    assert dealing._fullest(Packing.from_patterns([(0, {0: 2, 1: 1}, 1), (0, {}, 2)])) == 3
    assert dealing._fullest(Packing.from_patterns([(0, {}, 2)])) == 0
