"""The part of a Problem that bounds look at: one row per demand group, relaxed so that every packing still keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.problem import MUST_BE_PACKED, UNLIMITED, Problem

Int64 = NDArray[np.int64]
PLENTY = 2**62


@dataclass(frozen=True)
class Demands:
    """G demand groups that have to be packed, with what any packing must give them.

    item (G,) : the first item type of the group, for messages. demand : copies, Python integers.
    size (G, d) : the least that a copy takes of each resource, over the alternatives.
    most (G, t) : no bin of the type holds more copies of the group than this; 0: the type takes none.
    setups : per group, the setups that its copies pay in every bin type that takes them.
    exclusive (G,) : every alternative is exclusive.
    """

    problem: Problem
    item: list[int]
    demand: list[int]
    size: Int64
    most: Int64
    setups: list[frozenset[int]]
    exclusive: NDArray[np.bool_]

    @cached_property
    def members(self) -> list[tuple[int, ...]]:
        """The item types of each group."""
        groups, group_of = self.problem.demand_groups, self.problem.group_of.tolist()
        return [groups[group_of[i]] for i in self.item]

    def subset(self, rows: list[int]) -> Demands:
        """The same for some of the groups only."""
        return Demands(
            self.problem,
            [self.item[g] for g in rows],
            [self.demand[g] for g in rows],
            self.size[rows],
            self.most[rows],
            [self.setups[g] for g in rows],
            self.exclusive[rows],
        )


def available_of(problem: Problem) -> list[int]:
    """Bins of each type, PLENTY where unlimited."""
    return [PLENTY if a == UNLIMITED else a for a in problem.available.tolist()]


def demands_of(problem: Problem, all_placed: bool = False) -> Demands:
    """The groups with a demand that must be packed; with ``all_placed`` the optional ones too."""
    first = problem.first_of_group
    first = first[(problem.demands[first] > 0) & (all_placed | (problem.optional[first] == MUST_BE_PACKED))]
    per_item = most_per_bin(problem)
    pays = paid_setups(problem, per_item)
    size, most, exclusive = problem.sizes[first], per_item[first], problem.exclusive[first]
    setups = [pays[i] for i in first.tolist()] if problem.setups else [frozenset()] * len(first)
    apart = _pairs_apart(problem)
    for row in np.flatnonzero(problem.alternatives[first] >= 0).tolist():
        group = problem.demand_groups[problem.group_of[first[row]]]
        size[row] = problem.sizes[list(group)].min(axis=0)
        exclusive[row] = problem.exclusive[list(group)].all()
        setups[row] = frozenset.intersection(*(pays[i] for i in group))
        if len(group) > 1:
            most[row] = _together(problem, group, per_item, size[row], apart)
    return Demands(
        problem,
        first.tolist(),
        problem.demands[first].tolist(),
        size,
        most,
        setups,
        exclusive,
    )


def most_per_bin(problem: Problem) -> Int64:
    """(m, t): how many copies of an item type alone one bin takes: room after its setups, exclusive, limits on itself."""
    room = np.broadcast_to(problem.capacity[None], (problem.item_types, *problem.capacity.shape)).copy()
    for setup in problem.setups:
        for i in setup.members:
            room[i, list(setup.types)] -= np.array(
                setup.size
            )  # capacity and sizes up to 2**62: one step stays in range
            np.maximum(room, -1, out=room)
    size = problem.sizes[:, None, :]
    fit = np.where(size > 0, room // np.maximum(size, 1), PLENTY)
    most = np.where((room < 0).any(axis=2), 0, fit.min(axis=2))
    most = np.where(problem.compatible & (np.array(available_of(problem)) > 0), np.maximum(most, 0), 0)
    most[problem.exclusive] = np.minimum(most[problem.exclusive], 1)
    own = problem.limits[(problem.limits[:, 0] == problem.limits[:, 1]) & (problem.limits[:, 3] == 0)]
    np.minimum.at(most, own[:, 0], own[:, 2, None])
    return np.asarray(most, np.int64)


def paid_setups(problem: Problem, most: Int64) -> list[frozenset[int]]:
    """Per item type, the setups that are paid in every bin type that takes it."""
    if not problem.setups:
        return [frozenset()] * problem.item_types
    paid: list[set[int]] = [set() for _ in range(problem.item_types)]
    for s, setup in enumerate(problem.setups):
        elsewhere = np.ones(problem.bin_types, np.bool_)
        elsewhere[list(setup.types)] = False
        for i in setup.members:
            if not (most[i] > 0)[elsewhere].any():
                paid[i].add(s)
    return [frozenset(setups) for setups in paid]


def _pairs_apart(problem: Problem) -> frozenset[tuple[int, int]]:
    """Pairs of different alternatives of one group that a limit of 0 keeps out of each other's bins."""
    i, j, cap, level = problem.limits.T
    group = problem.alternatives
    wanted = (level == 0) & (cap == 0) & (i != j) & (group[i] >= 0) & (group[i] == group[j])
    return frozenset((min(pair), max(pair)) for pair in problem.limits[wanted, :2].tolist())


def _together(
    problem: Problem, group: tuple[int, ...], per_item: Int64, size: Int64, apart: frozenset[tuple[int, int]]
) -> Int64:
    """(t,): copies of a group that one bin takes at most, over mixtures of its alternatives."""
    most = per_item[list(group)]
    if all((i, j) in apart for n, i in enumerate(group) for j in group[n + 1 :]):
        return np.asarray(most.max(axis=0), np.int64)
    total = np.array([min(PLENTY, sum(column)) for column in most.T.tolist()], np.int64)
    fit = np.where(size > 0, problem.capacity // np.maximum(size, 1), PLENTY).min(axis=1)
    return np.minimum(total, fit)
