"""The bounds of dual feasible functions, per resource and for combinations of resources.

A bin that holds sizes s of capacity c holds lam s of lam c for any lam >= 0, so that a function for one resource serves for
a combination of several. Source: C. Alves, J. Valerio de Carvalho, F. Clautiaux, J. Rietz, "Multidimensional dual-feasible
functions and fast lower bounds for the vector packing problem", European Journal of Operational Research 233 (2014).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.bound import Bound, Reason
from binpack_solvers.bounds.covering import cover
from binpack_solvers.bounds.demands import PLENTY, Demands, Int64, available_of
from binpack_solvers.bounds.dual_feasible import LARGEST_CAPACITY, best_rounded

FINEST = 2**10
"""Weights are exact to one part in so many."""
MOST_PAIRED = 4
"""Pairs are formed of so many resources, the fullest."""
MOST_VALUES = 2**17
"""Sizes times thresholds of one call, over all resources and combinations: a few milliseconds."""
FEWEST_THRESHOLDS, MOST_THRESHOLDS = 16, 256


def rounded_sizes(demands: Demands, bins: int, cost: int) -> tuple[list[Bound], list[Bound]]:
    """Bounds on bins and on the cost of bins that exceed ``bins`` and ``cost``, which are known; setups are left out."""
    problem = demands.problem
    takes = np.asarray((demands.most > 0).any(axis=0))
    available = [a for a, used in zip(available_of(problem), takes.tolist(), strict=True) if used]
    prices = problem.cost[takes].tolist()
    found: tuple[list[Bound], list[Bound]] = ([], [])
    objectives = [(found[0], [1] * len(prices), bins)]
    if problem.bin_types > 1:  # otherwise what so many bins cost follows from their number
        objectives.append((found[1], prices, cost))
    measures = list(_measures(demands.size, demands.demand, problem.capacity[takes]))
    thresholds = MOST_VALUES // max(1, len(measures) * len(demands.item))
    thresholds = min(MOST_THRESHOLDS, max(FEWEST_THRESHOLDS, thresholds))
    for resource, size, room in measures:
        for bounds, price, known in objectives:
            needed = _needed(known, room, price, available)
            rounded = best_rounded(size, demands.demand, room, price, needed, thresholds)
            if rounded is None:
                continue
            value = cover(rounded.total, rounded.each, price, available)
            if value is None:  # too few bins: how many it would take is what shows that
                value = cover(rounded.total, rounded.each, price, [PLENTY] * len(price)) or 0
            if value > known:
                words = "several resources" if resource < 0 else problem.resource_name(resource)
                reason = Reason("dual feasible function", resource)
                bounds.append(Bound(value, f"dual feasible function of {words}", reason))
    return found


def _needed(known: int, room: list[int], price: list[int], available: list[int]) -> float:
    """Bins of the largest capacity that cost as much as is known; 0 where these may be too few to be all there is."""
    most = max(room)
    dear = min((p for r, p, a in zip(room, price, available, strict=True) if r == most and a == PLENTY), default=0)
    return known / dear if dear else 0.0


def _measures(size: Int64, demand: list[int], capacity: Int64) -> Iterator[tuple[int, list[int], list[int]]]:
    """(resource, sizes, room of each bin type): each resource, and with -1 combinations of several."""
    if not len(size) or not len(capacity):
        return
    for h in range(size.shape[1]):
        yield h, size[:, h].tolist(), capacity[:, h].tolist()
    for weight in _weights(size, np.array(demand, np.float64), capacity):
        yield -1, (size @ weight).tolist(), (capacity @ weight).tolist()


def _weights(size: Int64, copies: NDArray[np.float64], capacity: Int64) -> list[Int64]:
    """Integer weights by which a share of the roomiest bin counts alike in all resources that are used, or in two."""
    most = np.maximum(1, capacity.max(axis=0))
    load = (copies @ size) / most
    used = np.flatnonzero(load > 0)
    whole = FINEST * int(most.max())
    if len(used) < 2 or whole * len(used) > LARGEST_CAPACITY:
        return []
    fullest = sorted(used[np.argsort(-load[used], kind="stable")][:MOST_PAIRED].tolist())
    pairs = list(combinations(fullest, 2)) if len(used) > 2 else []
    weights = np.zeros((1 + len(pairs), len(most)), np.int64)
    for row, chosen in enumerate([used.tolist(), *map(list, pairs)]):
        weights[row, chosen] = whole // most[chosen]
    return list(weights)
