"""Which item types have to stay together, or had better, when a problem is split."""

from __future__ import annotations

from typing import NamedTuple

from binpack_solvers.problem import Problem

MANY = 4
"""Copies for each part from which tied item types are dealt evenly all the same: every part has enough of each."""


class Ties(NamedTuple):
    """Demand groups that are tied. ``whole``: they go to one part together."""

    groups: list[tuple[int, ...]]
    whole: bool


def tied_groups(problem: Problem, parts: int) -> list[Ties]:
    """Every demand group, with those to which a rule ties it.

    ``requires`` ties always: what stands only beside another needs that one in its part. A setup ties members with few
    copies, as far as all that is tied stays few: each part with one of them pays it. Alternatives are one group. Limits
    tie nothing: they hold within each bin, and like parts hold like shares of whom they keep apart.
    """
    groups = problem.demand_groups
    group_of = problem.group_of.tolist()
    forest = _Forest([int(problem.demands[group[0]]) for group in groups])
    for i, j in problem.requires[:, :2].tolist():
        forest.join(group_of[i], group_of[j])
    for setup in problem.setups:
        members = sorted({group_of[i] for i in setup.members})
        for g in members[1:]:
            if forest.copies(members[0]) + forest.copies(g) <= MANY * parts:
                forest.join(members[0], g)
    alone = {group_of[i] for i in self_required(problem)}  # all copies of such an item type stand in one bin
    tied = []
    for members in forest.trees():
        few = len(members) > 1 and min(forest.demand[g] for g in members) < MANY * parts
        tied.append(Ties([groups[g] for g in members], few or not alone.isdisjoint(members)))
    return tied


def self_required(problem: Problem) -> list[int]:
    """Item types that require themselves: all their copies stand in one bin."""
    return [i for i, j in problem.requires[:, :2].tolist() if i == j]


class _Forest:
    """Disjoint sets of demand groups, each named by its smallest."""

    def __init__(self, demand: list[int]) -> None:
        self.demand = demand
        self._above = list(range(len(demand)))
        self._copies = list(demand)

    def root(self, g: int) -> int:
        while self._above[g] != g:
            self._above[g] = self._above[self._above[g]]
            g = self._above[g]
        return g

    def copies(self, g: int) -> int:
        """Of all groups in the set."""
        return self._copies[self.root(g)]

    def join(self, g: int, h: int) -> None:
        first, second = sorted((self.root(g), self.root(h)))
        if first != second:
            self._above[second] = first
            self._copies[first] += self._copies[second]

    def trees(self) -> list[list[int]]:
        members: dict[int, list[int]] = {}
        for g in range(len(self.demand)):
            members.setdefault(self.root(g), []).append(g)
        return list(members.values())
