"""Any-fit where there are very many copies, few of each item type, that keep no rule but to fit: bin by bin, by index.

Elsewhere groups of equal bins make the work depend on item types alone, and every rule is kept.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.heuristics import arrays
from binpack_solvers.heuristics.measures import SUM_OF_SHARES, Fullness, ranked
from binpack_solvers.kernels.greedy import BEST_FIT, FIRST_FIT, NEXT_FIT, WORST_FIT
from binpack_solvers.kernels.one_resource import (
    best_fit_decreasing,
    best_or_worst_fit,
    copies_by_size,
    first_fit,
    first_fit_decreasing,
    rows_by_size,
    rows_of,
)
from binpack_solvers.kernels.plain_fit import Plain, plain_fit
from binpack_solvers.kernels.worst_fit import plain_worst_fit
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

MANY, FEW_OF_EACH = 5_000, 8
"""Copies, and copies of an item type on average: with more of each, groups of equal bins are fewer than bins."""
PAIRS_OF_A_COPY = 1_000
"""Of one resource: groups take a time that goes with pairs of item types, so many of which take as long as a copy."""
MOST_NODES = 64
"""Of the tree that worst fit looks at for one copy: as long as a look through a thousand bins."""
LARGEST_OF_32_BITS = (1 << 31) - 1
LARGEST_TABLE = 1 << 24
"""Of what may be left in a bin, for one resource; with more, bins are looked through."""


def applies(problem: Problem, policy: int, fullness: Fullness | None = None) -> bool:
    """Whether all that is asked of a packing is that copies fit, there are many of them, and the policy looks for a bin;
    worst fit needs one measure of bins for all item types."""
    return (
        policy != NEXT_FIT
        and MANY <= problem.copies <= _most_copies(problem)
        and problem.rules <= {"spread", "minimum_bins"}  # which no greedy kernel looks at
        and (policy != WORST_FIT or fullness is None or len(fullness.weight) == 1)
    )


def _most_copies(problem: Problem) -> int:
    """Up to which bins take less time than groups of equal bins."""
    few = FEW_OF_EACH * problem.item_types
    return max(few, min(LARGEST_TABLE, problem.item_types**2 // PAIRS_OF_A_COPY)) if _one_table(problem) else few


def fit_many(
    problem: Problem, policy: int, key: NDArray[Any] | None, types: Int64, fullness: Fullness
) -> Packing | None:
    """Each copy into the first, the fullest or the emptiest bin that takes it, in the order of decreasing ``key`` (m,), or
    as given; a new bin is of the first of ``types`` that takes it. None if copies find no room.

    Of bins with equal room best and worst fit take any, of one resource.
    """
    if problem.resources == 1 and problem.bin_types == 1 and (policy == FIRST_FIT or _one_table(problem)):
        return _one_resource(problem, policy, key)
    order = np.arange(problem.item_types) if key is None else arrays.decreasing(key)
    plain = Plain(
        problem.sizes[order],
        problem.demands[order],
        order,
        problem.capacity.copy(),
        arrays.available_of(problem),
        types,
        arrays.share_of_one(problem),
        norm=fullness.norm,
        fullness=fullness.weight[order] if len(fullness.weight) > 1 else fullness.weight,
        **arrays.fields_of(problem),
    )
    if policy == WORST_FIT:
        kind, *contents, lost = plain_worst_fit(plain, problem.copies, MOST_NODES)
        return None if lost.any() else arrays.packing_of((kind, np.ones_like(kind), *contents))
    kind, start, item, count, lost = plain_fit(plain, problem.copies, policy == BEST_FIT)
    return None if lost.any() else _packing(kind, start, item, count)


@cache
def load_many_copies() -> None:
    """Compile the kernels, or load them from numba's cache, unless that is done."""
    one, two = Problem([3, 2], 5), Problem([[3, 2], [2, 2]], [5, 5])
    (key, of_one), (_, of_two) = (ranked(problem, SUM_OF_SHARES) for problem in (one, two))
    for policy in (FIRST_FIT, BEST_FIT):
        fit_many(one, policy, None, arrays.type_order(one), of_one)
    fit_many(one, FIRST_FIT, key, arrays.type_order(one), of_one)
    for policy in (FIRST_FIT, WORST_FIT):
        fit_many(two, policy, None, arrays.type_order(two), of_two)


def _one_table(problem: Problem) -> bool:
    return problem.resources == problem.bin_types == 1 and int(problem.capacity[0, 0]) <= LARGEST_TABLE


def _one_resource(problem: Problem, policy: int, key: NDArray[Any] | None) -> Packing | None:
    size, capacity, available = problem.sizes[:, 0], int(problem.capacity[0, 0]), int(problem.available[0])
    largest = int(size.max())
    if largest > capacity:
        return None
    by_size = key is not None and policy != WORST_FIT and largest <= LARGEST_TABLE and np.array_equal(key, size)
    if by_size and capacity <= LARGEST_OF_32_BITS:
        bins, rows = _by_size(problem, policy, largest, capacity)
    else:
        bins, rows = _one_by_one(problem, policy, key, capacity)
    return None if 0 <= available < bins else _packing(np.zeros(bins, np.int64), *rows)


def _by_size(problem: Problem, policy: int, largest: int, capacity: int) -> tuple[int, tuple[Int64, Int64, Int64]]:
    """The copies by decreasing size: how many bins, and their contents as compressed rows."""
    size, demand = _read_only(problem.sizes[:, 0]), _read_only(problem.demands)
    count = copies_by_size(size, demand, largest)
    kernel = first_fit_decreasing if policy == FIRST_FIT else best_fit_decreasing
    bin_of, bins = kernel(count, capacity, problem.copies)
    one_each = int(demand.min()) == int(demand.max()) == 1
    return bins, rows_by_size(size, demand, one_each, count, bin_of, bins)


def _one_by_one(
    problem: Problem, policy: int, key: NDArray[Any] | None, capacity: int
) -> tuple[int, tuple[Int64, Int64, Int64]]:
    """The copies in the order of any key; see ``_by_size``."""
    item = np.repeat(np.arange(problem.item_types), problem.demands)
    order = np.arange(len(item)) if key is None else arrays.decreasing(key[item])
    size = problem.sizes[item[order], 0]
    if policy == FIRST_FIT:
        bin_of, bins = first_fit(size, capacity)
    else:
        bin_of, bins = best_or_worst_fit(size, capacity, policy == WORST_FIT)
    start, copies = rows_of(bin_of, order, bins)
    rows = arrays.packing_of(
        (np.zeros(bins, np.int64), np.ones(bins, np.int64), start, item[copies], np.ones_like(item))
    )
    return bins, (rows.indptr, rows.item, rows.count)


def _read_only(array: Int64) -> Int64:
    """In one piece, and of the one kind for which a kernel is compiled."""
    array = np.ascontiguousarray(array).view()
    array.setflags(write=False)
    return array


def _packing(kind: Int64, start: Int64, item: Int64, count: Int64) -> Packing:
    """One bin a row, of arrays that nobody else has."""
    return Packing.of_own(kind, np.ones(len(kind), np.int64), start, item, count)
