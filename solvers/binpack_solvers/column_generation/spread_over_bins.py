"""What an even spread over bins says of each bin: a cap on its counted copies.

Where every bin of a declared type counts as a domain, C copies over at least N of them leave one bin with C // N copies or
fewer, and no bin has more than ``max_skew`` above that.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from binpack_solvers.exact_sums import dot
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread

MOST_PAIRS = 10_000
"""Of item types in the limits of one spread."""


def caps_of_spread(problem: Problem) -> Iterator[tuple[int, int, int]]:
    """Limits of one bin, (i, j, k): where an i stands at most k copies of j, by the spreads of level 0 that are in play in
    every packing of all copies."""
    usable = set(np.flatnonzero(problem.available != 0).tolist())
    for spread in problem.spread:
        carriers, counted = set(spread.carriers), set(spread.counted)
        if spread.key or not any(set(g) <= carriers for g in problem.demand_groups if problem.demands[g[0]]):
            continue
        copies = sum(int(problem.demands[g[0]]) for g in problem.demand_groups if counted & set(g))
        cap = copies // _fewest_declared(problem, spread, usable) + spread.max_skew
        in_declared = carriers | counted if usable <= set(spread.domains) else carriers
        if len(in_declared) * len(counted) > MOST_PAIRS:
            in_declared = set()
        for i in sorted(in_declared):
            for j in sorted(counted):
                yield i, j, cap - (i in counted and i != j)


def _fewest_declared(problem: Problem, spread: Spread, usable: set[int]) -> int:
    """Bins of declared types that any packing has: by the volume of what stands nowhere else."""
    declared = sorted(usable & set(spread.domains))
    if not declared:
        return 1
    elsewhere = np.asarray(problem.compatible[:, sorted(usable - set(declared))].any(axis=1), np.bool_)
    elsewhere[list(spread.carriers)] = False
    inside = [g for g in problem.demand_groups if not elsewhere[list(g)].any()]
    demand = np.array([problem.demands[g[0]] for g in inside], np.int64)
    fewest = max(1, problem.minimum_bins if usable == set(declared) else 1)
    for size, room in zip(problem.sizes.T, problem.capacity[declared].max(axis=0).tolist(), strict=True):
        least = np.array([size[list(g)].min() for g in inside], np.int64)
        fewest = max(fewest, -(-dot(least, demand) // room) if room else 1)
    return fewest
