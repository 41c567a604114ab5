"""Which bins to aim at next: those of a packing less one, or with a cheaper one in the place of one of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from binpack_solvers.bounds.bound import Bounds
from binpack_solvers.objective import Value
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem

Bins = list[tuple[int, dict[int, int]]]
"""(bin type, content) for each bin."""

MOST_AIMS = 8


@dataclass(frozen=True)
class Aim:
    """Bins that are to hold every copy.

    free : with what may stay in them, the fullest first; the copies of the bin that is given up are nowhere. kept : bins
    with an exclusive copy, which stay as they are.
    """

    free: Bins
    kept: Bins


def all_bins(problem: Problem) -> list[Aim]:
    """Every bin there is, all empty, as the one aim; none where bins have no end or are too few, or a copy is exclusive."""
    if (problem.available == UNLIMITED).any() or problem.exclusive.any():
        return []
    bins: Bins = [(k, {}) for k in range(problem.bin_types) for _ in range(int(problem.available[k]))]
    return [Aim(bins, [])] if len(bins) >= problem.minimum_bins else []


def fewer_bins(problem: Problem, packing: Packing, value: Value, bounds: Bounds) -> list[Aim]:
    """Aims of less cost, or of the same cost with fewer bins, that give up little capacity; the least first.

    What the bounds exclude, or what has less capacity than the copies take, is not among them.
    """
    bins = [(k, items) for k, items, times in packing.patterns for _ in range(times)]
    kept = [entry for entry in bins if any(problem.exclusive[i] for i in entry[1])]
    free = _fullest_first(problem, [entry for entry in bins if not any(problem.exclusive[i] for i in entry[1])])
    changes = _changes(problem, packing, [k for k, _ in free], value, bounds)
    return [_changed(free, kept, given, taken) for given, taken in changes[:MOST_AIMS]]


def _changes(
    problem: Problem, packing: Packing, free: list[int], value: Value, bounds: Bounds
) -> list[tuple[int, int | None]]:
    """(bin type given up, bin type in its place or None) pairs."""
    used = np.zeros(problem.bin_types, np.int64)
    np.add.at(used, packing.bin_type, packing.multiplicity)
    more = np.flatnonzero((problem.available == UNLIMITED) | (used < problem.available)).tolist()
    scale = np.maximum(problem.capacity.max(axis=0), 1)
    spare = used.astype(object) @ problem.capacity - problem.demands.astype(object) @ problem.sizes
    found = []
    for given in sorted(set(free)):
        for taken in (None, *more):
            cost = value.cost - int(problem.cost[given]) + (0 if taken is None else int(problem.cost[taken]))
            count = value.bins - (taken is None)
            lost = problem.capacity[given] - (0 if taken is None else problem.capacity[taken])
            better = (bounds.cost, bounds.bins) <= (cost, count) < (value.cost, value.bins)
            if better and count >= problem.minimum_bins and (lost <= spare).all():
                found.append((float((lost / scale).sum()), given, taken))
    return [(given, taken) for _, given, taken in sorted(found, key=lambda change: change[0])]


def _changed(free: Bins, kept: Bins, given: int, taken: int | None) -> Aim:
    """The emptiest bin of a type given up."""
    at = max(b for b, (k, _) in enumerate(free) if k == given)
    rest = [*free[:at], *free[at + 1 :]]
    return Aim(rest if taken is None else [*rest, (taken, {})], kept)


def _fullest_first(problem: Problem, bins: Bins) -> Bins:
    share = problem.sizes / np.maximum(problem.capacity.max(axis=0), 1)
    load = share.sum(axis=1)
    fill = [sum(copies * load[i] for i, copies in content.items()) for _, content in bins]
    return [bins[b] for b in np.argsort(-np.array(fill), kind="stable")]
