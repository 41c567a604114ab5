"""Pricing: configurations that would improve the master, or a proof that there are none, in exact integers.

Duals are cut down to integers first. Whatever rounding did to them, ``worth`` is then the true maximum (or a true upper
bound), so the bound drawn from both is valid without a tolerance (Held, Cook & Sewell 2012; da Silva & Schouery 2025).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns, joined_columns, no_columns
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.column_generation.frames import ANYTHING, Frame, Frames
from binpack_solvers.column_generation.heuristic_pricing import HeuristicPricing
from binpack_solvers.column_generation.master import Floats
from binpack_solvers.exact_sums import dot
from binpack_solvers.kernels.pattern_search import FREE, Items, diverse_rows, search_patterns

Int64 = NDArray[np.int64]

WORTH = 2**45
"""What the dearest bin costs, in the integers of the pricing: fine enough for 1e-13, and sums stay in 64 bits."""
HIGHEST_FEE = 2.0**17
"""In units: where there is no bin of a type, nothing else keeps its fee in range."""
MOST_FOUND = 4000
FEWEST_NODES = 50_000
MANY_TYPES = 4
"""Of more bin types each brings fewer patterns with the same item."""
PART_OF_PROMISE = 0.5
"""Of what the tables promise beyond a bin's cost, the part that a pattern has to bring at first."""


@dataclass(frozen=True)
class Duals:
    """Integers: ``profit`` (G,) per demand group, ``fee`` (t,) per bin of a scarce type; ``scale`` is worth a cost of 1."""

    profit: Int64
    fee: Int64
    scale: int


@dataclass
class Priced:
    """Columns that improve, and per bin type an upper bound on what a configuration is worth (profits less setup costs)."""

    worth: list[int]
    parts: list[Columns] = field(default_factory=list)
    complete: bool = True

    @property
    def columns(self) -> Columns:
        """All that were found."""
        return joined_columns(self.parts)


