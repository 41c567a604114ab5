"""Any-fit where there are very many copies, few of each item type, that keep no rule but to fit: bin by bin, by index.

Elsewhere groups of equal bins make the work depend on item types alone, and every rule is kept.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.heuristics import arrays
from binpack_solvers.kernels.greedy import BEST_FIT, FIRST_FIT, NEXT_FIT, WORST_FIT
from binpack_solvers.kernels.one_resource import (
    best_or_worst_fit,
    decreasing_order,
    first_fit,
    first_fit_decreasing,
    rows_of,
)
from binpack_solvers.kernels.plain_fit import Plain, plain_fit
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]

MANY, FEW_OF_EACH = 5_000, 8
"""Copies, and copies of an item type on average: with more of each, groups of equal bins are fewer than bins."""
LARGEST_OF_32_BITS = (1 << 31) - 1
LARGEST_TABLE = 1 << 24
"""Of what may be left in a bin, for one resource; with more, bins are looked through."""


def applies(problem: Problem, policy: int) -> bool:
    """Whether all that is asked of a packing is that copies fit, there are many of them, and the policy looks for a bin."""
    return (
        policy != NEXT_FIT
        and MANY <= problem.copies <= FEW_OF_EACH * problem.item_types
        and problem.rules <= {"spread", "minimum_bins"}  # which no greedy kernel looks at
        and (policy != WORST_FIT or _one_table(problem))
    )


def fit_many(problem: Problem, policy: int, key: Floats | None, types: Int64) -> Packing | None:
    """Each copy into the first, the fullest or the emptiest bin that takes it, in the order of decreasing ``key`` (m,), or
    as given; a new bin is of the first of ``types`` that takes it. None if copies find no room.

    Of bins with equal room best and worst fit take any.
    """
    if problem.resources == 1 and problem.bin_types == 1 and (policy == FIRST_FIT or _one_table(problem)):
        return _one_resource(problem, policy, key)
    order = np.arange(problem.item_types) if key is None else np.argsort(-key, kind="stable")
    rules = arrays.rules_of(problem)
    plain = Plain(
        rules.sizes[order],
        problem.demands[order],
        order,
        rules.capacity,
        rules.available,
        types,
        rules.weight,
        rules.field,
        rules.guard,
    )
    kind, start, item, count, lost = plain_fit(plain, problem.copies, policy == BEST_FIT)
    return None if lost.any() else Packing(kind, np.ones(len(kind), np.int64), start, item, count)


@cache
def load_many_copies() -> None:
    """Compile the kernels, or load them from numba's cache, unless that is done."""
    one, two = Problem([3, 2], 5), Problem([[3, 2], [2, 2]], [5, 5])
    for policy in (FIRST_FIT, BEST_FIT):
        fit_many(one, policy, None, arrays.type_order(one))
    fit_many(one, FIRST_FIT, arrays.relative_size(one), arrays.type_order(one))
    fit_many(two, FIRST_FIT, None, arrays.type_order(two))


def _one_table(problem: Problem) -> bool:
    return problem.resources == problem.bin_types == 1 and int(problem.capacity[0, 0]) <= LARGEST_TABLE


def _one_resource(problem: Problem, policy: int, key: Floats | None) -> Packing | None:
    capacity, available = int(problem.capacity[0, 0]), int(problem.available[0])
    one_each = bool((problem.demands == 1).all())
    item = np.arange(problem.item_types) if one_each else np.repeat(np.arange(problem.item_types), problem.demands)
    size = problem.sizes[:, 0].copy() if one_each else problem.sizes[item, 0]
    if size.max() > capacity:
        return None
    order, decreasing = _order(problem, size, item, key)
    size = size[order]
    if policy != FIRST_FIT:
        bin_of, bins = best_or_worst_fit(size, capacity, policy == WORST_FIT)
    elif decreasing and size[0] <= LARGEST_TABLE and capacity <= LARGEST_OF_32_BITS:
        bin_of, bins = first_fit_decreasing(size, capacity)
    else:
        bin_of, bins = first_fit(size, capacity)
    if 0 <= available < bins:
        return None
    start, copies = rows_of(bin_of, order, bins)
    kind, ones = np.zeros(bins, np.int64), np.ones(max(bins, len(item)), np.int64)
    if one_each:
        return Packing(kind, ones[:bins], start, copies, ones[: len(item)])
    return arrays.packing_of((kind, ones[:bins], start, item[copies], ones[: len(item)]))


def _order(problem: Problem, size: Int64, item: Int64, key: Floats | None) -> tuple[Int64, bool]:
    """The copies in order, and whether that is by decreasing size."""
    if key is None:
        return np.arange(len(size)), False
    if not np.array_equal(key, arrays.relative_size(problem)):
        return np.argsort(-key[item], kind="stable"), False
    largest = int(size.max())
    if largest <= LARGEST_TABLE:
        return decreasing_order(size, largest), True
    return np.argsort(-size, kind="stable"), True
