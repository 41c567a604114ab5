"""Packing: compressed rows, their making and their unfolding."""

from __future__ import annotations

import naive
import numpy as np
import pytest
import strategies
from binpack_solvers.errors import SolutionError
from binpack_solvers.exact_sums import sums_by
from binpack_solvers.packing import Packing, Pattern
from hypothesis import given, settings
from hypothesis import strategies as st


def test_patterns_are_joined_in_order_of_first_appearance():
    """Equal bins become one row with their multiplicity; zero counts and zero multiplicities leave no trace."""
    packing = Packing.from_patterns([(1, {2: 1, 0: 3}, 2), (0, {}, 1), (1, {0: 3, 2: 1, 1: 0}, 4), (0, {0: 1}, 0)])
    assert list(packing.patterns) == [Pattern(1, {0: 3, 2: 1}, 6), Pattern(0, {}, 1)]
    assert packing.bins == 7
    assert packing.copies(3) == [18, 0, 6]


def test_own_arrays_are_taken_as_they_are():
    """``of_own`` copies nothing, makes the arrays read-only, and refuses what the constructor refuses."""
    arrays = [np.array(values, np.int64) for values in ([0, 0], [1, 2], [0, 1, 3], [4, 0, 4], [2, 1, 1])]
    packing = Packing.of_own(*arrays)
    assert all(mine is theirs for mine, theirs in zip(arrays, packing.__dict__.values(), strict=True))
    assert list(packing.patterns) == list(Packing(*arrays).patterns)
    assert not any(array.flags.writeable for array in arrays)
    with pytest.raises(SolutionError):
        Packing.of_own(*arrays[:4], np.array([2, 1, 0]))


@given(st.data(), st.integers(1, 5))
def test_sums_by_index_are_exact(data, size):
    """Sums of products by index are those of Python integers, however large."""
    largest = data.draw(st.sampled_from([1, 3, 2**30, 2**52, 2**62]))
    entries = data.draw(st.lists(st.tuples(st.integers(0, size - 1), *[st.integers(0, largest)] * 2)))
    index, left, right = np.array(entries, np.int64).reshape(-1, 3).T
    expected = [sum(a * b for i, a, b in entries if i == k) for k in range(size)]
    assert sums_by(index, left, right, size).tolist() == expected


def test_patterns_can_be_sliced_and_counted_from_the_end():
    """The view on rows behaves as a sequence."""
    packing = Packing.from_patterns([(0, {0: 1}, 1), (0, {0: 2}, 1), (0, {0: 3}, 1)])
    assert packing.patterns[-1].items == {0: 3}
    assert [pattern.items for pattern in packing.patterns[1:]] == [{0: 2}, {0: 3}]
    with pytest.raises(IndexError):
        packing.patterns[3]


def test_assignment_lists_items_in_order():
    """One bin index per copy: items in order, bins in pattern order."""
    packing = Packing.from_patterns([(0, {0: 1, 1: 2}, 2), (0, {0: 1}, 1)])
    assert packing.assignment().tolist() == [0, 1, 2, 0, 0, 1, 1]
    assert list(packing.iter_assignment())[:4] == [(0, 0), (0, 1), (0, 2), (1, 0)]


def test_assignment_too_long_to_list_is_refused_and_can_be_streamed():
    """Above 2**27 copies ``assignment`` refuses at once; ``iter_assignment`` begins at once."""
    packing = Packing.from_patterns([(0, {0: 1}, 2**40)])
    with pytest.raises(SolutionError, match="iter_assignment"):
        packing.assignment()
    assert next(packing.iter_assignment()) == (0, 0)


def test_totals_are_exact_beyond_64_bits():
    """Bins and copies are Python integers and cannot overflow."""
    packing = Packing.from_patterns([(0, {0: 2**62}, 2**62), (1, {}, 2**62)])
    assert packing.bins == 2**63
    assert packing.copies(1) == [2**124]


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        (([0], [1, 1], [0, 0], [], []), "do not belong together"),
        (([0], [1], [0, 1], [0], []), "do not belong together"),
        (([0], [1], [0, 2], [0], [1]), "non-decreasing"),
        (([0, 0], [1, 1], [0, 2, 1], [0], [1]), "non-decreasing"),
        (([0], [0], [0, 1], [0], [1]), "at least 1"),
        (([0], [1], [0, 1], [0], [0]), "at least 1"),
        (([-1], [1], [0, 0], [], []), "packing.bin_type"),
        (([0], [1], [0, 1], [-2], [1]), "packing.item"),
        (([0], [2**63], [0, 1], [0], [1]), "packing.multiplicity"),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(arrays, words):
    """A malformed packing is refused when it is made."""
    with pytest.raises(ValueError, match=words):
        Packing(*(np.array(values, dtype=object if 2**63 in values else np.int64) for values in arrays))


@settings(max_examples=100)
@given(st.data())
def test_an_assignment_puts_every_copy_where_its_bin_is(data):
    """Bins in pattern order: the copies assigned to a bin are those that it holds, empty bins keep their index."""
    problem = data.draw(strategies.problems())
    packing = data.draw(strategies.packings(problem))
    contents: list[list[int]] = [[] for _ in range(packing.bins)]
    for i, b in packing.iter_assignment():
        contents[b].append(i)
    assert contents == [copies for _, copies in naive.expand(packing)]