class Pricer:
    """Prices configurations of one Problem. ``waste`` (d,): what a bin may leave over, -1: anything. ``at_least`` (t,): bins
    that the branch wants of each type. ``least_seconds``: that pricing takes, as far as known; filling tables is not broken
    off."""

    def __init__(
        self,
        configurations: Configurations,
        waste: Int64 | None = None,
        at_least: Int64 | None = None,
        uses: int = 6,
    ) -> None:
        problem = configurations.problem
        self.configurations, self.uses = configurations, max(1, uses * MANY_TYPES // max(MANY_TYPES, problem.bin_types))
        self.problem = problem
        self.at_least = np.zeros(problem.bin_types, np.int64) if at_least is None else at_least
        self.waste = np.full(problem.resources, -1, np.int64) if waste is None else waste
        self.unit = max(1, int(problem.cost.max()))
        self.scale = max(1, WORTH // self.unit)
        n = len(configurations.item)
        self._framing = Frames(configurations, self.waste)
        self._heuristics = HeuristicPricing(configurations, self.waste, self.uses)
        self.least_seconds = 0.0
        self._paid = np.array([[k in s.types for s in problem.setups] for k in range(problem.bin_types)], np.bool_)
        costly = [s for s, setup in enumerate(problem.setups) if setup.cost]
        self._members_that_cost = {s: np.isin(configurations.item, problem.setups[s].members) for s in costly}
        self._found = np.zeros((min(MOST_FOUND, 4 * 10**6 // max(1, n) + 1), n), np.int64)
        kinds = np.unique(problem.compatible[configurations.item], axis=1, return_inverse=True)[1].ravel()
        self._alike = [np.flatnonzero(kinds == kind).tolist() for kind in range(int(kinds.max()) + 1)]

    def duals(self, dual: Floats, scarcity: Floats) -> Duals:
        """The master's duals as integers: profits cut down, fees raised; no fee on bins of which there is no end, where it
        would cost the bound nothing."""
        worth = float(self.unit) * self.scale
        fee = np.ceil(np.minimum(scarcity, HIGHEST_FEE) * worth).astype(np.int64)
        fee[(fee > 0) & (self.problem.available < 0)] = 0
        return Duals(np.floor(dual * worth).astype(np.int64), fee, self.scale)

    def columns(self, bin_type: Int64, count: Int64) -> Columns:
        """Contents (C, n) of bins of these types, with what such bins cost, setups included."""
        cost = self.problem.cost[bin_type]
        for s, members in self._members_that_cost.items():
            paid = self._paid[bin_type, s] & (count[:, members] > 0).any(axis=1)
            cost = cost + self.problem.setups[s].cost * paid
        return Columns(bin_type, count, cost)

    def price(self, duals: Duals, demand: Int64, nodes: int, slack: Fraction = Fraction(1)) -> Priced:
        """Improving configurations within the demands, of every bin type; at most ``nodes`` search nodes for each, 0: a
        heuristic only, where the tables are no good guide, and first, where many columns are needed.

        slack : where no configuration is worth more than so many times what it costs, that is as good as none improving.
        No search looks at a bin type that costs as much as all copies together are worth.
        """
        started = monotonic()
        thresholds = [
            duals.scale * cost + fee for cost, fee in zip(self.problem.cost.tolist(), duals.fee.tolist(), strict=True)
        ]
        sufficient = [
            max(least, min(ANYTHING, int(duals.scale * cost * slack) + fee - 1))
            for least, cost, fee in zip(thresholds, self.problem.cost.tolist(), duals.fee.tolist(), strict=True)
        ]
        priced = Priced([0] * self.problem.bin_types, [no_columns(len(self.configurations.item))])
        together = dot(np.maximum(0, duals.profit), demand)
        dear = [k for k, threshold in enumerate(thresholds) if threshold >= together]
        for k in dear:
            priced.worth[k] = together
        for k, most, frame in self._frames(duals, demand, nodes > 0 or self.configurations.large, dear):
            self._alone(priced, duals, k, thresholds[k])
            rows, worth, complete = self._improving(frame, k, most, thresholds[k], sufficient[k], nodes)
            diverse = self._diverse(self._found[:rows], frame.items.profit)
            priced.parts.append(self._found_columns(k, frame, self._found[diverse]))
            priced.worth[k] = max(priced.worth[k], worth)
            priced.complete &= complete
        seconds = monotonic() - started
        self.least_seconds = min(self.least_seconds or seconds, seconds)
        return priced

    def enumerate(self, duals: Duals, thresholds: list[int], most: int, nodes: int) -> Columns | None:
        """All configurations worth more than the threshold of their type, supersets standing for their subsets; None if
        there are more than ``most``, or too many to look through."""
        found = np.zeros((most + 1, len(self.configurations.item)), np.int64)
        listed = Priced([0] * self.problem.bin_types, [no_columns(len(self.configurations.item))])
        total = 0
        for k, copies, frame in self._frames(duals, self.configurations.demand):
            self._alone(listed, duals, k, thresholds[k])
            rows, _, complete = self._search(frame, k, copies, thresholds[k], FREE, nodes, found)
            total += rows
            if not complete or total > most:
                return None
            listed.parts.append(self._found_columns(k, frame, found[:rows]))
        return listed.columns

    def load(self, many: bool = False) -> None:
        """Compile or load the kernels, or those that only problems of many items call."""
        demand = self.configurations.demand
        duals = self.duals(np.ones(len(demand)), np.zeros(self.problem.bin_types))
        for k, most, frame in self._frames(duals, demand):
            items = self._items_in(frame, k, most)
            if many:
                self._heuristics.pairs(frame, items, k, 0, self._found)
            else:
                self._heuristics.find(frame, items, k, 0, self._found)
                self._search(frame, k, most, 0, self.uses, 1, self._found)

    def _frames(
        self, duals: Duals, demand: Int64, search: bool = True, left_out: Sequence[int] = ()
    ) -> Iterator[tuple[int, Int64, Frame]]:
        """Bin type, copies that it holds of each item, and the frame for it. search: with tables in any case. left_out: bin
        types that are not asked for."""
        c = self.configurations
        most = np.minimum(c.most, demand[c.group][:, None])
        most[c.exclusive] = 0
        for members in self._alike:
            usable = [k for k in members if self.problem.available[k] != 0 and k not in left_out]
            if usable:
                frame = self._framing.of(duals.profit, most[:, usable].max(axis=1), demand, usable, self.scale, search)
                for k in usable:
                    yield k, most[:, k], frame

    def _alone(self, priced: Priced, duals: Duals, k: int, threshold: int) -> None:
        """Exclusive items, each a configuration by itself."""
        c = self.configurations
        alone = np.flatnonzero(c.exclusive & (c.most[:, k] > 0))
        if not len(alone):
            return
        count = np.zeros((len(alone), len(c.item)), np.int64)
        count[np.arange(len(alone)), alone] = 1
        columns = self.columns(np.full(len(alone), k), count)
        setups = columns.cost - int(self.problem.cost[k])
        worth = duals.profit[c.group[alone]] - setups * duals.scale
        priced.worth[k] = max(priced.worth[k], int(worth.max(initial=0)))
        priced.parts.append(columns.take(worth > threshold))

    def _found_columns(self, k: int, frame: Frame, found: Int64) -> Columns:
        """Rows of a search as columns: the items in their own order again."""
        return self.columns(np.full(len(found), k), found[:, np.argsort(frame.order)])

    def _improving(
        self, frame: Frame, k: int, most: Int64, cost: int, sufficient: int, nodes: int
    ) -> tuple[int, int, bool]:
        """Rows of ``_found`` worth more than ``cost``, the most that any can be worth, and whether the search was complete.

        Where the tables are exact, or a heuristic has found none: first only what is worth much more, halfway to what the
        tables promise: fewer patterns and better ones. No further once it is known that none is worth more than is
        ``sufficient`` for the bound.
        """
        worth = frame.worth(k)
        if worth <= sufficient:
            return 0, worth, True
        if not nodes and (self.configurations.large or not frame.exact):
            items = self._items_in(frame, k, most)
            rows = self._heuristics.find(frame, items, k, cost, self._found)
            if rows or not frame.exact:
                return rows, worth, False
        promised = worth - cost
        halfway = cost + int(promised * PART_OF_PROMISE)
        for threshold in (max(halfway, sufficient), min(halfway, sufficient), cost):
            if threshold >= worth:
                continue
            rows, best, complete = self._search(
                frame, k, most, threshold, 2 * self.uses, max(FEWEST_NODES, nodes), self._found
            )
            worth = min(worth, max(threshold, best)) if complete else worth
            if rows or worth <= sufficient:
                break
        return rows, worth, complete

    def _items_in(self, frame: Frame, k: int, most: Int64) -> Items:
        """The frame's items in a bin of type k: setups are paid where the type is one of theirs."""
        paid = self._paid[k]
        return frame.items._replace(
            most=most[frame.order],
            setup_weight=np.where(paid[:, None], frame.items.setup_weight, 0),
            setup_price=np.where(paid, frame.items.setup_price, 0),
        )

    def _search(
        self, frame: Frame, k: int, most: Int64, threshold: int, uses: int, nodes: int, found: Int64
    ) -> tuple[int, int, bool]:
        """Search one bin type; see ``search_patterns``."""
        rows, best, complete = search_patterns(
            self._items_in(frame, k, most),
            frame.table,
            frame.grid,
            frame.capacity[k],
            self.problem.resources,
            self.waste,
            threshold,
            uses,
            nodes,
            False,
            found,
        )
        return int(rows), int(best), bool(complete)

    def _diverse(self, found: Int64, profit: Int64) -> Int64:
        """The rows of the patterns worth most, no item in more than ``uses`` of them."""
        return np.asarray(diverse_rows(found, np.argsort(-(found @ profit), kind="stable"), self.uses))
