"""The restricted master: a covering LP over the configurations known so far, kept warm in HiGHS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns, cover_of

Floats = NDArray[np.float64]
Int64 = NDArray[np.int64]

TOLERANCE = 1e-9
DEAREST = 10.0
"""Price of an artificial column, in units, for which no configuration is ever given up."""
OBJECTIVE_SCALE = 400.0
"""The solver's tolerance on duals is absolute and at least 1e-10: with a larger objective it is finer."""
LP_OPTIONS: dict[str, str | int | float] = {
    "presolve": "off",
    "simplex_strategy": 4,  # primal: columns are added to a basis that stays feasible
    "primal_feasibility_tolerance": TOLERANCE,
    "dual_feasibility_tolerance": TOLERANCE,
}
INTERIOR: dict[str, str | int | float] = {"solver": "ipm", "run_crossover": "off", "ipm_optimality_tolerance": 1e-6}
CROSSOVER: dict[str, str | int | float] = {"solver": "ipm", "run_crossover": "on", "ipm_optimality_tolerance": 1e-8}
SIMPLEX: dict[str, str | int | float] = {"solver": "simplex"}
SOLVED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown)
INFINITY = highspy.kHighsInf


@dataclass(frozen=True)
class LinearSolution:
    """Value, columns' values (C,), duals of the demand rows (G,), what a bin of each type is charged (t,): above 0 where
    bins are scarce, below 0 where the branch wants more of them; and the copies left to artificial columns (G,)."""

    value: float
    x: Floats
    dual: Floats
    scarcity: Floats
    artificial: Floats


class QuietHighs(highspy.Highs):
    """HiGHS that writes nothing, not even the banner that comes with its first callback."""

    def enableCallbacks(self) -> None:
        self.setOptionValue("output_flag", False)
        super().enableCallbacks()


