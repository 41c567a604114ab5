"""The restricted master: a covering LP over the configurations known so far, kept warm in HiGHS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Int64 = NDArray[np.int64]

TOLERANCE = 1e-9
OBJECTIVE_SCALE = 400.0
"""The solver's tolerance on duals is absolute and at least 1e-10: with a larger objective it is finer."""
LP_OPTIONS: dict[str, str | int | float] = {
    "presolve": "off",
    "simplex_strategy": 4,  # primal: columns are added to a basis that stays feasible
    "primal_feasibility_tolerance": TOLERANCE,
    "dual_feasibility_tolerance": TOLERANCE,
}
INFINITY = highspy.kHighsInf
Entry = tuple[Int64, Floats]
"""The rows of a column, and its values in them."""


@dataclass(frozen=True)
class Column:
    """``count`` (n,) copies per item in one bin of ``bin_type``; ``cost`` includes setups."""

    bin_type: int
    count: Int64
    cost: int


@dataclass(frozen=True)
class LinearSolution:
    """Value, columns' values (C,), duals of the demand rows (G,), and what a bin of each type is charged (t,): above 0
    where bins are scarce, below 0 where the branch wants more of them."""

    value: float
    x: Floats
    dual: Floats
    scarcity: Floats


class QuietHighs(highspy.Highs):
    """HiGHS that writes nothing, not even the banner that comes with its first callback."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


class Master:
    """Rows: demand of each group (at least), bins of each type (between two limits). Costs in units of ``unit``.

    Demands are divided by ``scale`` so that huge ones stay within what a simplex handles; ``x`` is given back in bins.
    Every demand row has an artificial column, dear enough that no configuration is ever given up for it.
    """

    def __init__(
        self, group: Int64, demand: Int64, available: Int64, at_least: Int64, unit: int, artificial_cost: float
    ) -> None:
        self.group, self.rows, self.unit, self.at_least = group, len(demand), unit, at_least
        self.scale = max(1.0, float(demand.max(initial=1)) / 1e5)
        self.columns: list[Column] = []
        self._known: set[tuple[int, bytes]] = set()
        self._highs = quiet(LP_OPTIONS)
        lower = np.concatenate([demand / self.scale, np.where(at_least > 0, at_least / self.scale, -INFINITY)])
        upper = np.concatenate(
            [np.full(self.rows, INFINITY), np.where(available < 0, INFINITY, available / self.scale)]
        )
        add_rows(self._highs, lower, upper)
        self._cover = np.zeros((1024, self.rows), np.int64)
        self._add(np.full(self.rows, artificial_cost), [(np.array([g]), np.ones(1)) for g in range(self.rows)])

    def add(self, columns: Sequence[Column]) -> int:
        """New configurations; those that are known are left out. How many were added."""
        fresh = []
        for column in columns:
            key = (column.bin_type, column.count.tobytes())
            if key not in self._known:
                self._known.add(key)
                fresh.append(column)
        entries = []
        while len(self._cover) < len(self.columns) + len(fresh):
            self._cover = np.vstack([self._cover, np.zeros_like(self._cover)])
        self._cover[len(self.columns) : len(self.columns) + len(fresh)] = cover_of(fresh, self.group, self.rows)
        for row, column in enumerate(fresh, len(self.columns)):
            groups = np.flatnonzero(self._cover[row])
            entries.append((np.append(groups, self.rows + column.bin_type), np.append(self._cover[row, groups], 1.0)))
        self._add(np.array([column.cost / self.unit for column in fresh]), entries)
        self.columns += fresh
        return len(fresh)

    def restrict(self, demand: Int64, available: Int64, at_least: Int64 | None = None) -> None:
        """Other demands and bins. Configurations that hold more than is demanded are put aside until it is again."""
        for row, copies in enumerate((demand / self.scale).tolist()):
            self._highs.changeRowBounds(row, copies, INFINITY)
        fewest = np.zeros(len(available)) if at_least is None else at_least
        for k, (low, high) in enumerate(zip(fewest.tolist(), available.tolist(), strict=True)):
            lower, upper = low / self.scale if low > 0 else -INFINITY, high / self.scale if high >= 0 else INFINITY
            self._highs.changeRowBounds(self.rows + k, lower, upper)
        count = len(self.columns)
        fits = (self.cover <= demand).all(axis=1)
        index = np.arange(self.rows, self.rows + count, dtype=np.int32)
        self._highs.changeColsBounds(count, index, np.zeros(count), np.where(fits, INFINITY, 0.0))

    @property
    def cover(self) -> Int64:
        """(C, G): copies of each group in each configuration."""
        return self._cover[: len(self.columns)]

    def reduced_costs(self, linear: LinearSolution) -> Floats:
        """(C,): what each configuration costs more, in ``unit``, than the duals pay for it."""
        cost = np.array([column.cost for column in self.columns]) / self.unit
        types = np.array([column.bin_type for column in self.columns], np.int64)
        return np.asarray(cost - self.cover @ linear.dual + linear.scarcity[types])

    def basic(self) -> NDArray[np.bool_]:
        """(C,): columns in the basis of the last solve."""
        status = np.array([s == highspy.HighsBasisStatus.kBasic for s in self._highs.getBasis().col_status])
        return status[self.rows :]

    def start_from(self, columns: NDArray[np.bool_]) -> None:
        """Begin the next solve with these columns in the basis, as far as they make one."""
        basis = highspy.HighsBasis()
        kinds = (highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic)
        basis.col_status = [kinds[0]] * self.rows + [kinds[int(b)] for b in columns]
        basis.row_status = [kinds[0]] * self.rows + [kinds[1]] * (self._highs.getNumRow() - self.rows)
        self._highs.setBasis(basis)

    def solve(self, seconds: float) -> LinearSolution | None:
        """The LP's optimum; None if it was not reached in time."""
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(0.01, seconds))
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        value = self._highs.getInfo().objective_function_value / OBJECTIVE_SCALE * self.scale
        x = np.array(solution.col_value[self.rows :]) * self.scale
        dual = np.array(solution.row_dual) / OBJECTIVE_SCALE
        fee = np.where(self.at_least > 0, -dual[self.rows :], np.maximum(0, -dual[self.rows :]))
        return LinearSolution(value, x, np.maximum(0, dual[: self.rows]), fee)

    def _add(self, cost: Floats, entries: Sequence[Entry]) -> None:
        add_columns(self._highs, cost * OBJECTIVE_SCALE, entries)


