"""Dual feasible functions against their definition, and the bounds that they give."""

from __future__ import annotations

import naive
import naive_bounds
import numpy as np
import pytest
from binpack_solvers.bounds.after_dominance import after_dominance
from binpack_solvers.bounds.bound import Reason
from binpack_solvers.bounds.demands import demands_of
from binpack_solvers.bounds.dual_feasible import best_rounded, steps, symmetric
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("capacity", range(1, 31))
def test_no_sizes_that_fit_are_worth_more_than_their_sum(capacity):
    """Both families are superadditive with f(0) = 0, so they are dual feasible for every capacity up to the largest."""
    every = np.arange(capacity + 1)
    families = [(steps, range(1, 40)), (symmetric, range(1, capacity // 2 + 1))]
    for function, parameters in families:
        for k in parameters:
            f = function(every, capacity, np.array([[k]]))[0].tolist()
            assert f[0] == 0 < f[capacity]
            assert all(f[a] + f[b] <= f[a + b] for a in every for b in every[: capacity + 1 - a])


@given(capacity=st.integers(1, 40), k=st.integers(1, 60), data=st.data())
def test_the_functions_are_as_they_are_written(capacity, k, data):
    """u(k) and f2 in fractions, size by size."""
    size = data.draw(st.integers(0, capacity))
    row = np.array([size, capacity])
    value, full = steps(row, capacity, np.array([[k]]))[0].tolist()
    assert naive_bounds.fekete_schepers(size, capacity, k) * full == value
    if 2 * k <= capacity:
        value, full = symmetric(row, capacity, np.array([[k]]))[0].tolist()
        assert naive_bounds.carlier_clautiaux_moukrim(size, capacity, k) * full == value


rows_of_items = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 4)), min_size=1, max_size=6)


@given(rows=rows_of_items, needed=st.integers(0, 8))
def test_the_best_of_one_bin_type_equals_the_best_of_all(rows, needed):
    """Leaving out what cannot show more bins than are known loses nothing that does."""
    sizes, demands = (list(column) for column in zip(*rows, strict=True))
    rounded = best_rounded(sizes, demands, [30], [1], needed, 100)
    best = naive_bounds.dual_feasible(sizes, demands, 30)
    found = 0 if rounded is None else -(-rounded.total // rounded.each[0])
    assert found <= best
    assert found == best or best <= needed


@settings(max_examples=200)
@given(data=st.data())
def test_bounds_over_many_large_items_in_bins_of_several_types_hold(data):
    """Sizes around thirds and halves of bins of different cost and number, where the functions count most."""
    d, t = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
    size = st.lists(st.sampled_from([0, 2, 3, 4, 4, 5, 6]), min_size=d, max_size=d)
    sizes = data.draw(st.lists(size, min_size=1, max_size=3))
    capacity = [data.draw(st.lists(st.integers(6, 11), min_size=d, max_size=d)) for _ in range(t)]
    demands = [data.draw(st.integers(1, 2)) for _ in sizes]
    cost = [data.draw(st.integers(1, 4)) for _ in range(t)]
    problem = Problem(sizes, capacity, demands=demands, cost=cost)
    bounds, optimum = lower_bounds(problem), naive.optimum(problem)
    if optimum is not None:
        assert bounds.bins <= optimum.bins
        assert bounds.cost <= optimum.cost


def test_the_bound_is_named_where_it_is_the_best():
    """More than a third each: two a bin, whatever kinds they are of, which no threshold and no single kind shows."""
    bounds = lower_bounds(Problem([34, 35], 100, demands=[4, 4]))
    assert bounds.bins == 4
    assert bounds.bins_reason == Reason("dual feasible function", 0)


def test_a_combination_of_resources_shows_what_none_of_them_does():
    """Each copy takes 70 of the 200 that both resources have together: two a bin, though three fit either of them."""
    bounds = lower_bounds(Problem([[45, 25], [25, 45]], [100, 100], demands=[4, 4]))
    assert bounds.bins == 4
    assert bounds.bins_reason == Reason("dual feasible function", -1)


def test_a_cost_counts_what_each_type_can_use_up():
    """The dear type holds two of either kind, the cheap one none: what a function says of cost is said of the dear one."""
    bounds = lower_bounds(Problem([34, 35], [[100], [30]], demands=[4, 4], cost=[7, 1]))
    assert (bounds.bins, bounds.cost) == (4, 4 * 7)


@pytest.mark.parametrize(("scale", "bins"), [(1, 4), (2**40, 4), (2**55, 3)])
def test_large_capacities_are_exact_or_left_out(scale, bins):
    """Values that 64 bits do not hold are not computed; the other bounds stand."""
    problem = Problem([[34 * scale, 1], [35 * scale, 1]], [100 * scale, 100], demands=[4, 4])
    assert lower_bounds(problem).bins == bins


@settings(max_examples=300)
@given(rows=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 3)), min_size=1, max_size=4))
def test_bounds_after_dominance_are_at_most_the_fewest_bins(rows):
    """L3 counts bins that some best packing holds, and bounds the rest."""
    sizes, demands = (list(column) for column in zip(*rows, strict=True))
    fewest = naive_bounds.fewest_bins(sizes, demands, 20)
    assert lower_bounds(Problem(sizes, 20, demands=demands)).bins <= fewest
    assert all(b.value <= fewest for b in after_dominance(demands_of(Problem(sizes, 20, demands=demands)), 0))
