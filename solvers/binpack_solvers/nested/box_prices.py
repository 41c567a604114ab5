"""Prices of boxes that bound the cost of hosts, and the column generation that finds the best ones.

The argument. Give every kind of box a price such that the boxes which fit on one host are never worth more than the host
costs, and every item a price such that no content of a box is worth more than the box. Then the hosts cost at least what
all items are worth. The best prices are the duals of the LP over contents of boxes and of hosts (Gilmore & Gomory 1965,
two stages; the bound from duals that are not yet feasible is Farley's, 1990).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.column_generation.pricing import FEWEST_NODES, Duals, Priced, Pricer
from binpack_solvers.column_generation.relaxation import ceiling, feasible_share
from binpack_solvers.context import Context
from binpack_solvers.exact_sums import dot
from binpack_solvers.nested.joint_master import JointDuals, JointMaster
from binpack_solvers.nested.kinds import DEAREST, MOST_ON_A_HOST
from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

HOST_NODES, MOST_NODES, GROWTH = 200_000, 20_000_000, 8
HIGHEST = 2**55
"""Worth that is a bound: without tables there is none, which pricing states as more than this."""
ROUNDS_WITHOUT_BOUND = 5
"""After so many a bound is asked for: where it rounds up to what the LP can still reach, the rest of the LP says nothing."""


@dataclass(frozen=True, eq=False)
class BoxPrices:
    """item (m,): worth of a copy. box (S,): price of a box of each kind. fee (T,): of a host of each scarce type. scale:
    what a cost of 1 is in these.

    No content of a box is worth more than the box, and no boxes on a host of type t are worth more than scale * cost_t +
    fee_t, so that no packing costs less than ``bound``.
    """

    item: Int64
    box: Int64
    fee: Int64
    scale: Fraction

    def bound(self, problem: NestedProblem) -> int:
        """The least cost of hosts, from what all copies are worth."""
        inner = problem.inner
        return self.bound_of_boxes(problem, dot(self.item[inner.first_of_group], inner.demands[inner.first_of_group]))

    def bound_of_boxes(self, problem: NestedProblem, worth: int) -> int:
        """The least cost of hosts whose boxes are worth at least so much."""
        fees = dot(self.fee, np.maximum(0, problem.outer.available))
        return max(0, ceiling(Fraction(worth - fees) / self.scale))


class JointColumns:
    """Column generation for both stages. ``prices`` are those with the best bound so far, ``bound``; None before any."""

    def __init__(self, problem: NestedProblem, boxed: Problem, context: Context) -> None:
        self.problem, self.context = problem, context
        self.items = configurations_of(boxed.replace(cost=np.zeros(boxed.bin_types, np.int64)))
        self.boxes, self.hosts = Pricer(self.items), Pricer(configurations_of(_demanded(problem.outer)))
        self.master = JointMaster(self.items, problem.outer)
        self.bound = Fraction(0)
        self.prices: BoxPrices | None = None

    def run(self, enough: int) -> None:
        """Until no contents improve, the bound reaches ``enough``, no integer above it can be reached, or the time would not
        do for the next round."""
        nodes = without = 0
        while not self.context.over:
            duals = self.master.solve(self.context.left)
            if duals is None:
                return
            without = 0 if nodes else without + 1
            before = self.context.left
            added, complete = self._round(duals, nodes)
            took = before - self.context.left
            # what is covered at the price of a host, as where it wants one for itself, may stay so for good
            known = duals.covered or not added
            reached = known and ceiling(self.bound) >= ceiling(duals.value * self.hosts.unit - 1e-6)
            if ceiling(self.bound) >= enough or reached or (not added and (complete or nodes >= MOST_NODES)):
                return
            if not added and nodes and GROWTH * took > self.context.left:
                return
            nodes = max(FEWEST_NODES, nodes * GROWTH) if not added else FEWEST_NODES * (without == ROUNDS_WITHOUT_BOUND)

    def _round(self, duals: JointDuals, nodes: int) -> tuple[int, bool]:
        """One round of pricing at both stages; how many contents are new, and whether all were looked through."""
        scale = float(self.boxes.scale)
        copy = np.floor(duals.copy * scale).astype(np.int64)
        place = np.ceil(duals.box * scale).astype(np.int64)
        boxes = self.boxes.price(Duals(copy, place, self.boxes.scale), self.items.demand, nodes)
        added = self.master.add_boxes(boxes.columns)
        added += self.master.add_hosts(self._priced_hosts(place, duals).columns)
        if max(boxes.worth) > HIGHEST:
            return added, False
        worth = np.array(boxes.worth, np.int64)  # prices at which no content of a box is worth more than the box
        hosts = self._priced_hosts(worth, duals)
        added += self.master.add_hosts(hosts.columns)
        if max(hosts.worth) <= HIGHEST:
            self._take(copy, worth, hosts.worth, duals)
        return added, boxes.complete and hosts.complete

    def _priced_hosts(self, price: Int64, duals: JointDuals) -> Priced:
        demand = self.hosts.configurations.demand
        return self.hosts.price(self._host_duals(price, duals), demand, HOST_NODES)

    def _host_duals(self, price: Int64, duals: JointDuals) -> Duals:
        """The duals of hosts with these prices for boxes."""
        return Duals(price, self.hosts.duals(duals.copy[:0], duals.fee).fee, self.hosts.scale)

    def _take(self, copy: Int64, worth: Int64, hosts: list[int], duals: JointDuals) -> None:
        """The bound that these duals prove, and their prices, if none was better."""
        host_duals = self._host_duals(worth, duals)
        share = feasible_share(self.hosts.problem, host_duals, hosts)
        total = dot(copy, self.items.demand) - dot(host_duals.fee, np.maximum(0, self.problem.outer.available))
        bound = share * Fraction(total, self.hosts.scale)
        if bound > self.bound or self.prices is None:
            down = share * Fraction(DEAREST, self.hosts.unit * self.hosts.scale)
            item = np.zeros(self.problem.inner.item_types, np.int64)
            item[self.items.item] = _scaled(copy, down)[self.items.group]
            fee = -_scaled(-host_duals.fee, down)  # up; the others down: sums of them stay below what they were
            scale = Fraction(DEAREST, self.hosts.unit)
            self.bound, self.prices = max(bound, self.bound), BoxPrices(item, _scaled(worth, down), fee, scale)


def _scaled(values: Int64, factor: Fraction) -> Int64:
    """Times the factor, rounded down."""
    return np.array([int(value * factor // 1) for value in values.tolist()], np.int64)


def _demanded(outer: Problem) -> Problem:
    """With as many boxes of each kind as any host holds, and one of those that no host holds."""
    most = np.minimum(most_per_bin(outer).max(axis=1), MOST_ON_A_HOST)
    return outer.replace(demands=np.maximum(1, most), minimum_bins=0)
