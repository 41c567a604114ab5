"""Bins taken by dominance against the fewest bins by brute force."""

from __future__ import annotations

from itertools import product

import naive_bounds
from binpack_solvers.reductions.dominant_bins import dominant_bins, largest_sum, reachable_sums
from hypothesis import given, settings
from hypothesis import strategies as st

rows_of_items = st.lists(st.tuples(st.integers(1, 20), st.integers(1, 3)), min_size=1, max_size=4)


@given(rows=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 7)), max_size=4), limit=st.integers(0, 40))
def test_reachable_sums_are_those_of_all_choices_of_copies(rows, limit):
    """A bit for every sum up to the limit that some numbers of copies add up to, and the largest within a room."""
    sums = reachable_sums([size for size, _ in rows], [copies for _, copies in rows], limit)
    choices = product(*(range(copies + 1) for _, copies in rows))
    every = {sum(n * size for n, (size, _) in zip(choice, rows, strict=True)) for choice in choices}
    assert {s for s in range(limit + 1) if sums >> s & 1} == {s for s in every if s <= limit}
    assert sums >> limit + 1 == 0
    assert largest_sum(sums, limit // 2) == max(s for s in every if s <= limit // 2)


@settings(max_examples=400)
@given(rows=rows_of_items)
def test_the_bins_taken_and_a_best_packing_of_what_is_left_are_a_best_packing(rows):
    """Nothing is lost: taken bins hold what they may, and the fewest bins are as many as before."""
    sizes, demands = (list(column) for column in zip(*rows, strict=True))
    taken, left = dominant_bins(sizes, demands, 20)
    for items, times in taken:
        assert sum(sizes[i] * count for i, count in items.items()) <= 20
        assert times > 0
    packed = [sum(items.get(i, 0) * times for items, times in taken) for i in range(len(sizes))]
    assert [p + q for p, q in zip(packed, left, strict=True)] == demands
    bins = sum(times for _, times in taken)
    assert bins + naive_bounds.fewest_bins(sizes, left, 20) == naive_bounds.fewest_bins(sizes, demands, 20)


def test_what_nothing_fits_beside_and_exact_pairs_and_best_partners_are_taken():
    """17 stands alone, 12 and 8 fill a bin, 11 takes the 7 that fills as much as any set does; the rest is left."""
    taken, left = dominant_bins([17, 12, 8, 11, 7, 5], [1, 1, 1, 1, 1, 1], 20)
    assert taken[:2] == [({0: 1}, 1), ({1: 1, 2: 1}, 1)]
    assert sum(left) <= 3


def test_a_size_of_0_and_sums_beyond_reach_take_nothing():
    """Copies without size stand beside anything; 2**40 bits are too many."""
    assert dominant_bins([20, 0], [1, 1], 20) == ([], [1, 1])
    assert dominant_bins([2**40, 2**39 + 1], [1, 1], 2**40) == ([], [1, 1])
    assert dominant_bins([2**40, 2**39], [1, 2], 2**40) == ([({0: 1}, 1), ({1: 2}, 1)], [0, 0])
