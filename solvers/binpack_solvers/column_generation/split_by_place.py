"""Packings that keep rules across bins by deciding first how many copies stand in each place, then packing each by itself.

The copies of the LP are rounded within the rules, as near to them as can be and so that no place is worth more bins than the
LP has there; what is left is a problem for each place whose rules look at one bin at a time.
"""

from __future__ import annotations

from time import monotonic

import highspy
import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.branch_and_price import BranchAndPrice
from binpack_solvers.column_generation.master import INFINITY, Floats, quiet
from binpack_solvers.column_generation.relaxation_across_bins import FEASIBLE, WHOLE, Cut, RelaxationAcrossBins
from binpack_solvers.column_generation.volume_relaxation import raise_bound_by_volume
from binpack_solvers.context import Context
from binpack_solvers.heuristics.construction import finished
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

STARTS = ("first_fit_decreasing", "best_fit_decreasing", "dot_product")
DISTANCE = 1e-4
"""What a copy more or less than the LP's costs, in bins."""
ROUNDING_SECONDS = 0.5
SPLITS = 8


def whole_copies(relaxation: RelaxationAcrossBins, end: float) -> Int64 | None:
    """(n, P): whole copies of items in places that keep the rules and need few bins by the LP; None if none are found.

    What the LP says of a split that needs more bins than there were to be is what the next one has to keep (Benders 1962).
    """
    bins, target = relaxation.bins, relaxation.copies
    cost = relaxation.rows.problem.cost
    cuts = [relaxation.prices, *_volumes(relaxation)]
    best, least = None, INFINITY
    for _ in range(SPLITS):
        copies = _rounded(relaxation, target, bins, cuts)
        costs = None if copies is None else relaxation.place_costs(copies, end)
        if copies is None or costs is None:
            return copies if best is None else best
        total = float(np.ceil(costs - WHOLE).sum())
        if total < least:
            best, least = copies, total
        if monotonic() > end or total <= np.ceil(bins @ cost - WHOLE):
            return best
        cuts.append(relaxation.prices)
    return best


def _volumes(relaxation: RelaxationAcrossBins) -> list[Cut]:
    """Of each resource: copies take no more of it than bins have."""
    c, places = relaxation.configurations, len(relaxation.rows.places)
    scale = np.maximum(1, c.problem.capacity.max(axis=0))
    shares = zip((c.size / scale).T, (c.problem.capacity / scale).T, strict=True)
    return [Cut(np.tile(size[:, None], (1, places)), room) for size, room in shares]


def _rounded(relaxation: RelaxationAcrossBins, target: Floats, bins: Floats, cuts: list[Cut]) -> Int64 | None:
    """Whole copies by the rules near those of ``target`` (n, P), with as little above each of the cuts as can be."""
    rows = relaxation.rows
    highs = quiet({"time_limit": min(ROUNDING_SECONDS, relaxation.solved.context.left), "mip_rel_gap": 0.01})
    rows.add_to(highs, whole=True)
    for row in rows.of_bins:
        highs.changeRowBounds(row, -INFINITY, INFINITY)
    for (n, place), variable in np.ndenumerate(rows.copies):
        if not relaxation.holds[n, place]:
            highs.changeColBounds(int(variable), 0, 0)
        pair = np.array([variable, _new(highs, DISTANCE)], np.int32)
        highs.addRow(float(target[n, place]), INFINITY, 2, pair, np.array([1.0, 1.0]))
        highs.addRow(-INFINITY, float(target[n, place]), 2, pair, np.array([1.0, -1.0]))
    for place in range(len(rows.places)):
        index = np.append(rows.copies[:, place], _new(highs, 1.0)).astype(np.int32)
        here = rows.places.of_type == place
        for cut in cuts:
            factors = np.append(cut.worth[:, place], -1.0)
            highs.addRow(-INFINITY, float(bins[here] @ cut.cost[here]), len(index), index, factors)
    highs.run()
    values = np.array(highs.getSolution().col_value)
    if highs.getInfo().primal_solution_status != FEASIBLE:
        return None
    return np.round(values[rows.copies]).astype(np.int64)


def _new(highs: highspy.Highs, cost: float) -> int:
    """A variable from 0 up."""
    highs.addCol(cost, 0, INFINITY, 0, np.zeros(0, np.int32), np.zeros(0))
    return int(highs.getNumCol()) - 1


def pack_places(context: Context, relaxation: RelaxationAcrossBins, copies: Int64, seconds: float) -> Packing | None:
    """A packing of so many copies (n, P) in each place, each by branch and price; None if one is not packed in time."""
    problem, places, c = bins_alone(context.problem), relaxation.rows.places, relaxation.configurations
    end = monotonic() + seconds
    patterns = []
    for place in range(len(places)):
        demands = np.zeros(problem.item_types, np.int64)
        demands[c.item] = copies[:, place]
        available = np.where(places.of_type == place, problem.available, 0)
        here = problem.replace(demands=demands, available=available, alternatives=None)
        left = (end - monotonic()) / (len(places) - place)
        packing = _packed(context, here, left) if demands.any() else Packing.from_patterns([])
        if packing is None:
            return None
        patterns += list(packing.patterns)
    return finished(context.problem, Packing.from_patterns(patterns))


def _packed(context: Context, problem: Problem, seconds: float) -> Packing | None:
    """The best packing of a place found in so many seconds."""
    inner = Context(problem, monotonic() + max(0.0, seconds), context.seed, context.threads, lambda: context.over)
    inner.bounds = lower_bounds(problem)
    if inner.bounds.infeasible:
        return None
    for name in STARTS:
        if not inner.proves("cost"):
            inner.offer(HEURISTICS[name](problem, context.seed))
    if not inner.proves("cost"):
        BranchAndPrice(inner, {}, raise_bound_by_volume(inner, problem, {})).run(problem)
    return inner.packing
