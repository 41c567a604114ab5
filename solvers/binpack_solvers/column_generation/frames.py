"""Frames: the items of a bin in the order of a search, with the completion tables that guide it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.configurations import Configurations, scaled_down
from binpack_solvers.column_generation.master import Floats
from binpack_solvers.column_generation.surrogates import surrogate_multipliers
from binpack_solvers.kernels.pattern_search import Items, completion_tables, promise

Int64 = NDArray[np.int64]

EXACT_CELLS = 10**8
"""Up to so many cells a table has a column for every unit of the capacity."""
COARSE_CELLS = 2 * 10**6
"""Beyond that few steps prune nearly as well as many."""
WIDEST_VECTOR_TABLE = 1024
SURROGATE_STEPS = 2**30
NO_TABLES = np.empty((0, 0, 0), np.int64)
ANYTHING = 2**62
"""More than any pattern is worth."""


@dataclass(frozen=True)
class Frame:
    """Items in the order of a search, with completion tables that serve several bin types; without tables: empty ones."""

    order: Int64
    items: Items
    table: Int64
    grid: Int64
    capacity: Int64  # (t, D), all bin types

    @property
    def exact(self) -> bool:
        """Whether the tables promise no more than there is, but for rules."""
        return len(self.grid) == 1 and int(self.grid[0]) == 1

    def worth(self, k: int) -> int:
        """What a bin of type k can be worth at most, by the tables alone."""
        if not self.table.size:
            return ANYTHING
        return max(0, int(promise(self.table, self.grid, self.capacity[k], 0)))


class Frames:
    """Makes the frames of one Problem. waste (d,): what a bin may leave over, -1: anything."""

    def __init__(self, configurations: Configurations, waste: Int64) -> None:
        problem = configurations.problem
        self.configurations, self.waste = configurations, waste
        self._setups = np.array([setup.size for setup in problem.setups], np.int64).reshape(-1, problem.resources)
        self._setup_cost = np.array([setup.cost for setup in problem.setups], np.int64)
        self._small = scaled_down(configurations.size, self._setups, problem.capacity)
        self._cells = np.empty(0, np.int64)

    def of(self, profit: Int64, most: Int64, demand: Int64, members: list[int], scale: int, search: bool) -> Frame:
        """A frame for bin types that take the same items, for profits (G,), most copies of an item (n,), demand (G,).

        scale : the profit that is worth a cost of 1. search : whether tables are wanted even if they promise too much.
        """
        c, problem = self.configurations, self.configurations.problem
        profit = profit[c.group]
        small, small_setups, small_capacity = self._small
        largest = np.maximum(1, small_capacity[members].max(axis=0))
        share = small / largest
        multipliers = surrogate_multipliers(share, profit.astype(float), most.astype(float))
        steps = np.floor(multipliers * SURROGATE_STEPS).astype(np.int64)
        weight = np.hstack([c.size, _combined(small, steps, largest)])
        setup_weight = np.hstack([self._setups, _combined(small_setups, steps, largest)])
        capacity = np.hstack([problem.capacity, _combined(small_capacity, steps, largest)])
        order = _order(share, profit, multipliers)
        items = self._items(order, weight, profit, most, demand, setup_weight, self._setup_cost * scale)
        budget = capacity[members].max(axis=0)
        grid = self._grid(budget, len(order))
        waste = np.full(len(grid), -1, np.int64)
        waste[: problem.resources] = np.where(grid[: problem.resources] == 1, self.waste, -1)
        if problem.resources > 1 and not search:
            return Frame(order, items, NO_TABLES, grid, capacity)
        table = self._table(len(grid), len(order) + 1, int((budget // grid).max()) + 1)
        completion_tables(items.weight, items.profit, items.most, budget, grid, waste, table)
        return Frame(order, items, table, grid, capacity)

    def _grid(self, budget: Int64, items: int) -> Int64:
        """Steps such that the tables stay within their memory; 1 where they can and should be exact."""
        rows = (items + 1) * len(budget)
        exact = rows * (int(budget.max()) + 1) <= EXACT_CELLS
        width = (EXACT_CELLS if exact else COARSE_CELLS) // rows
        if self.configurations.problem.resources > 1:
            width = min(width, WIDEST_VECTOR_TABLE)
        return np.maximum(1, -(-budget // max(1, width)))

    def _table(self, weights: int, rows: int, width: int) -> Int64:
        """Room for completion tables, the same memory every time: fresh pages cost as much as filling them."""
        cells = weights * rows * width
        if len(self._cells) < cells:
            self._cells = np.empty(cells, np.int64)
        return self._cells[:cells].reshape(weights, rows, width)

    def _items(
        self,
        order: Int64,
        weight: Int64,
        profit: Int64,
        most: Int64,
        demand: Int64,
        setup_weight: Int64,
        setup_price: Int64,
    ) -> Items:
        c = self.configurations
        arc_ptr, arcs = _reordered(c.arcs.ptr, np.stack([c.arcs.to, c.arcs.most, c.arcs.back], axis=1), order)
        pay_ptr, pay = _reordered(c.pays[0], c.pays[1][:, None], order)
        place = np.argsort(order)
        return Items(
            weight=np.ascontiguousarray(weight[order]),
            profit=profit[order],
            most=most[order],
            group=c.group[order],
            demand=demand,
            arc_ptr=arc_ptr,
            arc_to=place[arcs[:, 0]],
            arc_most=np.ascontiguousarray(arcs[:, 1]),
            arc_back=np.ascontiguousarray(arcs[:, 2]),
            pay_ptr=pay_ptr,
            pay=np.ascontiguousarray(pay[:, 0]),
            setup_weight=setup_weight,
            setup_price=setup_price,
        )


def _combined(size: Int64, steps: Int64, largest: Int64) -> Int64:
    """(x, s): surrogate weights; each term rounded down, so what fits in every resource fits here."""
    return np.asarray((steps[None] * size[:, None] // largest).sum(axis=2), np.int64).reshape(len(size), len(steps))


def _order(share: Floats, profit: Int64, multipliers: Floats) -> Int64:
    """Largest first for one resource; for several, the most profit for the scarce resources first."""
    if not len(multipliers):
        return np.argsort(-share[:, 0], kind="stable")
    return np.argsort(-(profit / np.maximum(share @ multipliers[0], 1e-12)), kind="stable")


def _reordered(ptr: Int64, rows: Int64, order: Int64) -> tuple[Int64, Int64]:
    """Compressed rows in another order."""
    if not len(rows):
        return ptr, rows
    lengths = np.diff(ptr)[order]
    index = np.concatenate([np.arange(ptr[i], ptr[i + 1]) for i in order] or [np.empty(0)]).astype(np.int64)
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), rows[index]
