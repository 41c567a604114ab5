"""The volume bound of bins of several types and prices, with what each item may stand in: the configuration LP of whole
copies relaxed to amounts.

Bins of each type are bought in parts and sell their resources; of an item they take up to so many copies as one bin holds:

    min sum cost_k y_k   with   sum_i size_ih x_ik <= capacity_kh y_k,  x_ik <= most_ik y_k,  sum_k x_ik >= demand_i.

A resource has a price in each bin type, and a copy is worth what it takes where that is cheapest. What copies are worth is a
dual solution of the configuration LP too: it bounds the cost of every packing, and is where that LP begins. (Compare the
linear relaxation in Correia, Gouveia and Saldanha-da-Gama, Computers & Operations Research 35, 2008, for one resource.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.column_generation.configurations import Configurations, configurations_of
from binpack_solvers.column_generation.master import DEAREST, INFINITY, SOLVED, Floats, quiet
from binpack_solvers.column_generation.node_certificate import feasible_duals, objective, rules_in_play
from binpack_solvers.column_generation.pricing import HIGHEST_FEE, WORTH, Duals
from binpack_solvers.context import Context
from binpack_solvers.problem import UNLIMITED, Problem

Int64 = NDArray[np.int64]

MOST_PAIRS, MOST_CAPPED = 100_000, 5_000
"""Pairs of an item and a bin type up to which the program is solved at all, and up to which it knows how many copies a bin
holds: a second or two."""
BY_VOLUME = "volume in bins of several types"
FINE = 2**40
"""How much finer than worth the prices of resources are, of which a bin may have 10**12 units."""


@dataclass(frozen=True)
class VolumeRelaxation:
    """worth (m,): what a copy of an item type is worth, in units of the dearest bin's cost. certificate : of the bound."""

    worth: Floats
    certificate: Certificate


