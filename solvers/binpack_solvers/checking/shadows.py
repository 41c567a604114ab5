"""Shadows of a bin: whole numbers in which everything that fits in the bin fits too, few enough for a knapsack table.

A shadow is a sum of resources, each counted as a share of its capacity, in whole units rounded down (Glover 1968,
surrogate constraints). The best sum is near the one of the knapsack's Lagrangian dual.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FINE = 2**40
DESCENT_STEPS = 200


class Shadow(NamedTuple):
    """``multipliers`` of size / ``capacity``, of which a bin holds ``room`` units; ``exact``: the one resource as it is."""

    capacity: list[int]
    multipliers: list[int]
    room: int
    exact: bool

    def of(self, size: Sequence[int]) -> int:
        """What a size takes, rounded down: sums of it never pass ``room`` where the sizes fit."""
        if self.exact:
            return size[self.multipliers.index(1)]
        terms = zip(size, self.capacity, self.multipliers, strict=True)
        total = sum(u * FINE * s // c for s, c, u in terms if c)
        return self.room * total // (FINE * sum(self.multipliers))


def shadows_of(capacity: list[int], sums: list[list[float]], units: int) -> list[Shadow]:
    """Each resource by itself, as it is where it has no more than ``units``, then the weighted ``sums`` of them."""
    shadows = []
    for h, room in enumerate(capacity):
        alone = [int(h == g) for g in range(len(capacity))]
        shadows.append(Shadow(capacity, alone, min(room, units), room <= units))
    return shadows + [Shadow(capacity, [int(u * FINE) for u in row], units, False) for row in sums]


def best_sums(share: Floats, worth: Floats, most: Floats) -> list[list[float]]:
    """Weights of the resources (each row sums to 1) under which patterns are bounded well; none for a single resource.

    share (n, d) : size over capacity. worth, most (n,) : of a copy, in thresholds; copies. The first row comes from
    subgradient descent on min over u >= 0 of sum(u) + sum(most * max(0, worth - share @ u)).
    """
    resources = share.shape[1]
    if resources == 1:
        return []
    price = np.full(resources, 1.0 / resources)
    best, least, step = price, np.inf, 0.3
    for _ in range(DESCENT_STEPS):
        taken = np.where(worth > share @ price, most, 0.0)
        value = float(price.sum() + taken @ (worth - share @ price))
        if value < least:
            best, least = price, value
        slope = 1.0 - taken @ share
        price = np.maximum(0.0, price - step * slope / max(1e-9, float(np.abs(slope).max())))
        step *= 0.97
    plain, total = [1.0 / resources] * resources, float(best.sum())
    return [(best / total).tolist(), plain] if total > 0 else [plain]
