"""Volume: the bins must hold the sum of what all copies take of a resource, and every setup that cannot be avoided."""

from __future__ import annotations

from binpack_solvers.bounds.demands import Demands


def volumes(demands: Demands, setup_bins: dict[int, int]) -> list[int]:
    """(d,) Python integers: all copies, and each setup as often as ``setup_bins`` says it is paid at least."""
    problem = demands.problem
    total = [0] * problem.resources
    for demand, row in zip(demands.demand, demands.size.tolist(), strict=True):
        for h, size in enumerate(row):
            total[h] += demand * size
    for s, bins in setup_bins.items():
        for h, size in enumerate(problem.setups[s].size):
            total[h] += bins * size
    return total
