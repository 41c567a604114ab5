"""Pricing by heuristics, for where completion tables are no good guide or many columns are needed; never a proof.

With many items an LP needs many columns before it says anything, and its best patterns soon are worth little more than a
bin costs. A search that gives every first item the same share of its nodes finds the ones that are worth much more; filling
bins exactly, by pairs, finds the ones that are worth a little more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.column_generation.frames import Frame
from binpack_solvers.kernels.pair_patterns import pair_patterns
from binpack_solvers.kernels.pattern_search import Items, greedy_patterns, search_patterns

Int64 = NDArray[np.int64]

PARTS_OF_PROMISE = (0.5, 0.25, 0.0)
"""Tables that promise too much say little about where half of it is: less is asked for until there are enough patterns."""
ITEMS_FOR_A_PATTERN = 5
TRIALS, PAIR_STEPS = 8, 15_000_000
SPREAD_NODES = 300
"""For each item that a pattern may begin with, where taking one is cheap; ``CHEAP_ARCS`` limits cost as much again."""
CHEAP_ARCS = 64
GREEDY_LOOKS = np.int64(3_000_000)
"""About 40 ms with ten resources: a kernel cannot be broken off, and a time limit of a second should hold."""


class HeuristicPricing:
    """Finds improving patterns of one Problem, other ones at every call. waste (d,): what a bin may leave over, -1:
    anything. uses : about so many patterns with the same item."""

    def __init__(self, configurations: Configurations, waste: Int64, uses: int) -> None:
        problem = configurations.problem
        self.waste, self.uses, self.resources = waste, uses, problem.resources
        self._plain = len(configurations.arcs.to) == 0 and not problem.setups
        self._plain &= len(configurations.demand) == len(configurations.item)
        self._large = configurations.large
        self._calls = 0

    def find(self, frame: Frame, items: Items, k: int, cost: int, found: Int64) -> int:
        """Patterns of a bin of type k worth more than ``cost``, into the rows of ``found`` (P, n); how many."""
        rows = self._many(frame, items, k, cost, found) if self._large else 0
        if rows:
            return rows
        return int(greedy_patterns(items, frame.capacity[k], self.resources, self.waste, cost, GREEDY_LOOKS, found))

    def _many(self, frame: Frame, items: Items, k: int, cost: int, found: Int64) -> int:
        """The same for many items, the better patterns first until there are enough."""
        rows, promised = 0, frame.worth(k) - cost
        enough = min(len(items.profit) // ITEMS_FOR_A_PATTERN, len(found))
        for part in PARTS_OF_PROMISE:
            if rows < enough:
                rows += self._spread(frame, items, k, cost + int(promised * part), found[rows:])
        if rows < enough and self._plain:
            rows += self.pairs(frame, items, k, cost, found[rows:])
        return rows

    def _spread(self, frame: Frame, items: Items, k: int, threshold: int, found: Int64) -> int:
        """By a search that is cut short, but looks everywhere."""
        count, capacity = len(items.profit), frame.capacity[k]
        nodes = SPREAD_NODES * count * count // (count + len(items.arc_to) // CHEAP_ARCS)
        return int(
            search_patterns(
                items,
                frame.table,
                frame.grid,
                capacity,
                self.resources,
                self.waste,
                threshold,
                2 * self.uses,
                nodes,
                True,
                found,
            )[0]
        )

    def pairs(self, frame: Frame, items: Items, k: int, cost: int, found: Int64) -> int:
        """By random contents, each completed with the best pair of items."""
        self._calls += 1
        capacity, resources = frame.capacity[k], self.resources
        return int(
            pair_patterns(
                items, capacity, resources, self.waste, cost, TRIALS, self.uses, PAIR_STEPS, self._calls, found
            )
        )
