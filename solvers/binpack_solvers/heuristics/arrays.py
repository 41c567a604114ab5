"""A Problem as the arrays that the greedy kernels take, and their rows as a Packing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.kernels.groups import (
    EXCLUSIVE,
    LIMIT,
    LIMITED,
    NOTHING,
    PLENTY,
    REQUIRE,
    SETUP,
    TOGETHER,
    Rules,
)
from binpack_solvers.kernels.measures import L1
from binpack_solvers.kernels.one_resource import decreasing_order
from binpack_solvers.kernels.open_groups import Needs
from binpack_solvers.kernels.packed_words import PLACE, SHIFT
from binpack_solvers.packing import Packing
from binpack_solvers.problem import MUST_BE_PACKED, Problem

Int64 = NDArray[np.int64]
Start = tuple[Int64, Int64, Int64, Int64, Int64]
Rows = tuple[Int64, Int64, Int64, Int64, Int64]

MOST_FIELDS = 16
LARGEST_KEY = 2**62
COUNTED, COUNTED_BESIDES = 4, 1 << 16


@lru_cache(maxsize=8)
def rules_of(problem: Problem) -> Rules:
    """The rules that concern one bin. Rules on domains are left to the checker: a greedy packing keeps them or not."""
    setups = problem.setups
    run_ptr, run_item = problem.group_rows
    item, arc = _item_table(problem)
    inside = np.zeros((len(setups), problem.bin_types), np.bool_)
    for s, setup in enumerate(setups):
        inside[s, list(setup.types)] = True
    return Rules(
        sizes=_own(problem.sizes),
        capacity=_own(problem.capacity),
        compatible=problem.compatible.copy(),
        available=available_of(problem),
        weight=share_of_one(problem),
        run_ptr=run_ptr.copy(),
        run_item=run_item.copy(),
        item=item,
        arc=arc,
        setup_size=np.array([s.size for s in setups], np.int64).reshape(len(setups), problem.resources),
        setup_in=inside,
        **fields_of(problem),
    )


def available_of(problem: Problem) -> Int64:
    """Bins of each type, PLENTY where unlimited."""
    return np.where(problem.available < 0, PLENTY, problem.available)


def share_of_one(problem: Problem) -> NDArray[np.float64]:
    """(d,) what one unit of a resource is of the most that a bin has of it."""
    return np.asarray(1.0 / np.maximum(problem.capacity.max(axis=0), 1))


def fields_of(problem: Problem) -> dict[str, Any]:
    """``field`` and ``guard`` of Rules: the 63 bits of a word, as many for each resource, or for 16 of more: neighbours, as
    the points of a curve, say much the same."""
    inside = min(problem.resources, MOST_FIELDS)
    bits = 63 // inside
    largest = [int(most) for most in problem.capacity.max(axis=0)]
    field = np.full((problem.resources, 2), NOTHING, np.int64)
    chosen = np.arange(inside) * problem.resources // inside
    field[chosen, SHIFT] = [max(0, largest[h].bit_length() - (bits - 1)) for h in chosen]
    field[chosen, PLACE] = bits * np.arange(inside)
    return {"field": field, "guard": np.int64(sum(1 << (bits * h + bits - 1) for h in range(inside)))}


@lru_cache(maxsize=8)
def needs_of(problem: Problem) -> Needs:
    """What a copy of each run takes at least: made here and not in the kernels, where it compiles longer than it runs. Bins
    are measured by the sum of what is left over capacity."""
    rules = rules_of(problem)
    least = rules.sizes[rules.run_item]
    if len(least):
        least = np.minimum.reduceat(least, rules.run_ptr[:-1])
    word = np.zeros(len(least), np.int64)
    for h in np.flatnonzero(rules.field[:, PLACE] != NOTHING).tolist():
        word |= (least[:, h] >> rules.field[h, SHIFT]) << rules.field[h, PLACE]
    return Needs(least, word, least @ rules.weight, L1, rules.weight.reshape(1, -1))


def _item_table(problem: Problem) -> tuple[Int64, Int64]:
    """``item`` and ``arc`` of Rules."""
    limits = problem.limits[problem.limits[:, 3] == 0]
    requires = problem.requires[problem.requires[:, 2] == 0]
    own = requires[:, 0] == requires[:, 1]
    pays = np.array([(i, s) for s, setup in enumerate(problem.setups) for i in setup.members], np.int64).reshape(-1, 2)
    item = np.zeros((problem.item_types, 10), np.int64)
    item[:, EXCLUSIVE] = problem.exclusive
    item[requires[own, 0], TOGETHER] = 1
    arcs, offset = [], 0
    for column, source, other, cap in (
        (LIMIT, limits[:, 0], limits[:, 1], limits[:, 2]),
        (LIMITED, limits[:, 1], limits[:, 0], limits[:, 2]),
        (REQUIRE, requires[~own, 0], requires[~own, 1], requires[~own, 1]),
        (SETUP, pays[:, 0], pays[:, 1], pays[:, 1]),
    ):
        order = np.argsort(source, kind="stable")
        ends = offset + np.cumsum(np.bincount(source, minlength=problem.item_types))
        item[:, column] = np.concatenate(([offset], ends[:-1]))[: len(ends)]
        item[:, column + 1] = ends
        arcs.append(np.column_stack([other[order], cap[order]]))
        offset += len(source)
    return item, np.ascontiguousarray(np.vstack(arcs))


def demand_of(problem: Problem) -> Int64:
    """Copies to place per run (demand group), as a fresh array."""
    return problem.demands[problem.first_of_group]


def urgency_of(problem: Problem) -> Int64:
    """Per run: what must be packed first, then by priority."""
    priority = problem.optional[problem.first_of_group]
    return np.where(priority == MUST_BE_PACKED, np.int64(PLENTY), priority)


def run_of_items(problem: Problem) -> Int64:
    """The run of each item type."""
    return problem.group_of.copy()


def type_order(problem: Problem) -> Int64:
    """Bin types by cost per volume, volume being the sum of capacity over the largest capacity; ties by index."""
    volume = (problem.capacity / np.maximum(problem.capacity.max(axis=0), 1)).sum(axis=1)
    return np.argsort(problem.cost / np.maximum(volume, 1e-12), kind="stable").astype(np.int64)


def relative_size(problem: Problem) -> NDArray[Any]:
    """Per run: the smallest sum of size over capacity among its item types, to compare with others.

    In units of one over the least common multiple of the capacities, which makes it an exact integer, so that what is
    equal ties; with one resource it is the size. As a float where that would leave 62 bits.
    """
    most = np.maximum(problem.capacity.max(axis=0), 1).tolist()
    unit = lcm(*most)
    times = [unit // capacity for capacity in most]
    largest = problem.sizes.max(axis=0, initial=0).tolist()
    times = [factor if size else 0 for size, factor in zip(largest, times, strict=True)]
    if sum(size * factor for size, factor in zip(largest, times, strict=True)) > LARGEST_KEY:
        return least_of_runs(problem, (problem.sizes / most).sum(axis=1))
    total = problem.sizes[:, 0] * times[0] if times[0] != 1 else problem.sizes[:, 0]
    for h in range(1, len(times)):
        total = total + problem.sizes[:, h] * times[h]
    return least_of_runs(problem, total)


def least_of_runs(problem: Problem, amount: NDArray[Any]) -> NDArray[Any]:
    """Per run: the smallest ``amount`` (m,) among its item types."""
    if problem.alone:
        return amount
    start, items = problem.group_rows
    return np.minimum.reduceat(amount[items], start[:-1])


def start_rows(bins: Iterable[tuple[int, int, dict[int, int]]]) -> Start:
    """Open bins (type, multiplicity, content) as the compressed rows that the kernels start from."""
    rows = list(bins)
    return (
        np.array([k for k, _, _ in rows], np.int64),
        np.array([times for _, times, _ in rows], np.int64),
        np.cumsum([0, *(len(content) for _, _, content in rows)]).astype(np.int64),
        np.array([i for _, _, content in rows for i in content], np.int64),
        np.array([c for _, _, content in rows for c in content.values()], np.int64),
    )


def packing_of(rows: Rows) -> Packing:
    """Rows as a Packing: empty bins dropped, item types ascending within a row."""
    kind, times, ptr, item, count = rows
    row_of = np.repeat(np.arange(len(kind)), np.diff(ptr))
    if ((item[1:] < item[:-1]) & (row_of[1:] == row_of[:-1])).any():
        order = np.lexsort((item, row_of))
        item, count, row_of = item[order], count[order], row_of[order]
    if len(item):
        first = np.ones(len(item), np.bool_)
        first[1:] = (item[1:] != item[:-1]) | (row_of[1:] != row_of[:-1])
        count = np.add.reduceat(count, np.flatnonzero(first))
        item, row_of = item[first], row_of[first]
    held = np.bincount(row_of, minlength=len(kind)) if len(kind) else np.empty(0, np.int64)
    kept = held > 0
    indptr = np.concatenate(([0], np.cumsum(held[kept]))).astype(np.int64)
    return Packing(kind[kept], times[kept], indptr, item, count)


def _own(array: Int64) -> Int64:
    return np.array(array, np.int64, order="C")


def decreasing(key: NDArray[Any]) -> Int64:
    """The order of decreasing ``key`` (n,), ties by index: by counting where keys are integers in a range not much larger
    than n."""
    if len(key) and key.dtype == np.int64:
        least, most = int(key.min()), int(key.max())
        if most - least <= COUNTED_BESIDES + COUNTED * len(key):
            return np.asarray(decreasing_order(key - least, most - least))
    return np.argsort(-key, kind="stable")
