"""The building blocks of the bounds against obvious versions."""

from __future__ import annotations

import naive_bounds
from binpack_solvers.bounds.conflicts import Conflicts, heaviest_clique
from binpack_solvers.bounds.covering import cover
from binpack_solvers.bounds.demands import PLENTY, demands_of, most_per_bin
from binpack_solvers.bounds.martello_toth import martello_toth
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from hypothesis import given
from hypothesis import strategies as st

types = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5), st.integers(0, 4)), min_size=1, max_size=3)


@given(amount=st.integers(0, 20), rows=types)
def test_cover_is_at_most_the_cheapest_whole_bins(amount, rows):
    """The fractional covering never costs more than whole bins, and is impossible exactly where they are."""
    each, cost, available = (list(column) for column in zip(*rows, strict=True))
    exact = naive_bounds.cover(amount, each, cost, available)
    relaxed = cover(amount, each, cost, available)
    assert (relaxed is None) == (exact is None)
    assert exact is None or relaxed <= exact


def test_cover_of_one_type_is_exact_beyond_64_bits():
    """With one bin type the value is the quotient rounded up, whatever its size."""
    assert cover(10**30 + 1, [10**3], [7], [PLENTY]) == -(-7 * (10**30 + 1) // 10**3)


sizes_and_demands = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), min_size=1, max_size=6)


@given(rows=sizes_and_demands)
def test_martello_toth_equals_its_definition(rows):
    """Prefix sums over the distinct sizes give the same as every threshold tried with lists."""
    sizes, demands = (list(column) for column in zip(*rows, strict=True))
    assert martello_toth(sizes, demands, 12) == naive_bounds.martello_toth(sizes, demands, 12)


def test_martello_toth_with_totals_beyond_64_bits():
    """Python integers take over where int64 could overflow."""
    assert martello_toth([2**61 + 1, 2**60], [10**6, 10**6], 2**62) == 10**6


@given(data=st.data())
def test_the_clique_is_a_clique_and_at_most_the_heaviest(data):
    """No two groups of it can share a bin, and its weight is within the true maximum."""
    m = data.draw(st.integers(1, 6))
    sizes = data.draw(st.lists(st.integers(1, 10), min_size=m, max_size=m))
    apart = data.draw(st.lists(st.tuples(st.integers(0, m - 1), st.integers(0, m - 1)), max_size=6))
    problem = Problem(sizes, 10, limits=[(i, j, 0) for i, j in apart if i != j] or None)
    conflicts = Conflicts(demands_of(problem))
    weight = data.draw(st.lists(st.integers(1, 5), min_size=m, max_size=m))

    def conflict(i, j):
        return sizes[i] + sizes[j] > 10 or (i, j) in apart or (j, i) in apart

    clique = heaviest_clique(conflicts, weight)
    assert all(conflict(i, j) for n, i in enumerate(clique) for j in clique[n + 1 :])
    assert sum(weight[g] for g in clique) <= naive_bounds.heaviest_clique(conflict, weight)
    for g in range(m):
        assert conflicts.row(g).tolist() == [i != g and conflict(g, i) for i in range(m)]


def test_setups_count_in_conflicts_and_in_copies_per_bin():
    """Two item types fit together only with the setups of both; a copy fits only beside its own setup."""
    problem = Problem([3, 3], 10, demands=[9, 9], setups=[Setup((0,), (2,)), Setup((1,), (3,))])
    assert Conflicts(demands_of(problem)).row(0).tolist() == [False, True]
    assert most_per_bin(problem).tolist() == [[2], [2]]
