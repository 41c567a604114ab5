"""A node of the tree with everything that solving it takes: what a bin may hold, the pricer, the master, the relaxation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.bin_counts import cost_of_bins
from binpack_solvers.column_generation.bins_marked import without_marks
from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.configurations import Configurations, configurations_of
from binpack_solvers.column_generation.contents import Contents
from binpack_solvers.column_generation.master import Floats, Master
from binpack_solvers.column_generation.packings import packing_of
from binpack_solvers.column_generation.pricing import Pricer
from binpack_solvers.column_generation.relaxation import MOST_NODES, Relaxation, ceiling, relax
from binpack_solvers.context import Context
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

NO_INCUMBENT = 2**62
KEPT_COLUMNS = 1500
MOST_RISE = 0.05
LOW = 0.2
LEFT_OVER = 1e-3
"""Of all bins, in every resource: what no packing fills."""


class SolvedNode:
    """The relaxation of one node, generated until it is known whether the node can hold anything better than ``target``.
    ``counted``: what whole bins of several types cost at least, by the duals of ``counted_by`` (None: by volume alone)."""

    def __init__(self, node: Node, contents: Contents, context: Context) -> None:
        self.node, self.context = node, context
        self._all_bins = cost_of_all_bins(node.problem)
        self.configurations = configurations_of(node.problem)
        self.pricer = Pricer(self.configurations, allowed_waste(node, self.target), node.at_least)
        self.master = Master(
            self.configurations.group,
            self.configurations.demand,
            node.problem.available,
            node.at_least,
            self.pricer.unit,
            self._prices(contents.worth),
        )
        self._start_from(contents)
        self.relaxation: Relaxation | None = None
        self.counted = 0
        self.counted_by: Relaxation | None = None
        self._count_bins()

    @property
    def target(self) -> int:
        """The cost to beat; without a packing, what cannot be reached with the bins that there are."""
        return self._all_bins + 1 if self.context.value is None else self.context.value.cost

    @property
    def bound(self) -> int:
        """No packing of this node costs less, unless it costs at least as much as the incumbent."""
        return max(self.linear_bound, self.counted, self.context.bounds.cost)

    @property
    def linear_bound(self) -> int:
        """What the relaxation alone says; 0 as long as there is none."""
        return 0 if self.relaxation is None else ceiling(self.relaxation.bound)

    @property
    def known(self) -> int:
        """A bound from elsewhere, above which that of an LP has to rise to be of use; 0 with bins of several types, of which
        whole numbers say more than any LP: its duals are wanted for them, and its columns."""
        return self.context.bounds.cost if self.node.problem.bin_types == 1 else 0

    @property
    def settled(self) -> bool:
        """Whether a longer search for columns could add nothing to the relaxation."""
        return self.relaxation is not None and self.relaxation.settled

    def relax(self, most_nodes: int = MOST_NODES, tight: bool = False) -> bool:
        """Generate columns, with so many search nodes for one bin type; False if the time was not enough for any bound."""
        demand = self.configurations.demand
        found = relax(
            self.master,
            self.pricer,
            demand,
            self.context,
            self.target,
            self.known,
            most_nodes=most_nodes,
            tight=tight,
            central=self.relaxation is None and self.configurations.large,
        )
        if found is not None and (before := self.relaxation) is not None and before.bound > found.bound:
            found.bound, found.duals, found.worth = before.bound, before.duals, before.worth
        self.relaxation = found or self.relaxation
        self._count_bins()
        return self.relaxation is not None

    def _count_bins(self) -> None:
        """Raise the bound to what whole bins of several types cost, by volume and by the relaxation's duals."""
        if self.node.problem.bin_types > 1:
            cost = cost_of_bins(self.pricer, self.relaxation, self.bound, self.target)
            if cost > self.counted:
                self.counted, self.counted_by = cost, self.relaxation

    def offer(self, packing: Packing) -> bool:
        """Offer a packing of this node's problem as one of the original problem."""
        return self.context.offer(without_marks(self.node.expanded(packing), self.context.problem.item_types))

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

    def contents(self) -> Contents:
        """The columns that cost the relaxation least, for the children."""
        assert self.relaxation is not None
        linear, columns = self.relaxation.linear, self.master.columns
        reduced = self.master.reduced_costs(linear)[: len(linear.x)]
        kept = np.argsort(reduced, kind="stable")[:KEPT_COLUMNS]
        count = columns.count[kept]
        whole = np.zeros((len(kept), self.node.problem.item_types), np.min_scalar_type(int(count.max(initial=0))))
        whole[:, self.configurations.item] = count
        worth = np.zeros(self.node.problem.item_types)
        worth[self.configurations.item] = linear.dual[self.configurations.group]
        return Contents(columns.bin_type[kept], whole, self.master.basic()[kept], worth)

    def prices(self) -> Floats:
        """(G,): prices of artificial columns a little above the duals of the relaxation."""
        assert self.relaxation is not None
        return self._near(self.relaxation.linear.dual)

    def _prices(self, worth: Floats) -> Floats:
        c = self.configurations
        if not len(worth):
            return likely_worth(c, self.context.bounds.cost, self.target) / self.pricer.unit
        dual = np.zeros(len(c.demand))
        np.maximum.at(dual, c.group, worth[c.item])
        return self._near(dual)

    def _near(self, dual: Floats) -> Floats:
        c = self.configurations
        rise = min(MOST_RISE, self.target / max(1, self.context.bounds.cost) - 1)
        floor = likely_worth(c, self.context.bounds.cost, self.target) / self.pricer.unit
        return np.maximum(dual * (1 + rise), LOW * floor)

    def _start_from(self, contents: Contents) -> None:
        """Add the contents that this node's bins may hold, without what takes no part here, and begin with their basis."""
        count = contents.count[:, self.configurations.item].astype(np.int64)
        fits = count.any(axis=1) & (count <= self.configurations.most.T[contents.bin_type]).all(axis=1)
        left = self.node.problem.capacity[contents.bin_type] - count @ self.configurations.size
        fits &= ((self.pricer.waste < 0) | (left <= self.pricer.waste)).all(axis=1)
        added = self.master.add(self.pricer.columns(contents.bin_type[fits], count[fits]))
        basic = contents.basic[fits][added]
        if basic.any():
            self.master.start_from(basic)


