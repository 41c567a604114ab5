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
    left = demand.tolist()
    group, item = configurations.group.tolist(), configurations.item.tolist()
    patterns = []
    for column, times in sorted(bins, key=lambda pair: -int(pair[0].count.sum())):
        inside = [(n, int(column.count[n])) for n in np.flatnonzero(column.count).tolist()]
        while times > 0:
            content: dict[int, int] = {}
            taken: dict[int, int] = {}
            for n, copies in inside:
                kept = min(copies, left[group[n]] - taken.get(group[n], 0))
                if kept > 0:
                    content[item[n]] = kept
                    taken[group[n]] = taken.get(group[n], 0) + kept
            if not content:
                break
            repeat = min([times, *(left[g] // copies for g, copies in taken.items())])
            patterns.append((column.bin_type, content, repeat))
            for g, copies in taken.items():
                left[g] -= copies * repeat
            times -= repeat
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
