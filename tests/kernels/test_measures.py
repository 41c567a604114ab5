"""The order of item types by a measure whose weights change, against one that looks at all of them every time."""

from __future__ import annotations

import naive_kernels
import numpy as np
import pytest
from binpack_solvers.kernels.measures import AVERAGE, EXPONENTIAL, L1, L2, LARGEST, RECIPROCAL, UNIT, dynamic_order
from hypothesis import given, settings
from hypothesis import strategies as st

NEARLY = 1e-6
"""What is so near to the largest may go before it: rounding, and sums that are kept up instead of added again."""


@pytest.mark.parametrize("norm", [L1, L2, LARGEST])
@settings(max_examples=150)
@given(data=st.data())
def test_the_largest_of_what_is_left_goes_first(norm, data):
    """Each item type is the largest of those left, by weights of those left, which are returned with it."""
    d, kind = data.draw(st.integers(1, 3)), data.draw(st.sampled_from([UNIT, AVERAGE, EXPONENTIAL, RECIPROCAL]))
    row = st.lists(st.integers(0, 100), min_size=d, max_size=d)
    share = np.array(data.draw(st.lists(row, min_size=1, max_size=30)), np.float64) / 100
    copies = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(share), max_size=len(share))), np.int64)
    order, weights = dynamic_order(share, copies, norm, kind)
    assert sorted(order.tolist()) == list(range(len(share)))
    for at, i in enumerate(order.tolist()):
        left = order[at:]
        weight = naive_kernels.weights(kind, copies[left] @ share[left], copies[left].sum())
        assert weights[i].tolist() == pytest.approx(weight, rel=NEARLY)
        largest = max(naive_kernels.measure(norm, weight, share[j].tolist()) for j in left)
        assert naive_kernels.measure(norm, weight, share[i].tolist()) >= largest * (1 - NEARLY)


@pytest.mark.parametrize("norm", [L1, L2, LARGEST])
def test_equal_measures_go_by_index(norm):
    """Thousands of equal vectors stay in the order given, whatever the weights do."""
    share = np.full((3000, 2), 0.3)
    for kind in (UNIT, AVERAGE, EXPONENTIAL, RECIPROCAL):
        assert dynamic_order(share, np.ones(3000, np.int64), norm, kind)[0].tolist() == list(range(3000))
