"""Changing the type of bins while their content stays: every bin becomes of the cheapest type that holds what is in it."""

from __future__ import annotations

import numpy as np

from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem


def with_cheapest_bins(problem: Problem, packing: Packing) -> Packing:
    """The same contents, in cheaper bins where available ones hold them; the dearest bins choose first.

    Bins of a type that stands now keep it. Only capacity, setups and compatibility are looked at, so where bins are in
    domains the result has to be checked against the rules that look beyond one bin.
    """
    if not any(setup.cost for setup in problem.setups) and (problem.cost == problem.cost[:1]).all():
        return packing
    used = [0] * problem.bin_types
    for k, times in zip(packing.bin_type.tolist(), packing.multiplicity.tolist(), strict=True):
        used[k] += times
    standing = {s.bin_type for s in problem.initial}
    patterns = sorted(packing.patterns, key=lambda pattern: -int(problem.cost[pattern.bin_type]))
    changed = []
    for pattern in patterns:
        left = pattern.multiplicity
        if pattern.bin_type not in standing and pattern.items:
            now = _price(problem, pattern.bin_type, pattern.items)
            prices = {k: _price(problem, k, pattern.items) for k in range(problem.bin_types)}
            for k in sorted(prices, key=lambda k: (prices[k], k)):
                if left == 0 or prices[k] >= now:
                    break
                if k in standing or not _holds(problem, k, pattern.items):
                    continue
                free = left if problem.available[k] == UNLIMITED else int(problem.available[k]) - used[k]
                moved = min(left, free)
                if moved > 0:
                    changed.append((k, pattern.items, moved))
                    used[k] += moved
                    used[pattern.bin_type] -= moved
                    left -= moved
        if left:
            changed.append((pattern.bin_type, pattern.items, left))
    return Packing.from_patterns(changed)


def _price(problem: Problem, k: int, items: dict[int, int]) -> int:
    return int(problem.cost[k]) + sum(
        setup.cost for setup in problem.setups if k in setup.types and any(i in items for i in setup.members)
    )


def _holds(problem: Problem, k: int, items: dict[int, int]) -> bool:
    if not problem.compatible[list(items), k].all():
        return False
    load = [sum(c * int(problem.sizes[i, h]) for i, c in items.items()) for h in range(problem.resources)]
    for setup in problem.setups:
        if k in setup.types and any(i in items for i in setup.members):
            load = [used + size for used, size in zip(load, setup.size, strict=True)]
    return bool((np.array(load, dtype=object) <= problem.capacity[k]).all())
