"""Further runs of the same heuristics for the portfolio: other orders of items, other preferences among bin types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.heuristics.arrays import least_of_runs, relative_size, type_order
from binpack_solvers.heuristics.construction import fill, fit, fit_decreasing
from binpack_solvers.heuristics.measures import DOT_PRODUCTS, Measure, ranked
from binpack_solvers.kernels.greedy import BEST_FIT, FIRST_FIT, WORST_FIT
from binpack_solvers.kernels.measures import AVERAGE, L2, LARGEST
from binpack_solvers.kernels.scores import DYNAMIC, Scoring
from binpack_solvers.kernels.scores import L2 as L2_SCORE
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Run = Callable[[], Packing | None]

MOST_TYPE_ORDERS = 4


def variants(problem: Problem, target_bins: int, bin_centric: bool = True) -> Iterator[tuple[str, Run]]:
    """(name, run) pairs, the most promising first.

    bin_centric : whether those are among them that look at all item types for every bin.
    Item types of which a bin takes few decide how many bins there are, so they go first. ``target_bins`` bins may stand
    open from the start (Mommessin et al., "Affinity-aware resource provisioning": spread over a fixed number of bins).
    Of all measures and scores two are there, which most often find fewer bins than the others do.
    """
    key = spread_need(problem)
    size = relative_size(problem)
    (largest, _), (scarce, _) = ranked(problem, Measure(LARGEST)), ranked(problem, Measure(weights=AVERAGE))
    yield "needs most bins first", partial(fit, problem, FIRST_FIT, key)
    yield "needs most bins first, best fit", partial(fit, problem, BEST_FIT, key)
    yield "largest share first", partial(fit, problem, FIRST_FIT, largest)
    yield "scarce resources first", partial(fit, problem, FIRST_FIT, scarce)
    if problem.resources > 1:
        if bin_centric:
            yield "norm-based greedy", partial(fill, problem, Scoring(L2_SCORE, AVERAGE, DYNAMIC))
        yield "best fit by squares", partial(fit_decreasing, problem, BEST_FIT, Measure(L2, AVERAGE))
    orders = _type_orders(problem)
    for order in orders:
        yield "types in another order", partial(fit, problem, FIRST_FIT, size, order)
        yield "types in another order, needs most bins first", partial(fit, problem, BEST_FIT, key, order)
        if bin_centric:
            yield "dot product, types in another order", partial(fill, problem, DOT_PRODUCTS, order)
    if target_bins > 0:
        for k in [int(order[0]) for order in [type_order(problem), *orders]]:
            if 0 <= problem.available[k] < target_bins:
                continue
            for policy in (WORST_FIT, BEST_FIT, FIRST_FIT):
                for order_key in (size, key, largest, scarce):
                    yield "bins opened beforehand", partial(fit, problem, policy, order_key, None, [(k, target_bins)])


def spread_need(problem: Problem) -> NDArray[np.float64]:
    """Per run: how many bins its copies need by themselves, ties by size (which is below 1 after scaling)."""
    most = most_per_bin(problem).max(axis=1)
    size = relative_size(problem)
    scaled = size / (2 * max(1e-12, float(size.max(initial=0.0))))
    bins = -(-problem.demands // np.maximum(1, most))
    return least_of_runs(problem, bins.astype(np.float64)) + scaled


def _type_orders(problem: Problem) -> list[NDArray[np.int64]]:
    """A few bin types first in turn, from the cheapest to the dearest, the others by cost per volume; without the order
    that every heuristic uses anyway. Trying all of dozens of types takes longer than branch and price."""
    usual = type_order(problem)
    orders = [np.array([k, *usual[usual != k]], np.int64) for k in np.argsort(problem.cost, kind="stable")]
    orders = [order for order in orders if order[0] != usual[0]]
    return orders[:: -(-len(orders) // MOST_TYPE_ORDERS) or 1]
