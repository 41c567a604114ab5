"""The checker's short way for large packings under no rule but demands, capacity, available bins and ``minimum_bins``.

It only ever says that everything is kept. What is broken, or may be, is for the long way, which has words for it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem

Int64 = NDArray[np.int64]

SAFE = 2**62
LARGE = 20_000
"""Entries from which one walk gains more than it takes to load what walks."""


def bins_of_kept(problem: Problem, packing: Packing) -> list[int] | None:
    """Bins of each type, if the packing is large, keeps every rule and leaves no copy out; None if any of that is open."""
    if len(packing.item) < LARGE or problem.rules - {"minimum_bins"} or not _safe(problem, packing):
        return None
    used = _used(problem, packing)
    if used is None or sum(used) < problem.minimum_bins:
        return None
    over = any(UNLIMITED != most < bins for most, bins in zip(problem.available.tolist(), used, strict=True))
    return None if over else used


@cache
def load_plain_check() -> None:
    """Compile what walks, or load it from numba's cache, unless that is done."""
    _used(Problem([1], 1), Packing.from_patterns([(0, {0: 1}, 1)]))


def _used(problem: Problem, packing: Packing) -> list[int] | None:
    from binpack_solvers.kernels.plain_check import keeps_all  # numba, which small packings need not wait for

    placed, used = np.zeros(problem.item_types, np.int64), np.zeros(problem.bin_types, np.int64)
    rows = (packing.bin_type, packing.multiplicity, packing.indptr, packing.item, packing.count)
    data = [_read_only(array) for array in (*rows, problem.sizes, problem.demands, problem.capacity)]
    kept = keeps_all(*data, placed, used)  # type: ignore[call-arg]
    return used.tolist() if kept else None


def _safe(problem: Problem, packing: Packing) -> bool:
    """Whether no sum of sizes in a bin, of copies or of bins can leave 62 bits."""
    longest, count = int(np.diff(packing.indptr).max(initial=0)), int(packing.count.max(initial=0))
    times, size = int(packing.multiplicity.max(initial=0)), int(problem.sizes.max(initial=0))
    return (
        len(packing.item) * count * times < SAFE
        and longest * count * size < SAFE
        and len(packing.bin_type) * times < SAFE
    )


def _read_only(array: Int64) -> Int64:
    """In one piece, and of the one kind for which the walk is compiled."""
    array = np.ascontiguousarray(array).view()
    array.setflags(write=False)
    return array