def cost_of_all_bins(problem: Problem) -> int:
    """What no packing costs more than: all bins with all setups; NO_INCUMBENT - 1 where there is no end of bins."""
    available = problem.available.tolist()
    if min(available) < 0:
        return NO_INCUMBENT - 1
    bins = sum(cost * count for cost, count in zip(problem.cost.tolist(), available, strict=True))
    setups = sum(setup.cost * sum(available[k] for k in setup.types) for setup in problem.setups)
    return min(bins + setups, NO_INCUMBENT - 1)


def likely_worth(configurations: Configurations, known: int, target: int) -> Floats:
    """(G,): what a copy of each group may be worth, in proportion to its largest share of a bin and to what the cheapest
    bin costs for that, such that all together are worth ``target``, or twice the ``known`` bound without an incumbent.

    With many copies it is the share of scarce resources that counts: see ``scarce_share``.
    """
    problem, c = configurations.problem, configurations
    shares = c.size[:, None] / np.maximum(1, problem.capacity)
    share = (scarce_share(c, shares) if c.large else shares.max(axis=2)) * problem.cost
    least = np.where(c.most > 0, share, np.inf).min(axis=1)
    worth = np.full(len(c.demand), np.inf)
    np.minimum.at(worth, c.group, least)
    worth[~np.isfinite(worth)] = 0
    worth = np.maximum(worth, 1e-6 * max(1, int(problem.cost.max())))
    together = 2 * known if target == NO_INCUMBENT else target
    return np.asarray(worth * (max(1, together) / float(worth @ c.demand)))


def scarce_share(configurations: Configurations, shares: Floats) -> Floats:
    """(n, t): the mean of an item's ``shares`` (n, t, d) of a bin, each resource weighted by one over what all copies leave
    of it in as many bins as they take of the scarcest one.

    With many rows and many copies bins can be filled so well that the LP's value is the volume bound of the scarcest
    resource: its optimal duals are the shares of that one.
    """
    c = configurations
    volume = c.demand[c.group].astype(np.float64) @ shares.min(axis=1)
    weight = 1 / (1 - volume / np.maximum(volume.max(), 1.0) + LEFT_OVER)
    return np.asarray(shares @ (weight / weight.sum()))


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
