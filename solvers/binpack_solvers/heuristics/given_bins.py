"""All copies into all bins that there are, where no packing is known: a search that lets bins be overloaded on the way.

Source: see ``kernels.overload``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.context import Context
from binpack_solvers.heuristics.consistent_neighbourhood import MOST_COPIES, SLICE, applies, limits_of, scarcity
from binpack_solvers.heuristics.construction import finished
from binpack_solvers.kernels import overload as kernel
from binpack_solvers.kernels.bin_contents import ALLOWED, COUNT, RANDOM
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem

Int64 = NDArray[np.int64]

LARGEST_TABLE = 4 * 10**6
"""Copies times bins, and copies times item types: what placing them looks at, below a second, and the size of tables."""
MOST_LOOKS = 2 * 10**4
"""Candidates for each pair of copies, after which it is not likely that the search will still find anything."""


def pack_given_bins(context: Context, work: float) -> None:
    """Offer ``context`` a packing of every copy if it has none, looking at about ``work`` candidates.

    Only where every bin type has an end. The answer depends on the seed and ``work`` alone unless the time is up.
    """
    problem = context.problem
    if not is_wanted(context):
        return
    context.load(load_overload)
    search = OverloadSearch(problem, context.seed)
    most = int(min(work, MOST_LOOKS * problem.copies**2))
    packing = None
    while packing is None and search.work < most and not context.over:
        packing = search.run(min(SLICE, most - search.work))
    if packing is not None:
        context.offer(finished(problem, packing))


def is_wanted(context: Context) -> bool:
    """Whether no packing is known, bins are given, and the rules and numbers are those that the search knows."""
    problem = context.problem
    if context.over or context.packing is not None:
        return False
    if (problem.available == UNLIMITED).any() or problem.exclusive.any() or not applies(problem):
        return False
    bins = sum(problem.available.tolist())
    return 0 < bins <= MOST_COPIES and max(bins, problem.item_types) * problem.copies <= LARGEST_TABLE


@cache
def load_overload() -> None:
    """Compile the kernels, or load them from numba's cache, unless that is done."""
    OverloadSearch(Problem([1], 1, available=[1])).run(1)


class OverloadSearch:
    """The search for a packing of all copies into all bins; none of them exclusive. It goes on where ``run`` left it."""

    def __init__(self, problem: Problem, seed: int = 0) -> None:
        self.kinds = np.repeat(np.arange(problem.bin_types), problem.available)
        scarce = scarcity(problem, problem.capacity[self.kinds], problem.demands)
        used = np.flatnonzero(problem.demands)
        self.items = used[np.argsort(-(problem.sizes[used] @ scarce), kind="stable")]
        self.state = _state(problem, self.items, self.kinds, scarce, seed)

    @property
    def work(self) -> int:
        """The candidates looked at so far."""
        return int(self.state.tally[kernel.WORK])

    def run(self, work: int) -> Packing | None:
        """The packing once no bin has too much, empty bins left out; None after about ``work`` more candidates."""
        if not kernel.search(self.state, work):
            return None
        patterns = []
        for k, row in zip(self.kinds.tolist(), self.state.cell[COUNT], strict=True):
            at = row.nonzero()[0]
            if len(at):
                patterns.append((k, dict(zip(self.items[at].tolist(), row[at].tolist(), strict=True)), 1))
        return Packing.from_patterns(patterns)


def _state(problem: Problem, items: Int64, kinds: Int64, scarce: NDArray[np.float64], seed: int) -> kernel.Overload:
    """The arrays that the kernel works on, all bins empty. A copy over a limit costs what a copy of middling size does."""
    size = np.ascontiguousarray(problem.sizes[items])
    room = np.zeros((len(kinds), problem.resources + 1), np.int64)
    room[:, :-1] = problem.capacity[kinds]
    cell = np.zeros((4, len(kinds), len(items)), np.int64)
    cell[ALLOWED] = problem.compatible[items][:, kinds].T
    for h in range(problem.resources):
        cell[ALLOWED] &= size[:, h] <= room[:, h, None]
    unit = np.append(scarce, max(float((size @ scarce).mean()), np.finfo(np.float64).tiny))
    ends, arc = limits_of(problem, items)
    tally = np.zeros(6, np.int64)
    tally[RANDOM] = seed
    return kernel.Overload(
        size=size,
        copies=problem.demands[items],
        room=room,
        unit=unit,
        price=np.tile(unit, (len(kinds), 1)),
        ends=ends,
        arc=arc,
        cell=cell,
        held=np.zeros(len(kinds), np.int64),
        over=np.zeros(len(kinds)),
        full=np.zeros(len(kinds), np.int64),
        tally=tally,
        freed=np.zeros(len(items)),
    )
