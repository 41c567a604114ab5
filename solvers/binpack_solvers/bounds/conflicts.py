"""Groups that can never share a bin: a clique of them needs the sum of the bins that each needs by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.demands import PLENTY, Demands, Int64

STARTS = 12


class Conflicts:
    """Which demand groups cannot share a bin: too big together, a limit of 0, exclusive, or no bin type in common.

    Rows are computed when asked for, so that thousands of groups cost only as many rows as the clique has members.
    """

    def __init__(self, demands: Demands) -> None:
        self.demands = demands
        self.takes = demands.most > 0
        self.payers: dict[int, list[int]] = {}
        for g, setups in enumerate(demands.setups):
            for s in setups:
                self.payers.setdefault(s, []).append(g)
        self.taken = demands.size.copy()  # size and setups; capped, which only makes fewer conflicts
        for s, payers in self.payers.items():
            self.taken[payers] = np.minimum(self.taken[payers] + np.array(demands.problem.setups[s].size), PLENTY)
        self.apart_from, self.apart = _apart_by_limits(demands)

    def row(self, g: int) -> NDArray[np.bool_]:
        """(G,): whether group g conflicts with each group; False for itself."""
        demands = self.demands
        together = np.zeros(len(demands.item), np.bool_)
        taken = self.taken.copy()  # with the setups that g does not pay already
        for s in demands.setups[g]:
            taken[self.payers[s]] -= np.array(demands.problem.setups[s].size)
        for k in np.flatnonzero(self.takes[g]).tolist():
            room = demands.problem.capacity[k] - demands.size[g]
            for s in demands.setups[g]:
                room = np.maximum(room - np.array(demands.problem.setups[s].size), -1)
            together |= self.takes[:, k] & (taken <= room).all(axis=1)
        conflict = ~together
        conflict |= demands.exclusive | demands.exclusive[g]
        conflict[self.apart[self.apart_from[g] : self.apart_from[g + 1]]] = True
        conflict[g] = False
        return conflict


def _apart_by_limits(demands: Demands) -> tuple[Int64, Int64]:
    """Compressed rows (G + 1,), (P,): the groups that limits of 0 keep apart from each, whichever of the alternatives stand
    there. With a million limits that takes a second."""
    problem, groups = demands.problem, len(demands.item)
    group_of, size = np.full(problem.item_types, -1), np.ones(groups, np.int64)
    for g, members in enumerate(demands.members):
        group_of[list(members)], size[g] = g, len(members)
    i, j, cap, level = problem.limits.T
    i, j = problem.limits[(cap == 0) & (level == 0) & (i != j) & (group_of[i] >= 0) & (group_of[j] >= 0), :2].T
    pairs, _ = _sorted(np.concatenate([i * problem.item_types + j, j * problem.item_types + i]))
    first, second = group_of[pairs // problem.item_types], group_of[pairs % problem.item_types]
    met, times = _sorted((first * groups + second)[first != second])
    first, second = met // max(1, groups), met % max(1, groups)
    whole = times == size[first] * size[second]
    return np.searchsorted(first[whole], np.arange(groups + 1)), second[whole]


def _sorted(keys: Int64) -> tuple[Int64, Int64]:
    """Different keys from 0 on, ascending, and how often each is there; ten times as fast as ``np.unique``, which hashes."""
    keys = np.sort(keys)
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[first], np.diff(first, append=len(keys))


def heaviest_clique(conflicts: Conflicts, weight: list[int]) -> list[int]:
    """A clique of large total weight: greedy by weight, by size and by how many groups limits keep a group apart from, the
    best of a few starts each."""
    order = sorted(range(len(weight)), key=lambda g: -weight[g])
    rows: dict[int, NDArray[np.bool_]] = {}

    def row(g: int) -> NDArray[np.bool_]:
        if g not in rows:
            rows[g] = conflicts.row(g)
        return rows[g]

    size = conflicts.demands.size / np.maximum(conflicts.demands.problem.capacity.max(axis=0), 1)
    bulky = np.argsort(-size.max(axis=1), kind="stable").tolist() if len(size) else []
    preferences = [order, bulky]
    if len(conflicts.apart):
        preferences.append(np.argsort(-np.diff(conflicts.apart_from), kind="stable").tolist())
    chosen: list[int] = []
    for start in dict.fromkeys(g for preference in preferences for g in preference[:STARTS]):
        for preference in preferences:
            clique, candidates = [start], row(start).copy()
            for g in preference:
                if candidates[g]:
                    clique.append(g)
                    candidates &= row(g)
            if sum(weight[g] for g in clique) > sum(weight[g] for g in chosen):
                chosen = clique
    return chosen


def separate_setups(demands: Demands, bins: dict[int, int]) -> list[int]:
    """Setups of which no two fit into one bin of any type, chosen greedily by the bins that their members need."""
    problem = demands.problem
    capacity, chosen = problem.capacity[None], np.empty((0, problem.resources), np.int64)
    kept: list[int] = []
    for s in sorted(bins, key=lambda s: -bins[s]):
        size = np.array(problem.setups[s].size, np.int64)
        if (chosen[:, None, :] > capacity - size).any(axis=2).all():
            chosen = np.vstack([chosen, size])
            kept.append(s)
    return kept
