"""Any-fit by index, for very many copies, gives the bins that placing copy after copy gives."""

from __future__ import annotations

from collections import Counter
from unittest.mock import patch

import naive_kernels
import numpy as np
import pytest
from binpack_solvers.check import violations
from binpack_solvers.heuristics import arrays, many_copies
from binpack_solvers.heuristics.construction import run_order
from binpack_solvers.heuristics.many_copies import applies, fit_many
from binpack_solvers.heuristics.measures import SUM_OF_SHARES, Fullness, ranked
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.kernels.greedy import BEST_FIT, FIRST_FIT, NEXT_FIT, WORST_FIT
from binpack_solvers.kernels.measures import L1, L2, LARGEST
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st


@st.composite
def plain_problems(draw, resources, largest=30):
    """Sizes up to a little more than half of the capacity, one to three bin types, now and then too few bins."""
    d = draw(resources)
    types = draw(st.integers(1, 3))
    capacity = draw(st.lists(st.lists(st.integers(0, largest), min_size=d, max_size=d), min_size=types, max_size=types))
    m = draw(st.integers(1, 40))
    half = st.integers(0, largest * 6 // 10)
    sizes = draw(st.lists(st.lists(half, min_size=d, max_size=d), min_size=m, max_size=m))
    demands = draw(st.lists(st.integers(0, 4), min_size=m, max_size=m))
    available = draw(st.lists(st.sampled_from([-1, -1, 3]), min_size=types, max_size=types))
    return Problem(sizes, capacity, demands=demands, available=available)


def keys(problem):
    """As given, decreasing, and any other order."""
    return st.sampled_from([None, arrays.relative_size(problem), -arrays.relative_size(problem)])


def expected(problem, policy, key):
    order = run_order(problem, np.zeros(problem.item_types) if key is None else key)
    return naive_kernels.any_fit(problem, policy, order.tolist())


def placed(found):
    return sum(count * times for (_, items), times in found.items() for _, count in items)


@pytest.mark.parametrize("policy", [FIRST_FIT, BEST_FIT, WORST_FIT])
@pytest.mark.parametrize("nodes", [1, 64])
@settings(max_examples=100)
@given(data=st.data())
def test_vectors_go_where_they_would_one_at_a_time(policy, nodes, data):
    """In any order, by any measure of bins, with several bin types and too few bins: the same bins, copy for copy."""
    problem = data.draw(plain_problems(st.integers(1, 3)))
    key, (norm, weight) = data.draw(keys(problem)), data.draw(fullness(problem, policy))
    if problem.resources == problem.bin_types == 1:
        return
    with patch.object(many_copies, "MOST_NODES", nodes):
        packing = fit_many(problem, policy, key, arrays.type_order(problem), Fullness(norm, weight))
    of_item = np.broadcast_to(weight, problem.sizes.shape).tolist()
    order = run_order(problem, np.zeros(problem.item_types) if key is None else key).tolist()
    naive = naive_kernels.any_fit(problem, policy, order, norm, of_item)
    if placed(naive) < problem.copies:
        assert packing is None
    else:
        assert naive_kernels.contents(packing.patterns) == naive
        assert violations(problem, packing) == []


@st.composite
def fullness(draw, problem, policy):
    """A norm and weights that are exact, so that ties are ties; for worst fit the same for every item type."""
    row = st.lists(st.sampled_from([0.0, 0.25, 1.0, 3.0]), min_size=problem.resources, max_size=problem.resources)
    rows = 1 if policy == WORST_FIT else draw(st.sampled_from([1, problem.item_types]))
    weight = draw(st.lists(row, min_size=rows, max_size=rows))
    return draw(st.sampled_from([L1, L2, LARGEST])), np.array(weight)


@pytest.mark.parametrize("policy", [FIRST_FIT, BEST_FIT, WORST_FIT])
@pytest.mark.parametrize("table", [True, False])
@settings(max_examples=100)
@given(data=st.data())
def test_one_resource_fills_bins_as_one_copy_at_a_time_does(policy, table, data):
    """First fit gives the same bins; best and worst fit bins as full, as they may take any of those with equal room."""
    capacity = data.draw(st.integers(1, 3000))
    size = st.integers(0, capacity)
    sizes = data.draw(st.lists(size, min_size=1, max_size=60))
    problem = Problem(
        sizes, capacity, demands=data.draw(st.lists(st.integers(0, 3), min_size=len(sizes), max_size=len(sizes)))
    )
    key = data.draw(keys(problem))
    if not problem.copies or (policy != FIRST_FIT and not table):
        return
    with patch.object(many_copies, "LARGEST_TABLE", many_copies.LARGEST_TABLE if table else 0):
        packing = fit_many(problem, policy, key, arrays.type_order(problem), ranked(problem, SUM_OF_SHARES)[1])
    naive, found = expected(problem, policy, key), naive_kernels.contents(packing.patterns)
    assert violations(problem, packing) == []
    assert found == naive if policy == FIRST_FIT else levels(problem, found) == levels(problem, naive)


def levels(problem, found):
    """How full bins are -> bins."""
    full = Counter()
    for (_, items), times in found.items():
        full[sum(int(problem.sizes[i, 0]) * count for i, count in items)] += times
    return full


@pytest.mark.parametrize(
    "name", ["first_fit_decreasing", "best_fit_decreasing", "worst_fit_decreasing", "first_fit", "best_fit"]
)
def test_thousands_of_sizes_need_every_level_of_the_index(name):
    """40,000 copies in a capacity of 2,000,000: bits, words and words of words are all in use; no value changes."""
    rng = np.random.default_rng(7)
    problem = Problem(rng.integers(1, 1_200_000, 40_000), 2_000_000)
    by_index = HEURISTICS[name](problem, 0)
    with patch.object(many_copies, "MANY", 10**9):
        by_groups = HEURISTICS[name](problem, 0)
    assert violations(problem, by_index) == []
    assert by_index.bins == by_groups.bins


def test_solve_uses_it_and_states_the_volume_bound():
    """The public call on many items: checked, with the bound on volume beside it."""
    rng = np.random.default_rng(3)
    problem = Problem(rng.integers(1, 501, (20_000, 3)), [1000] * 3)
    solution = solve(problem, method="first_fit_decreasing")
    assert applies(problem, FIRST_FIT)
    assert solution.lower_bound == max(-(-int(total) // 1000) for total in problem.sizes.sum(axis=0))
    assert solution.lower_bound < solution.bins < 1.05 * solution.lower_bound


@pytest.mark.parametrize(
    "rule",
    [
        {"limits": [(0, 1, 0)]},
        {"exclusive": [True] + [False] * 5999},
        {"optional": [1] * 6000},
        {"demands": [1000] * 6000},
    ],
)
def test_other_rules_and_many_of_each_go_by_groups(rule):
    """What keeps more rules than to fit, or has many copies of each type, is for the kernel of groups of bins."""
    problem = Problem(np.ones((6000, 2), np.int64), [10, 10], **rule)
    assert not applies(problem, FIRST_FIT)
    assert not applies(Problem(np.ones(6000, np.int64), 10), NEXT_FIT)
