"""A node of the tree with everything that solving it takes: what a bin may hold, the pricer, the master, the relaxation."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.branch import Content, Node
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.column_generation.master import Column, Master
from binpack_solvers.column_generation.packings import packing_of
from binpack_solvers.column_generation.pricing import Pricer
from binpack_solvers.column_generation.relaxation import Relaxation, ceiling, relax
from binpack_solvers.context import Context
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

ARTIFICIAL_COST = 10.0
NO_INCUMBENT = 2**62
KEPT_COLUMNS = 1500


class SolvedNode:
    """The relaxation of one node, generated until it is known whether the node can hold anything better than ``target``."""

    def __init__(self, node: Node, contents: Iterable[Content], context: Context) -> None:
        self.node, self.context = node, context
        self.configurations = configurations_of(node.problem)
        self.pricer = Pricer(self.configurations, allowed_waste(node, self.target), node.at_least)
        available = node.problem.available
        demand = self.configurations.demand
        self.master = Master(
            self.configurations.group, demand, available, node.at_least, self.pricer.unit, ARTIFICIAL_COST
        )
        self._start_from(contents)
        self.relaxation: Relaxation | None = None

    @property
    def target(self) -> int:
        """The cost to beat."""
        return NO_INCUMBENT if self.context.value is None else self.context.value.cost

    @property
    def bound(self) -> int:
        """No packing of this node costs less, unless it costs at least as much as the incumbent."""
        own = 0 if self.relaxation is None else ceiling(self.relaxation.bound)
        return max(own, self.context.bounds.cost)

    def relax(self) -> bool:
        """Generate columns; False if the time was not enough for any bound."""
        known = self.context.bounds.cost
        self.relaxation = relax(self.master, self.pricer, self.configurations.demand, self.context, self.target, known)
        return self.relaxation is not None

    def offer(self, packing: Packing) -> bool:
        """Offer a packing of this node's problem as one of the original problem."""
        return self.context.offer(self.node.expanded(packing))

    def offer_integral(self) -> bool:
        """Offer the relaxation itself if it is integral; whether it is."""
        assert self.relaxation is not None
        x = self.relaxation.linear.x
        times = np.round(x).astype(np.int64)
        used = np.flatnonzero(times)
        if (
            np.abs(x - times).max(initial=0) > 1e-6
            or (times[used] @ self.master.cover[used] < self.configurations.demand).any()
        ):
            return False
        bins = [(self.master.columns[c], int(times[c])) for c in used.tolist()]
        self.offer(packing_of(bins, self.configurations, self.configurations.demand))
        return True

    def contents(self) -> list[Content]:
        """The columns that cost the relaxation least, for the children."""
        assert self.relaxation is not None
        linear, columns, item = self.relaxation.linear, self.master.columns, self.configurations.item
        reduced = self.master.reduced_costs(linear)[: len(linear.x)]
        kept = np.argsort(reduced, kind="stable")[:KEPT_COLUMNS].tolist()
        basic = self.master.basic()
        return [
            Content(
                columns[c].bin_type,
                {int(item[n]): int(columns[c].count[n]) for n in np.flatnonzero(columns[c].count)},
                bool(basic[c]),
            )
            for c in kept
        ]

    def _start_from(self, contents: Iterable[Content]) -> None:
        """Add the contents that this node's bins may hold, without what takes no part here, and begin with their basis."""
        row = {int(i): n for n, i in enumerate(self.configurations.item)}
        columns: dict[tuple[int, bytes], Column] = {}
        basic = []
        for k, items, in_basis in contents:
            count = np.zeros(len(row), np.int64)
            for i, copies in items.items():
                if i in row:
                    count[row[i]] = copies
            key = (k, count.tobytes())
            if count.any() and key not in columns and (count <= self.configurations.most[:, k]).all():
                columns[key] = Column(k, count, self.pricer.cost(k, count))
                basic.append(in_basis)
        self.master.add(list(columns.values()))
        if any(basic):
            self.master.start_from(np.array(basic))


def allowed_waste(node: Node, target: int) -> Int64:
    """(d,): what a bin may leave over in a packing that beats ``target``, -1 where that says nothing.

    With bins of one type and size, all of them cost the same, so a better packing has a known number of bins at most, and
    all waste together is known (da Silva & Schouery 2025, the waste rule).
    """
    problem = node.problem
    free = np.full(problem.resources, -1, np.int64)
    cost = int(problem.cost[0])
    shared = any(len(group) > 1 for group in problem.demand_groups)
    if problem.bin_types > 1 or cost == 0 or shared or problem.setups:
        return free
    for h in range(problem.resources):
        left = left_over(problem, (target - 1) // cost, h)
        if 0 <= left < int(problem.capacity[0, h]):
            free[h] = left
    return free


def left_over(problem: Problem, bins: int, resource: int) -> int:
    """What so many bins of the one type leave over of a resource, all copies packed."""
    demand = zip(problem.sizes[:, resource].tolist(), problem.demands.tolist(), strict=True)
    return bins * int(problem.capacity[0, resource]) - sum(size * copies for size, copies in demand)


def contents_of(packing: Packing) -> list[Content]:
    """The bins of a packing as contents."""
    return [Content(k, items) for k, items, _ in packing.patterns]
