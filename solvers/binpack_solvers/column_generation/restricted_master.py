"""The best packing from the columns known, and the proof where they are all that matter: the master in whole bins."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.master import INFINITY, Column, QuietHighs
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.packings import packing_of

Int64 = NDArray[np.int64]
LARGEST = 20_000


def solve_restricted_master(solved: SolvedNode, seconds: float) -> bool:
    """Offer the best packing of the master's columns, less those that cost the relaxation too much; whether it improved."""
    master = solved.master
    linear = master.solve(solved.context.left)
    if linear is None:
        return False
    cost = np.array([column.cost for column in master.columns]) / master.unit
    types = np.array([column.bin_type for column in master.columns], np.int64)
    reduced = cost - master.cover @ linear.dual + linear.scarcity[types]
    kept = np.flatnonzero(reduced <= (solved.target - 1) / master.unit - linear.value + 1e-6)
    if len(kept) > LARGEST:
        return False
    before = solved.context.value
    solve_in_whole_bins(solved, [master.columns[c] for c in kept.tolist()], seconds)
    return solved.context.value != before


def solve_in_whole_bins(solved: SolvedNode, columns: list[Column], seconds: float) -> bool:
    """Offer the best packing of these columns if it beats the incumbent; whether it is known that none of them does."""
    if not columns:
        return True
    c, problem = solved.configurations, solved.node.problem
    unit, groups = solved.pricer.unit, len(c.demand)
    highs = QuietHighs()
    for option, value in (
        ("threads", 1),
        ("random_seed", solved.context.seed % 2**31),
        ("time_limit", min(seconds, solved.context.left)),
        ("mip_abs_gap", 0.0),
        ("mip_rel_gap", 0.0),
    ):
        highs.setOptionValue(option, value)
    cover = np.zeros((len(columns), groups), np.int64)
    for row, column in enumerate(columns):
        np.add.at(cover[row], c.group, column.count)
    prices = np.array([column.cost for column in columns]) / unit
    fewest = solved.node.at_least
    lower = np.concatenate([c.demand.astype(float), np.where(fewest > 0, fewest, -INFINITY), [-INFINITY]])
    upper = np.concatenate(
        [
            np.full(groups, INFINITY),
            np.where(problem.available < 0, INFINITY, problem.available),
            [INFINITY if solved.context.value is None else (solved.target - 1) / unit + 1e-7],
        ]
    )
    rows = len(lower)
    highs.addRows(rows, lower, upper, 0, np.zeros(rows, np.int32), np.zeros(0, np.int32), np.zeros(0))
    index, values, start = [], [], [0]
    for row, column in enumerate(columns):
        inside = np.flatnonzero(cover[row])
        index += [*inside.tolist(), groups + column.bin_type, rows - 1]
        values += [*cover[row, inside].tolist(), 1.0, float(prices[row])]
        start.append(len(index))
    count = len(columns)
    highs.addCols(
        count,
        prices,
        np.zeros(count),
        np.full(count, INFINITY),
        len(index),
        np.array(start[:-1], np.int32),
        np.array(index, np.int32),
        np.array(values),
    )
    highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), np.full(count, highspy.HighsVarType.kInteger))
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return True
    times = np.round(np.array(highs.getSolution().col_value)).astype(np.int64)
    if len(times) != count or (times @ cover < c.demand).any():
        return False
    bins = [(column, n) for column, n in zip(columns, times.tolist(), strict=True) if n > 0]
    offered = solved.offer(packing_of(bins, c, c.demand))
    return offered and status == highspy.HighsModelStatus.kOptimal