def volume_relaxation(problem: Problem, seconds: float = INFINITY) -> VolumeRelaxation | None:
    """Of a problem whose rules look at one bin; setups and limits between different items are left out.

    None where the program is too large to be solved in so many seconds, or some copies have no place.
    """
    program = _Program(configurations_of(problem), seconds)
    if len(program.item) > MOST_PAIRS or not problem.cost.any() or not program.solve():
        return None
    c, duals, best = program.configurations, program.duals, program.best_values
    worth = np.zeros(problem.item_types)
    worth[c.item] = duals.profit[c.group] / (duals.scale * program.unit)
    values, fees, most = feasible_duals(c, duals, best)
    bound = max(0, -(-objective(problem, values, fees) // duals.scale))
    return VolumeRelaxation(
        worth, Certificate(duals.scale, values, fees, most, rules_in_play(problem, False), None, None, bound)
    )


def raise_bound_by_volume(context: Context, problem: Problem, dominated: Mapping[int, int]) -> Floats:
    """Raise the bound where there are bins of several prices without end, and give what copies are worth (m,) by it; empty
    where it says nothing. problem : the context's, with bins alone and without the ``dominated`` types."""
    prices = np.unique(problem.cost[problem.available == UNLIMITED])
    relaxation = volume_relaxation(problem, context.left) if len(prices) > 1 else None
    if relaxation is None:
        return np.empty(0)
    if relaxation.certificate.bound > context.bounds.cost:
        context.certificate = relaxation.certificate.with_bin_types(dominated)
    context.raise_bound(relaxation.certificate.bound, BY_VOLUME)
    return relaxation.worth


class _Program:
    """The dual program: prices of resources by bin type, worth of copies by demand group, charges for scarce bins and, for
    each pair of an ``item`` and a ``kind`` of bin, for taking one of the few copies that a bin holds."""

    def __init__(self, configurations: Configurations, seconds: float) -> None:
        self.configurations, problem = configurations, configurations.problem
        self.item, self.kind = np.nonzero((configurations.most > 0) & (problem.available != 0))
        self.unit = max(1, int(problem.cost.max()))
        self._room = np.maximum(1, problem.capacity.max(axis=0)).astype(float)
        self._highs = quiet({"time_limit": seconds})

    @property
    def _most(self) -> Int64:
        """Of each pair."""
        return np.asarray(self.configurations.most[self.item, self.kind])

    @property
    def _groups(self) -> Int64:
        """The variable of each pair's demand group, behind those of the resources."""
        return np.asarray(self.configurations.problem.capacity.size + self.configurations.group[self.item])

    def solve(self) -> bool:
        """False if there is no solution: then some copies have no place."""
        problem, demand = self.configurations.problem, self.configurations.demand
        t, d = problem.capacity.shape
        capped = len(self.item) <= MOST_CAPPED
        scarce = np.maximum(0, problem.available).astype(float)
        cost = np.concatenate([np.zeros(t * d), -demand.astype(float), scarce, np.zeros(capped * len(self.item))])
        upper = np.full(len(cost), INFINITY)
        upper[t * d + len(demand) :][:t][problem.available < 0] = 0.0
        self._highs.addVars(len(cost), np.zeros(len(cost)), upper)
        self._highs.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        self._add_pairs(capped)
        self._add_kinds(capped)
        self._highs.run()
        return self._highs.getModelStatus() in SOLVED

    def _add_pairs(self, capped: bool) -> None:
        """A copy is worth no more than what it takes of a bin, by resources and as one of few."""
        c = self.configurations
        t, d = c.problem.capacity.shape
        pairs = len(self.item)
        index = [self.kind[:, None] * d + np.arange(d), self._groups[:, None]]
        value = [-c.size[self.item] / self._room, np.ones((pairs, 1))]
        if capped:
            index.append(t * d + len(c.demand) + t + np.arange(pairs)[:, None])
            value.append(-np.ones((pairs, 1)))
        flat = np.hstack(index).astype(np.int32)
        start = np.arange(0, flat.size, flat.shape[1], dtype=np.int32)
        self._highs.addRows(
            pairs, np.full(pairs, -INFINITY), np.zeros(pairs), flat.size, start, flat.ravel(), np.hstack(value).ravel()
        )

    def _add_kinds(self, capped: bool) -> None:
        """A bin sells no more than it costs."""
        c, most = self.configurations, self._most
        t, d = c.problem.capacity.shape
        first = t * d + len(c.demand)
        for k in range(t):
            index, value = [*range(k * d, k * d + d), first + k], [*(c.problem.capacity[k] / self._room), -1.0]
            if capped:
                pairs = np.flatnonzero(self.kind == k)
                index, value = [*index, *(first + t + pairs)], [*value, *most[pairs]]
            cost = float(c.problem.cost[k]) / self.unit
            self._highs.addRow(-INFINITY, cost, len(index), np.array(index, np.int32), np.array(value, float))

    @cached_property
    def _values(self) -> Floats:
        return np.array(self._highs.getSolution().col_value)

    @property
    def duals(self) -> Duals:
        """As the pricing has them: worth cut down to integers, charges for scarce bins raised."""
        t, d = self.configurations.problem.capacity.shape
        scale = max(1, WORTH // self.unit)
        worth, charge = np.split(self._values[t * d : t * d + len(self.configurations.demand) + t], [-t])
        whole = np.floor(np.clip(worth, 0, DEAREST) * self.unit * scale).astype(np.int64)
        return Duals(whole, np.ceil(np.clip(charge, 0, HIGHEST_FEE) * self.unit * scale).astype(np.int64), scale)

    @property
    def best_values(self) -> list[int]:
        """(t,): no configuration of the type is worth more, whatever the prices: each copy at most its part of the room at
        these, and what it is worth above that as often as a bin holds it. In exact integers."""
        c, duals = self.configurations, self.duals
        t, d = c.problem.capacity.shape
        finest = self._values[: t * d].reshape(t, d) / self._room * (float(self.unit) * duals.scale * FINE)
        price = np.array([[int(p) for p in row] for row in np.maximum(0, finest).tolist()], object).reshape(t, d)
        best = (price * c.problem.capacity.astype(object)).sum(axis=1)
        taken = (price[self.kind] * c.size[self.item].astype(object)).sum(axis=1)
        above = duals.profit[c.group[self.item]].astype(object) * FINE - taken
        np.add.at(best, self.kind, np.maximum(0, above) * self._most.astype(object))
        return [int(-(-value // FINE)) for value in best]
