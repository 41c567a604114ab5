"""A first plan zone by zone: the copies of each set dealt out evenly among its zones, and each zone planned by itself.

Rules that look across nodes are kept by the deal, so what is left to search has rules within nodes alone, and of three zones
each is a third as large. What an uneven deal would save is lost.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from binpack_solvers.check import violations
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Flags, Int64, Problem

Shares = npt.NDArray[np.float64]
SMALL = 5_000
"""Sets times classes of nodes, up to which the whole is searched at once."""


def worth_splitting(problem: Problem, zones: Int64) -> bool:
    """Do rules look beyond one node, in a large problem or one with several types of nodes to choose from in a zone?"""
    beyond = (problem.limits[:, 3] > 0).any() or len(problem.requires) or problem.spread
    several = len(np.unique(problem.cost)) > 1 and np.bincount(zones[zones >= 0]).max(initial=0) > 1
    return bool(beyond) and (several or problem.item_types * problem.bin_types > SMALL)


def zone_by_zone(problem: Problem, zones: Int64, time_limit: float, threads: int = 1, seed: int = 0) -> Packing | None:
    """A packing that keeps every rule; None where the deal, or a zone by itself, finds none.

    zones : (t,) the number of each bin type's zone, from 0, or -1. time_limit : seconds for all zones together.
    """
    if zones.min(initial=0) < 0 or zones.max(initial=0) == 0:
        return None
    dealt = _dealt(problem, zones)
    if dealt is None:
        return None
    rows: list[tuple[int, dict[int, int], int]] = []
    for zone in range(dealt.shape[1]):
        types, items = np.flatnonzero(zones == zone), np.flatnonzero(dealt[:, zone])
        within = _within(problem, items, types, dealt[items, zone])
        solution = solve(within, "exact", time_limit / dealt.shape[1], threads, seed)
        if solution.packing is None:
            return None
        rows += [
            (int(types[k]), {int(items[i]): count for i, count in content.items()}, times)
            for k, content, times in solution.patterns
        ]
    packing = Packing.from_patterns(rows)
    return None if violations(problem, packing) else packing


def _within(problem: Problem, items: Int64, types: Int64, demands: Int64) -> Problem:
    """One zone: these items and bin types, with the rules that look at one bin."""
    place = np.full(problem.item_types, -1)
    place[items] = np.arange(len(items))
    limits = problem.limits[(problem.limits[:, 3] == 0) & (place[problem.limits[:, :2]] >= 0).all(axis=1)].copy()
    requires = problem.requires[
        (problem.requires[:, 2] == 0) & (place[problem.requires[:, :2]] >= 0).all(axis=1)
    ].copy()
    limits[:, :2], requires[:, :2] = place[limits[:, :2]], place[requires[:, :2]]
    return Problem(
        problem.sizes[items],
        problem.capacity[types],
        demands=demands,
        cost=problem.cost[types],
        available=problem.available[types],
        compatible=problem.compatible[np.ix_(items, types)],
        limits=limits,
        requires=requires,
        # True of any zone. It keeps the heuristic away that packs sizes alone first: that fails where a bin is left empty.
        minimum_bins=1,
    )


def _dealt(problem: Problem, zones: Int64) -> Int64 | None:
    """(m, zones) copies of each set in each zone: evenly where rules allow it, what is over to the least loaded zones."""
    count = int(zones.max()) + 1
    open_in = np.array([problem.compatible[:, zones == zone].any(axis=1) for zone in range(count)]).T
    share = (problem.sizes / np.maximum(1, problem.capacity.max(axis=0))).max(axis=1)
    dealt, load = np.zeros((problem.item_types, count), np.int64), np.zeros(count)
    for i in _leaders_first(problem):
        chosen = _zones_for(problem, i, open_in[i], dealt, load)
        if not chosen:
            return None
        for position in range(len(chosen)):
            copies = int(problem.demands[i]) // len(chosen) + (position < int(problem.demands[i]) % len(chosen))
            dealt[i, chosen[position]] = copies
            load[chosen[position]] += copies * share[i]
    return dealt


def _leaders_first(problem: Problem) -> list[int]:
    """The sets in an order in which those that others stand beside come before them; large demands first."""
    beside = {i: {j for a, j, _ in problem.requires.tolist() if a == i and j != i} for i in range(problem.item_types)}
    left = sorted(range(problem.item_types), key=lambda i: -problem.demands[i])
    order: list[int] = []
    while left:
        done = set(order)
        ready = [i for i in left if beside[i] <= done] or left
        order += ready
        left = [i for i in left if i not in set(ready)]
    return order


def _zones_for(problem: Problem, i: int, admitted: Flags, dealt: Int64, load: Shares) -> Sequence[int]:
    """The zones among which a set is dealt out, the least loaded first."""
    admitted = admitted.copy()
    alone = False
    for a, j, _ in problem.requires.tolist():
        if a == i and j == i:
            alone = True
        elif a == i:
            admitted &= dealt[j] > 0
    for a, b, k, level in problem.limits.tolist():
        if level and k == 0 and i in (a, b):
            admitted &= dealt[b if a == i else a] == 0
    chosen = [int(zone) for zone in np.argsort(load, kind="stable") if admitted[zone]]
    return chosen[:1] if alone else chosen
