"""Between packings and columns of the master, and residual problems for the heuristics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Column
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem

Int64 = NDArray[np.int64]
Bins = Sequence[tuple[Column, int]]
"""Columns and how many bins of each."""


def packing_of(bins: Bins, configurations: Configurations, demand: Int64) -> Packing:
    """A packing of exactly the demands: where columns cover more, copies are left out, whole bins last of all."""
    types = len(configurations.problem.capacity)
    cell = np.broadcast_to(configurations.group, (types, len(configurations.group)))
    return packing_of_cells(bins, configurations, cell, demand)


def packing_of_cells(bins: Bins, configurations: Configurations, cell: Int64, copies: Int64) -> Packing:
    """A packing of exactly so many ``copies`` (cells,) in each cell, out of the columns' bins, which hold at least as many.

    cell (t, n) : what a copy of an item in a bin of a type counts in: its demand group, or that in a place.
    """
    left = copies.tolist()
    item = configurations.item.tolist()
    patterns = []
    for column, times in sorted(bins, key=lambda pair: -int(pair[0].count.sum())):
        of = cell[column.bin_type]
        inside = [(n, int(column.count[n]), int(of[n])) for n in np.flatnonzero(column.count).tolist()]
        while times > 0:
            content: dict[int, int] = {}
            taken: dict[int, int] = {}
            for n, count, c in inside:
                kept = min(count, left[c] - taken.get(c, 0))
                if kept > 0:
                    content[item[n]] = kept
                    taken[c] = taken.get(c, 0) + kept
            if not content:
                break
            repeat = min([times, *(left[c] // kept for c, kept in taken.items())])
            patterns.append((column.bin_type, content, repeat))
            for c, kept in taken.items():
                left[c] -= kept * repeat
            times -= repeat
    return Packing.from_patterns(patterns)


def with_empty_bins(packing: Packing, bins: Bins, problem: Problem) -> Packing:
    """With the cheapest of the bins that were left without content, as far as ``minimum_bins`` asks for them."""
    missing = problem.minimum_bins - packing.bins
    if missing <= 0:
        return packing
    emptied = np.zeros(problem.bin_types, np.int64)
    for column, times in bins:
        emptied[column.bin_type] += times
    np.subtract.at(emptied, packing.bin_type, packing.multiplicity)
    patterns: list[tuple[int, dict[int, int], int]] = [*packing.patterns]
    for k in np.argsort(problem.cost, kind="stable").tolist():
        patterns.append((k, {}, max(0, min(missing, int(emptied[k])))))
        missing -= patterns[-1][2]
    return Packing.from_patterns(patterns)


def residual(problem: Problem, configurations: Configurations, bins: Bins, demand: Int64) -> Problem:
    """What is left of the problem beside these bins: other demands, fewer bins available."""
    demands = np.zeros(problem.item_types, np.int64)
    demands[configurations.item] = demand[configurations.group]
    return problem.replace(demands=demands, available=available_beside(problem, bins))


def available_beside(problem: Problem, bins: Bins) -> Int64:
    """(t,): bins that are left of each type; 0 where more were taken than there are."""
    available = problem.available.copy()
    for column, times in bins:
        if problem.available[column.bin_type] != UNLIMITED:
            available[column.bin_type] = max(0, available[column.bin_type] - times)
    return available


def joined(packing: Packing, bins: Bins, configurations: Configurations, demand: Int64) -> Packing:
    """A packing of a residual problem beside the bins that were taken before."""
    before = packing_of(bins, configurations, demand)
    return Packing.from_patterns([*before.patterns, *packing.patterns])
