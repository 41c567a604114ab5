"""Volume: the bins must hold the sum of what all copies take of a resource, and every setup that cannot be avoided."""

from __future__ import annotations

import numpy as np

from binpack_solvers.bounds.demands import Demands
from binpack_solvers.exact_sums import dot


def volumes(demands: Demands, setup_bins: dict[int, int]) -> list[int]:
    """(d,) Python integers: all copies, and each setup as often as ``setup_bins`` says it is paid at least."""
    problem = demands.problem
    copies = np.array(demands.demand, np.int64)
    total = [dot(copies, size) for size in demands.size.T]
    for s, bins in setup_bins.items():
        for h, size in enumerate(problem.setups[s].size):
            total[h] += bins * size
    return total
