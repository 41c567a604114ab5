"""Setups that cost something, as bin types of their own: bins that pay for them, and bins without, where no member stands.

Searches that look at one bin type after the other then gather the members on few bins, where a fee that a bin pays once it
holds one of them shows only in what a packing costs in the end. Every packing is one of the other problem for the same cost
and the other way round, but where bins are limited: each of the types made of one may be had as often as that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from binpack_solvers.packing import Packing
from binpack_solvers.problem import Int64, Problem
from binpack_solvers.reductions.bin_types_made_of import bin_types_made_of

MOST_FEES, MOST_TYPES = 4, 512
"""Sets of members with a fee, and bin types made of them, up to which this is done."""
LOOK_BEYOND = frozenset({"spread", "initial", "limits by domain"})
"""Rules that know bins by their types."""


@dataclass(frozen=True)
class PaidSetups:
    """``problem`` without setups that cost something. origin (t,) : the bin type that each of its bin types is made of."""

    problem: Problem
    origin: Int64

    def forth(self, packing: Packing) -> Packing:
        """The bins of a packing of the first problem, each as the cheapest type that may hold what is in it."""
        rows = []
        for k, items, times in packing.patterns:
            made = np.flatnonzero((self.origin == k) & self.problem.compatible[list(items)].all(axis=0))
            rows.append((int(made[np.argmin(self.problem.cost[made])]), items, times))
        return Packing.from_patterns(rows)

    def back(self, packing: Packing) -> Packing:
        """The same bins as those of the first problem, where they cost no more."""
        return Packing.from_patterns((int(self.origin[k]), items, times) for k, items, times in packing.patterns)


def with_paid_setups(problem: Problem) -> PaidSetups | None:
    """The problem with fees as bin types; None without fees, with too many, or with rules that tell bin types apart."""
    fees: dict[tuple[int, ...], list[int]] = {}
    for s, setup in enumerate(problem.setups):
        if setup.cost:
            fees.setdefault(tuple(sorted(setup.members)), []).append(s)
    if not 0 < len(fees) <= MOST_FEES or problem.rules & LOOK_BEYOND or problem.topology.shape[1]:
        return None
    made = [kind for k in range(problem.bin_types) for kind in _kinds(problem, k, list(fees.values()))]
    if len(made) > MOST_TYPES:
        return None
    origin = np.array([k for k, _ in made], np.int64)
    plain = bin_types_made_of(problem, origin)
    capacity, compatible, cost = np.array(plain.capacity), np.array(plain.compatible), np.array(plain.cost)
    for row, (k, paid) in enumerate(made):
        for members, setups in fees.items():
            for s in setups:
                setup = problem.setups[s]
                if k not in setup.types:
                    continue
                if s in paid:
                    capacity[row] -= np.array(setup.size, np.int64)
                    cost[row] += setup.cost
                else:
                    compatible[list(members), row] = False
    free = [setup for setup in plain.setups if not setup.cost]
    return PaidSetups(plain.replace(capacity=capacity, cost=cost, compatible=compatible, setups=free), origin)


def _kinds(problem: Problem, k: int, fees: Sequence[Sequence[int]]) -> Iterator[tuple[int, frozenset[int]]]:
    """A bin type with each set of fees that its bins may pay, and that leave room for the setups themselves."""
    here = []
    for setups in fees:
        asked = [s for s in setups if k in problem.setups[s].types]
        if asked and problem.compatible[list(problem.setups[asked[0]].members), k].any():
            here.append(asked)
    for chosen in product((False, True), repeat=len(here)):
        paid = [s for setups, pays in zip(here, chosen, strict=True) if pays for s in setups]
        size = np.sum([(0,) * problem.resources, *(problem.setups[s].size for s in paid)], axis=0)
        if (size <= problem.capacity[k]).all():
            yield k, frozenset(paid)