class Master:
    """Rows: demand of each group (at least), bins of each type (between two limits). Costs in units of ``unit``.

    Demands are divided by ``scale`` so that huge ones stay within what a simplex handles; ``x`` is given back in bins.
    Every demand row has an artificial column, which covers a copy at a price: no dual rises above it. Low prices keep the
    duals near what the items are worth (du Merle et al. 1999, boxes on duals), and must be raised, up to ``DEAREST``, until
    the LP has no use for the artificial columns.
    """

    def __init__(
        self, group: Int64, demand: Int64, available: Int64, at_least: Int64, unit: int, price: Floats
    ) -> None:
        self.group, self.rows, self.unit, self.at_least = group, len(demand), unit, at_least
        self.scale = max(1.0, float(demand.max(initial=1)) / 1e5)
        self.price = np.minimum(price, DEAREST)
        self._known: set[tuple[int, bytes]] = set()
        self._size = 0
        self._central = False
        self._count = np.zeros((1024, len(group)), np.int64)
        self._cover = self._count if len(group) == self.rows else np.zeros((1024, self.rows), np.int64)
        self._type, self._cost = np.zeros(1024, np.int64), np.zeros(1024, np.int64)
        self._highs = quiet(LP_OPTIONS)
        lower = np.concatenate([demand / self.scale, np.where(at_least > 0, at_least / self.scale, -INFINITY)])
        upper = np.concatenate(
            [np.full(self.rows, INFINITY), np.where(available < 0, INFINITY, available / self.scale)]
        )
        add_rows(self._highs, lower, upper)
        add_columns(self._highs, self.price * OBJECTIVE_SCALE, np.eye(self.rows, len(lower)))

    @property
    def columns(self) -> Columns:
        """The configurations known."""
        return Columns(self._type[: self._size], self._count[: self._size], self._cost[: self._size])

    @property
    def cover(self) -> Int64:
        """(C, G): copies of each group in each configuration."""
        return self._cover[: self._size]

    def add(self, columns: Columns) -> Int64:
        """New configurations; those that are known are left out. The rows of ``columns`` that were added."""
        rows = np.array(self._unknown(columns), np.int64)
        if len(rows):
            self._append(columns.take(rows))
        return rows

    def _append(self, columns: Columns) -> None:
        start, end = self._size, self._size + len(columns)
        while len(self._type) < end:
            self._grow()
        self._type[start:end], self._count[start:end], self._cost[start:end] = (
            columns.bin_type,
            columns.count,
            columns.cost,
        )
        self._cover[start:end] = cover_of(columns.count, self.group, self.rows)
        self._size = end
        kinds = np.eye(len(self.at_least))[columns.bin_type]
        prices = columns.cost / self.unit * OBJECTIVE_SCALE
        add_columns(self._highs, prices, np.hstack([self._cover[start:end], kinds]))

    def set_prices(self, price: Floats) -> None:
        """Other prices of the artificial columns."""
        self.price = np.minimum(DEAREST, price)
        self._highs.changeColsCost(self.rows, np.arange(self.rows, dtype=np.int32), self.price * OBJECTIVE_SCALE)

    def raise_prices(self, rows: NDArray[np.bool_], factor: float) -> bool:
        """Dearer artificial columns in these rows; False if they are as dear as can be."""
        low = np.flatnonzero(rows & (self.price < DEAREST))
        self.price[low] = np.minimum(DEAREST, self.price[low] * factor)
        self._highs.changeColsCost(len(low), low.astype(np.int32), self.price[low] * OBJECTIVE_SCALE)
        return len(low) > 0

    def restrict(self, demand: Int64, available: Int64, at_least: Int64 | None = None) -> None:
        """Other demands and bins. Configurations that hold more than is demanded are put aside until it is again."""
        for row, copies in enumerate((demand / self.scale).tolist()):
            self._highs.changeRowBounds(row, copies, INFINITY)
        fewest = np.zeros(len(available)) if at_least is None else at_least
        for k, (low, high) in enumerate(zip(fewest.tolist(), available.tolist(), strict=True)):
            lower, upper = low / self.scale if low > 0 else -INFINITY, high / self.scale if high >= 0 else INFINITY
            self._highs.changeRowBounds(self.rows + k, lower, upper)
        count = self._size
        fits = (self.cover <= demand).all(axis=1)
        index = np.arange(self.rows, self.rows + count, dtype=np.int32)
        self._highs.changeColsBounds(count, index, np.zeros(count), np.where(fits, INFINITY, 0.0))

    def reduced_costs(self, linear: LinearSolution) -> Floats:
        """(C,): what each configuration costs more, in ``unit``, than the duals pay for it."""
        types, cost = self._type[: self._size], self._cost[: self._size]
        return np.asarray(cost / self.unit - self.cover @ linear.dual + linear.scarcity[types])

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

    def solve(self, seconds: float, central: bool = False) -> LinearSolution | None:
        """The LP's optimum; None if it was not reached in time, or the interior point method broke down.

        central : from the middle of the optimal face instead of a corner, and to 1e-6 only. Such duals bring columns that
        are of use longer (Gondzio, Gonzalez-Brevis & Munari 2013), but the solution has many more bins in parts.
        """
        options = INTERIOR if central else CROSSOVER if self._central else SIMPLEX
        set_options(self._highs, {**options, "time_limit": self._highs.getRunTime() + max(0.01, seconds)})
        if central or self._central:
            self._highs.clearSolver()  # what one method leaves behind can bring the other down
        self._central = central
        self._highs.run()
        if self._highs.getModelStatus() not in SOLVED[: 1 + central]:
            return None
        solution = self._highs.getSolution()
        value = self._highs.getInfo().objective_function_value / OBJECTIVE_SCALE * self.scale
        x = np.array(solution.col_value[self.rows :]) * self.scale
        dual = np.array(solution.row_dual) / OBJECTIVE_SCALE
        if central and not (np.isfinite(x).all() and np.isfinite(dual).all()):
            return None
        fee = np.where(self.at_least > 0, -dual[self.rows :], np.maximum(0, -dual[self.rows :]))
        artificial = np.array(solution.col_value[: self.rows]) * self.scale
        return LinearSolution(value, x, np.maximum(0, dual[: self.rows]), fee, artificial)

    def _unknown(self, columns: Columns) -> list[int]:
        """The rows of ``columns`` that were never added, and notes them."""
        fresh = []
        for row, k in enumerate(columns.bin_type.tolist()):
            key = (k, columns.count[row].tobytes())
            if key not in self._known:
                self._known.add(key)
                fresh.append(row)
        return fresh

    def _grow(self) -> None:
        """Twice the room."""
        shared = self._cover is self._count
        self._count = np.vstack([self._count, np.zeros_like(self._count)])
        self._cover = self._count if shared else np.vstack([self._cover, np.zeros_like(self._cover)])
        self._type, self._cost = np.append(self._type, self._type * 0), np.append(self._cost, self._cost * 0)


def add_rows(highs: highspy.Highs, lower: Floats, upper: Floats) -> None:
    """Rows without entries, to which columns are added."""
    rows = len(lower)
    highs.addRows(rows, lower, upper, 0, np.zeros(rows, np.int32), np.zeros(0, np.int32), np.zeros(0))


def add_columns(highs: highspy.Highs, cost: Floats, entries: NDArray[np.integer] | Floats) -> None:
    """Columns from 0 up, all in one call, which is much faster than one by one. entries : (columns, rows)."""
    count = len(entries)
    column, row = np.nonzero(entries)
    start = np.searchsorted(column, np.arange(count)).astype(np.int32)
    value = entries[column, row].astype(np.float64)
    highs.addCols(count, cost, np.zeros(count), np.full(count, INFINITY), len(row), start, row.astype(np.int32), value)


def quiet(options: Mapping[str, str | int | float]) -> highspy.Highs:
    """HiGHS on one thread that writes nothing, with these options."""
    highs = QuietHighs()
    set_options(highs, {"threads": 1, **options})
    return highs


def set_options(highs: highspy.Highs, options: Mapping[str, str | int | float]) -> None:
    """Several options at once."""
    for option, value in options.items():
        highs.setOptionValue(option, value)
