"""How large a vector is: measures and weights of resources, and the order of item types while the weights change.

Sources: R. Panigrahy, K. Talwar, L. Uyeda, U. Wieder, "Heuristics for vector bin packing", 2011, section 2: sums with the
weights ``AVERAGE`` and ``EXPONENTIAL``. C. Mommessin, T. Erlebach, N. V. Shakhlevich, "Classification and evaluation of the
algorithms for vector bin packing", Computers & Operations Research 173, 2025: all measures and weights, static and dynamic.
"""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import kernel, uncounted
from binpack_solvers.kernels.heap import heap_of, sift_down

L1, L2, LARGEST = range(3)
UNIT, AVERAGE, EXPONENTIAL, RECIPROCAL = range(4)
EXPONENT = 0.01
ROUNDING = 1 + 1e-9
"""More than what a bound loses by rounding: it only saves work."""


@uncounted
def measured(norm, weight, amount):  # type: ignore[no-untyped-def]
    """weight (d,), amount (d,): for ``L1`` the sum of products, for ``L2`` that of products with the amount once more (which
    orders as the root of it does), for ``LARGEST`` the largest of the products."""
    value = 0.0
    for h in range(len(weight)):
        part = amount[h] * weight[h]
        if norm == LARGEST:
            value = max(value, part)
        elif norm == L2:
            value += part * amount[h]
        else:
            value += part
    return value


@uncounted
def weight_of(kind, total, copies):  # type: ignore[no-untyped-def]
    """The weight of a resource of which ``copies`` take ``total`` together, in shares of a bin. 0 where nothing is taken of
    it and the weight would be without end."""
    if kind == AVERAGE:
        return max(total, 0.0)
    if kind == EXPONENTIAL:
        return np.exp(EXPONENT * total / max(copies, 1.0))
    if kind == RECIPROCAL:
        return 1.0 / total if total > 0 else 0.0
    return 1.0


@uncounted
def write_weights(kind, total, copies, weight):  # type: ignore[no-untyped-def]
    """total (d,); ``weight`` (d,) is written."""
    for h in range(len(total)):
        weight[h] = weight_of(kind, total[h], copies)


@uncounted
def _growth(weight, before):  # type: ignore[no-untyped-def]
    """How many times larger a measure can have become with new weights. Those that are 0 stay so."""
    most = 0.0
    for h in range(len(weight)):
        if before[h] > 0:
            most = max(most, weight[h] / before[h])
    return most if most > 0 else 1.0


@uncounted
def _bring_up_largest(heap, size, key, scale, norm, weight, share):  # type: ignore[no-untyped-def]
    """Leave the largest at the top. Keys times ``scale`` bound the measures; one that is too large gets smaller."""
    i = heap[0]
    value = measured(norm, weight, share[i]) / scale
    while value * ROUNDING < key[i]:
        key[i] = value
        sift_down(heap, key, 0, size)
        i = heap[0]
        value = measured(norm, weight, share[i]) / scale


@kernel
def dynamic_order(share, copies, norm, kind):  # type: ignore[no-untyped-def]
    """All item types, the largest of what is left first, by weights of what is left. share (m, d), copies (m,).

    Returns the order (m,) and the weights (m, d) that each item type was chosen by. Equal measures go by index, and so may
    those that rounding cannot tell apart. Measures are computed anew only of what may be the largest: 100,000 different
    vectors take 0.1 s to 1 s.
    """
    m, d = share.shape
    total, takers, left, before, weight = np.zeros(d), np.zeros(d, np.int64), 0.0, np.empty(d), np.empty(d)
    for i in range(m):
        left += copies[i]
        for h in range(d):
            total[h] += copies[i] * share[i, h]
            takers[h] += copies[i] * share[i, h] > 0
    order, weights, key, scale = np.empty(m, np.int64), np.empty((m, d)), np.empty(m), 1.0
    write_weights(kind, total, left, before)
    for i in range(m):
        key[i] = measured(norm, before, share[i])
    heap = heap_of(key)
    for at in range(m):
        size = m - at
        write_weights(kind, total, left, weight)
        scale *= _growth(weight, before)
        _bring_up_largest(heap, size, key, scale, norm, weight, share)
        i = heap[0]
        order[at] = i
        left -= copies[i]
        for h in range(d):
            before[h] = weight[h]
            weights[i, h] = weight[h]
            total[h] -= copies[i] * share[i, h]
            takers[h] -= copies[i] * share[i, h] > 0
            if takers[h] == 0:
                total[h] = 0.0  # and not what rounding has left, of which a reciprocal is huge
        heap[0] = heap[size - 1]
        sift_down(heap, key, 0, size - 1)
    return order, weights
