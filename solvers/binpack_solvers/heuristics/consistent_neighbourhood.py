"""Consistent neighbourhood search: the copies of a packing into fewer or cheaper bins, by swaps among feasible bins.

Source: see ``kernels.neighbourhood``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.context import Context
from binpack_solvers.heuristics.construction import finished
from binpack_solvers.heuristics.fewer_bins import Aim, Bins, all_bins, fewer_bins
from binpack_solvers.kernels import neighbourhood_state as states
from binpack_solvers.kernels.bin_contents import ALLOWED, COUNT, KIND, RANDOM
from binpack_solvers.kernels.neighbourhood import search
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

SPARE_BINS = 2
MOST_COPIES = 20_000
LARGEST_TABLE = 4 * 10**6
"""Bins times item types: the tables take 32 bytes for each."""
LARGEST_WEIGHT = 2**56
FINENESS = 1000
"""What a unit of the least scarce resource weighs where numbers allow."""
LOST = 0.25
"""Of a bin, in every resource: what no search can fill, added to what is left over."""
SLICE = 4 * 10**5
"""Candidates between two looks at the clock: below 0.1 s."""


def improve(context: Context, work: int) -> None:
    """Offer ``context`` better packings, one bin fewer or cheaper at a time, looking at about ``work`` candidates in all.

    It ends when the bounds are met, when nothing is left to try, or when the time is up. Without an incumbent it tries to
    pack everything into all bins there are. The answer depends on the seed and ``work`` alone unless the time is up.
    """
    if not applies(context.problem):
        return
    found = True
    while found and work > 0 and not context.over and not context.optimal:
        found = False
        aims = aims_of(context)
        for left, aim in zip(range(len(aims), 0, -1), aims, strict=True):
            found, used = _attempt(context, aim, -(-work // left))
            work -= used
            if found or context.over:
                break


@cache
def load_neighbourhood() -> None:
    """Compile the kernel, or load it from numba's cache, unless that is done."""
    tiny = Problem([1], 1)
    NeighbourhoodSearch(tiny, [(0, {})], tiny.demands).run(1)


def applies(problem: Problem) -> bool:
    """Every copy must be packed, no rule but compatibility, exclusive copies and limits within a bin, and sizes are not so
    large that sums of weights overflow."""
    return (
        0 < problem.copies <= MOST_COPIES
        and sum(_totals(problem, problem.demands)) <= LARGEST_WEIGHT
        and problem.rules <= {"compatible", "exclusive", "limits", "minimum_bins"}
    )


def aims_of(context: Context) -> list[Aim]:
    """What to try next, the easiest first; nothing where there are too many bins to list."""
    if context.packing is None or context.value is None:
        bins = sum(context.problem.available.tolist())
        return all_bins(context.problem) if bins <= MOST_COPIES else []
    if context.packing.bins > MOST_COPIES:
        return []
    return fewer_bins(context.problem, context.packing, context.value, context.bounds)


def _attempt(context: Context, aim: Aim, work: int) -> tuple[bool, int]:
    """Whether the aim was met by a packing that was taken, and the candidates looked at."""
    problem = context.problem
    demands = problem.demands.copy()
    for _, content in aim.kept:
        for i, copies in content.items():
            demands[i] -= copies
    if not aim.free or not demands.any() or len(aim.free) * np.count_nonzero(demands) > LARGEST_TABLE:
        return False, 0
    attempt = NeighbourhoodSearch(problem, aim.free, demands, context.seed)
    bins = None
    while bins is None and attempt.work < work and not context.over:
        bins = attempt.run(min(SLICE, work - attempt.work))
    if bins is None:
        return False, attempt.work
    packing = Packing.from_patterns((k, content, 1) for k, content in (*bins, *aim.kept) if content)
    return context.offer(finished(problem, packing)), attempt.work


class NeighbourhoodSearch:
    """The search for a packing of ``demands`` (m,) copies into given bins; none of them exclusive.

    What the bins hold is where it starts, but the last ones begin empty. It goes on where ``run`` left it.
    """

    def __init__(self, problem: Problem, bins: Bins, demands: Int64, seed: int = 0) -> None:
        self.kinds = [k for k, _ in bins]
        factor = weights(problem, problem.capacity[self.kinds], demands)
        used = np.flatnonzero(demands)
        self.items = used[np.argsort(-(problem.sizes[used] @ factor), kind="stable")]
        spare = min(SPARE_BINS, len(bins) - 1)
        kept = [content for _, content in bins[: len(bins) - spare]]
        self.state = _state(problem, self.items, demands, self.kinds, kept, factor, seed)

    @property
    def work(self) -> int:
        """The candidates looked at so far."""
        return int(self.state.tally[states.WORK])

    def run(self, work: int) -> Bins | None:
        """The bins once every copy stands in one; None after about ``work`` more candidates without that."""
        if not search(self.state, work):
            return None
        bins = []
        for k, row in zip(self.kinds, self.state.cell[COUNT], strict=True):
            at = row.nonzero()[0]
            bins.append((k, dict(zip(self.items[at].tolist(), row[at].tolist(), strict=True))))
        return bins


