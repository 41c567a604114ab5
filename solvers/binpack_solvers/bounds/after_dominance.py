"""L3: bins that some best packing holds are counted, and what is left is bounded again.

For one resource, every bin taken to be as large as the largest and no rule kept: what dominance takes there is part of a
best packing of the relaxation. Source: S. Martello, P. Toth, "Lower bounds and reduction procedures for the bin packing
problem", Discrete Applied Mathematics 28 (1990), section 4; of its relaxations only the first, with all items, is looked at.
"""

from __future__ import annotations

from binpack_solvers.bounds.bound import Bound, Reason
from binpack_solvers.bounds.demands import Demands
from binpack_solvers.bounds.dual_feasible import best_rounded
from binpack_solvers.bounds.martello_toth import martello_toth
from binpack_solvers.reductions.dominant_bins import dominant_bins

THRESHOLDS = 128


def after_dominance(demands: Demands, known: int) -> list[Bound]:
    """A bound on bins that exceeds ``known``, if there is one and the problem has one resource."""
    takes = (demands.most > 0).any(axis=0)
    if demands.problem.resources > 1 or not takes.any():
        return []
    sizes, capacity = demands.size[:, 0].tolist(), int(demands.problem.capacity[takes].max())
    taken, left = dominant_bins(sizes, demands.demand, capacity)
    if not taken:
        return []
    bins = sum(times for _, times in taken)
    further = _further(sizes, left, capacity, known - bins)
    if bins + further <= known:
        return []
    reason = Reason("dominance", 0, amount=bins)
    return [Bound(bins + further, f"{bins} bins by dominance + {further} for what is left", reason)]


def _further(sizes: list[int], demands: list[int], capacity: int, needed: int) -> int:
    """The larger of L2 and the best of dual feasible functions, these if they may show more than ``needed``."""
    rounded = best_rounded(sizes, demands, [capacity], [1], needed, THRESHOLDS)
    shown = 0 if rounded is None else -(-rounded.total // rounded.each[0])
    return max(martello_toth(sizes, demands, capacity), shown)