def cover_of(columns: Sequence[Column], group: Int64, groups: int) -> Int64:
    """(len(columns), G): copies of each group in each column."""
    cover = np.zeros((len(columns), groups), np.int64)
    for row, column in enumerate(columns):
        np.add.at(cover[row], group, column.count)
    return cover


def add_rows(highs: highspy.Highs, lower: Floats, upper: Floats) -> None:
    """Rows without entries, to which columns are added."""
    rows = len(lower)
    highs.addRows(rows, lower, upper, 0, np.zeros(rows, np.int32), np.zeros(0, np.int32), np.zeros(0))


def add_columns(highs: highspy.Highs, cost: Floats, entries: Sequence[Entry]) -> None:
    """Columns from 0 up, all in one call, which is much faster than one by one."""
    count = len(entries)
    if not count:
        return
    start = np.cumsum([0, *(len(rows) for rows, _ in entries[:-1])]).astype(np.int32)
    index = np.concatenate([rows for rows, _ in entries]).astype(np.int32)
    value = np.concatenate([values for _, values in entries]).astype(np.float64)
    highs.addCols(count, cost, np.zeros(count), np.full(count, INFINITY), len(index), start, index, value)


def quiet(options: Mapping[str, str | int | float]) -> highspy.Highs:
    """HiGHS on one thread that writes nothing, with these options."""
    highs = QuietHighs()
    for option, value in {"threads": 1, **options}.items():
        highs.setOptionValue(option, value)
    return highs
