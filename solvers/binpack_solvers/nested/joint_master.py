"""The LP over contents of boxes and of hosts: every box that is filled stands in a place that some host has for it."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns, cover_of, joined_columns, no_columns
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.column_generation.master import INFINITY, TOLERANCE, add_columns, add_rows, quiet
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class JointDuals:
    """Value, in costs of the dearest host; duals: of a copy (G,), of a box of each kind (S,), what a host of each scarce
    type is charged (T,); and whether all copies are covered by contents that are known."""

    value: float
    copy: Floats
    box: Floats
    fee: Floats
    covered: bool


class JointMaster:
    """Rows: demand groups (at least), kinds of boxes (places on hosts, at least as many as boxes), hosts of each type (at
    most). Columns: contents of boxes, which cost nothing but a place, and contents of hosts. ``Master`` has no rows of the
    second kind; a copy of each demand group is first covered at the price of a whole dearest host."""

    def __init__(self, items: Configurations, outer: Problem) -> None:
        self._items, self._unit = items, max(1, int(outer.cost.max()))
        self._groups, self._kinds, self._types = len(items.demand), outer.item_types, outer.bin_types
        self._outer = outer
        self._highs = quiet({"presolve": "off", "simplex_strategy": 4})
        lower = np.concatenate([items.demand, np.zeros(self._kinds), np.full(self._types, -INFINITY)]).astype(float)
        upper = np.concatenate(
            [
                np.full(self._groups + self._kinds, INFINITY),
                np.where(outer.available < 0, INFINITY, outer.available),
            ]
        )
        add_rows(self._highs, lower, upper)
        add_columns(self._highs, np.ones(self._groups), np.eye(self._groups, len(lower)))
        self._known: set[tuple[str, int, bytes]] = set()
        self.boxes, self.hosts = no_columns(len(items.item)), no_columns(outer.item_types)

    def add_boxes(self, columns: Columns) -> int:
        """New contents of boxes; how many of them were not known."""
        fresh = self._fresh("boxes", columns)
        cover = cover_of(fresh.count, self._items.group, self._groups)
        places = -np.eye(self._kinds, dtype=np.int64)[fresh.bin_type]
        none = np.zeros((len(fresh), self._types), np.int64)
        add_columns(self._highs, np.zeros(len(fresh)), np.hstack([cover, places, none]))
        self.boxes = joined_columns([self.boxes, fresh])
        return len(fresh)

    def add_hosts(self, columns: Columns) -> int:
        """New contents of hosts, which are boxes; how many of them were not known."""
        fresh = self._fresh("hosts", columns)
        none = np.zeros((len(fresh), self._groups), np.int64)
        types = np.eye(self._types, dtype=np.int64)[fresh.bin_type]
        add_columns(self._highs, fresh.cost / self._unit, np.hstack([none, fresh.count, types]))
        self.hosts = joined_columns([self.hosts, fresh])
        return len(fresh)

    def solve(self, seconds: float) -> JointDuals | None:
        """The LP's optimum; None if it was not reached in time."""
        highs = self._highs
        highs.setOptionValue("time_limit", highs.getRunTime() + max(0.01, seconds))
        highs.run()
        if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = highs.getSolution()
        dual = np.maximum(0, np.array(solution.row_dual) * self._signs())
        boxes = self._groups + self._kinds
        covered = bool((np.array(solution.col_value[: self._groups]) <= TOLERANCE).all())
        value = highs.getInfo().objective_function_value
        return JointDuals(value, dual[: self._groups], dual[self._groups : boxes], dual[boxes:], covered)

    def _signs(self) -> Floats:
        return np.concatenate([np.ones(self._groups + self._kinds), -np.ones(self._types)])

    def _fresh(self, stage: str, columns: Columns) -> Columns:
        """Those that were never added at this stage, each once, and notes them."""
        rows = []
        for row, k in enumerate(columns.bin_type.tolist()):
            key = (stage, k, columns.count[row].tobytes())
            if key not in self._known:
                self._known.add(key)
                rows.append(row)
        return columns.take(np.array(rows, np.int64))
