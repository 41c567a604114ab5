"""The best packing from the columns known, and the proof where they are all that matter: the master in whole bins."""

from __future__ import annotations

import highspy
import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns, cover_of
from binpack_solvers.column_generation.master import INFINITY, add_columns, add_rows, quiet
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.packings import packing_of

Int64 = NDArray[np.int64]
MOST_COLUMNS = 20_000


def solve_restricted_master(solved: SolvedNode, seconds: float) -> None:
    """Offer the best packing of the master's columns, less those that cost the relaxation too much."""
    master = solved.master
    linear = master.solve(solved.context.left)
    if linear is None:
        return
    affordable = (solved.target - 1) / master.unit - linear.value + 1e-6
    kept = np.flatnonzero(master.reduced_costs(linear) <= affordable)
    if len(kept) <= MOST_COLUMNS:
        solve_in_whole_bins(solved, master.columns.take(kept), seconds)


def solve_in_whole_bins(solved: SolvedNode, columns: Columns, seconds: float) -> bool:
    """Offer the best packing of these columns if it beats the incumbent; whether it is known that none of them does."""
    if not len(columns):
        return True
    c = solved.configurations
    cover = cover_of(columns.count, c.group, len(c.demand))
    highs = _program(solved, columns, cover, seconds)
    highs.run()
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return True
    times = np.round(np.array(highs.getSolution().col_value)).astype(np.int64)
    if len(times) != len(columns) or (times @ cover < c.demand).any():
        return False
    bins = [(columns[row], int(times[row])) for row in np.flatnonzero(times).tolist()]
    offered = solved.offer(packing_of(bins, c, c.demand))
    return offered and status == highspy.HighsModelStatus.kOptimal


def _program(solved: SolvedNode, columns: Columns, cover: Int64, seconds: float) -> highspy.Highs:
    """Cover the demands with whole bins, as many of each type as the node allows, for less than the incumbent costs."""
    context, problem, demand = solved.context, solved.node.problem, solved.configurations.demand
    fewest, unit, groups = solved.node.at_least, solved.pricer.unit, len(demand)
    most_cost = INFINITY if context.value is None else (solved.target - 1) / unit + 1e-7
    most_bins = np.where(problem.available < 0, INFINITY, problem.available)
    lower = np.concatenate([demand.astype(float), np.where(fewest > 0, fewest, -INFINITY), [-INFINITY]])
    upper = np.concatenate([np.full(groups, INFINITY), most_bins, [most_cost]])
    highs = quiet(
        {
            "random_seed": context.seed % 2**31,
            "time_limit": min(seconds, context.left),
            "mip_abs_gap": 0.0,
            "mip_rel_gap": 0.0,
        }
    )
    add_rows(highs, lower, upper)
    prices = columns.cost / unit
    kinds = np.eye(problem.bin_types)[columns.bin_type]
    add_columns(highs, prices, np.hstack([cover, kinds, prices[:, None]]))
    count = len(columns)
    highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), np.full(count, highspy.HighsVarType.kInteger))
    return highs
