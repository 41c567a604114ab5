"""Fleets: whole hosts of a given cost, each cut into places for boxes of certain kinds."""

from __future__ import annotations

import highspy
import numpy as np

from binpack_solvers.column_generation.columns import Columns, cover_of
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.column_generation.master import INFINITY, add_columns, add_rows, quiet
from binpack_solvers.nested.joint_master import JointMaster
from binpack_solvers.problem import Problem


def roomiest_fleet(
    master: JointMaster, items: Configurations, outer: Problem, cost: int, seconds: float
) -> Columns | None:
    """Hosts that cost at most ``cost``, one a row, of the contents known: those with which all demands could grow the most
    together if boxes were filled in parts; None if no such hosts hold everything, or in no time."""
    highs = quiet({"time_limit": max(0.01, seconds), "mip_rel_gap": 0.01})
    groups, kinds = len(items.demand), outer.item_types
    boxes, hosts = master.boxes, master.hosts
    limits = [np.where(outer.available < 0, INFINITY, outer.available), [float(cost)]]
    lower = np.concatenate([np.zeros(groups + kinds), np.full(outer.bin_types + 1, -INFINITY)])
    add_rows(highs, lower, np.concatenate([np.full(groups + kinds, INFINITY), *limits]))
    growth = np.concatenate([-items.demand, np.zeros(kinds + outer.bin_types + 1)])
    add_columns(highs, np.array([-1.0]), growth[None, :])
    highs.changeColBounds(0, 1.0, INFINITY)
    cover = cover_of(boxes.count, items.group, groups)
    places = -np.eye(kinds, dtype=np.int64)[boxes.bin_type]
    beside = np.zeros((len(boxes), outer.bin_types + 1), np.int64)
    add_columns(highs, np.zeros(len(boxes)), np.hstack([cover, places, beside]))
    types = np.eye(outer.bin_types, dtype=np.int64)[hosts.bin_type]
    none = np.zeros((len(hosts), groups), np.int64)
    add_columns(highs, np.zeros(len(hosts)), np.hstack([none, hosts.count, types, hosts.cost[:, None]]))
    whole = np.arange(1 + len(boxes), 1 + len(boxes) + len(hosts), dtype=np.int32)
    highs.changeColsIntegrality(len(whole), whole, np.full(len(whole), int(highspy.HighsVarType.kInteger), np.uint8))
    highs.run()
    if highs.getInfo().primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
        return None
    used = np.rint(np.array(highs.getSolution().col_value)[whole]).astype(np.int64)
    return hosts.take(np.repeat(np.arange(len(hosts)), used))