def weights(problem: Problem, capacity: Int64, demands: Int64) -> Int64:
    """(d,) integers at least 1: what a unit of each resource weighs in bins of this capacity (B, d).

    That is one over what all copies leave of the resource, the price that a logarithmic barrier sets on it: where one
    resource is used up to the last unit, what is loose counts by that alone. All ``demands`` together weigh at most
    ``2 * LARGEST_WEIGHT``.
    """
    total = np.array(_totals(problem, demands), np.float64)
    if problem.resources == 1 or not total.any():
        return np.ones(problem.resources, np.int64)
    room = capacity.astype(np.float64).sum(axis=0)
    scarce = 1 / np.maximum(1, np.maximum(0, room - total) + LOST * room / len(capacity))
    unit = min(FINENESS / scarce[total > 0].min(), LARGEST_WEIGHT / (total @ scarce))
    return np.maximum(1, np.floor(unit * scarce)).astype(np.int64)


def scarcity(problem: Problem, capacity: Int64, demands: Int64) -> NDArray[np.float64]:
    """(d,): what is asked of each resource by all ``demands``, per unit of what bins of this capacity (B, d) have, in units
    of that."""
    room = np.maximum(capacity.astype(np.float64).sum(axis=0), 1)
    return np.asarray(np.array(_totals(problem, demands), np.float64) / room**2)


def _totals(problem: Problem, demands: Int64) -> list[int]:
    """What all copies take of each resource, as Python integers."""
    return [sum(size * q for size, q in zip(row, demands.tolist(), strict=True)) for row in problem.sizes.T.tolist()]


def _state(
    problem: Problem,
    items: Int64,
    demands: Int64,
    kinds: list[int],
    kept: list[dict[int, int]],
    factor: Int64,
    seed: int,
) -> states.Search:
    """The arrays that the kernel works on; ``kept``: what the first bins hold."""
    place = {i: t for t, i in enumerate(items.tolist())}
    cell = np.zeros((4, len(kinds), len(items)), np.int64)
    count = cell[COUNT]
    for b, content in enumerate(kept):
        for i, copies in content.items():
            count[b, place[i]] = copies
        cell[KIND, b, : len(content)] = np.flatnonzero(count[b])
    cell[ALLOWED] = problem.compatible[items][:, kinds].T
    size = np.ascontiguousarray(problem.sizes[items])
    capacity = np.minimum(problem.capacity[kinds], np.array(_totals(problem, demands), np.int64))
    loose = demands[items] - count.sum(axis=0)
    lying = np.flatnonzero(loose)
    item = np.zeros((len(items), 7), np.int64)
    item[:, states.WEIGHT], item[:, states.LOOSE] = size @ factor, loose
    item[: len(lying), states.PILE] = lying
    item[:, states.OUT_PTR :], arc = limits_of(problem, items)
    tally = np.zeros(8, np.int64)
    tally[RANDOM], tally[states.SPARE], tally[states.LEAST_WEIGHT] = seed, len(kinds) - len(kept), 2**62
    tally[states.LOOSE_TYPES], tally[states.LOOSE_WEIGHT] = len(lying), item[:, states.WEIGHT] @ loose
    return states.Search(
        size=size,
        factor=factor,
        room=capacity - count @ size,
        item=item,
        arc=arc,
        cell=cell,
        held=np.count_nonzero(count, axis=1).astype(np.int64),
        tally=tally,
        space=np.zeros((10, max(len(items) + 1, int(demands.sum()), problem.resources, 5)), np.int64),
    )


def limits_of(problem: Problem, items: Int64) -> tuple[Int64, Int64]:
    """(m, 4) and (A, 2): rows of the second for each of the ``items``, first to end for the limits that it sets others, then
    first to end for those that others set it; the item at the other end by its position in ``items``, and the limit."""
    place = np.full(problem.item_types, -1)
    place[items] = np.arange(len(items))
    inside = (place[problem.limits[:, :2]] >= 0).all(axis=1)
    i, j, most = place[problem.limits[inside, 0]], place[problem.limits[inside, 1]], problem.limits[inside, 2]
    side = np.concatenate([2 * i, 2 * j + 1])
    arcs = np.column_stack([np.concatenate([j, i]), np.concatenate([most, most])])
    ends = np.cumsum(np.bincount(side, minlength=2 * len(items)))
    ranges = np.column_stack([np.concatenate(([0], ends[:-1])), ends]).reshape(len(items), 4)
    return ranges, np.ascontiguousarray(arcs[np.argsort(side, kind="stable")])
