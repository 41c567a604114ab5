"""A heap of positions: the largest key first, then the lowest position."""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import helper, uncounted


@uncounted
def sift_down(heap, key, at, size):  # type: ignore[no-untyped-def]
    """Restore the heap after the key of its element ``at`` got smaller."""
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size:
            left, right = heap[child], heap[child + 1]
            if key[right] > key[left] or (key[right] == key[left] and right < left):
                child += 1
        low, high = heap[at], heap[child]
        if key[low] > key[high] or (key[low] == key[high] and low < high):
            break
        heap[at], heap[child] = high, low
        at = child


@helper
def heap_of(key):  # type: ignore[no-untyped-def]
    """The positions of ``key`` as a heap: a run looks at a few of the thousands that are open, which one need not sort."""
    heap = np.arange(len(key))
    for at in range(len(key) // 2 - 1, -1, -1):
        sift_down(heap, key, at, len(key))
    return heap
