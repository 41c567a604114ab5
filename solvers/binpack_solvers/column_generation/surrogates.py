"""Surrogate weights: combinations of resources under which completion tables promise little more than there is.

The multipliers of the knapsack's Lagrangian dual give the strongest single combination (Glover 1968); a few subgradient
steps come near it, and the resources by themselves and their plain sum stand beside it.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STEPS = 40


def surrogate_multipliers(share: Floats, profit: Floats, most: Floats) -> Floats:
    """(s, d) non-negative rows. share (n, d): size over capacity. The first row is the best found for these profits."""
    resources = share.shape[1]
    if resources == 1:
        return np.empty((0, 1))
    return np.vstack([_lagrangian(share, profit, most), np.full(resources, 1.0 / resources)])


@njit(cache=True)
def _lagrangian(share: Floats, profit: Floats, most: Floats) -> Floats:
    """Multipliers that make sum(most * max(0, profit - share @ u)) + sum(u) small, scaled to a sum of 1."""
    n, resources = share.shape
    u = np.full(resources, profit.max() / max(1e-9, share.sum() / n) / resources)
    best, best_value = u, np.inf
    step = u.sum() / 4
    for _ in range(STEPS):
        value, slope = u.sum(), np.ones(resources)
        for i in range(n):
            gain = profit[i]
            for h in range(resources):
                gain -= share[i, h] * u[h]
            if gain > 0:
                value += most[i] * gain
                for h in range(resources):
                    slope[h] -= most[i] * share[i, h]
        if value < best_value:
            best, best_value = u, value
        u = np.maximum(0.0, u - step * slope / max(1e-12, np.abs(slope).max()))
        step *= 0.9
    total = best.sum()
    return best / total if total > 0 else np.full(resources, 1.0 / resources)
