"""Limits inside a bin come second: pack the sizes alone as well as can be, then deal the item types into the slots.

Clusters have many applications of few sizes, and limits between them. Without the limits the applications of a size are one
item type, and column generation packs these close to the bound; the bins then have slots for copies of each size, and a swap
of two copies of a size changes nothing but which limits are broken.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.context import Context
from binpack_solvers.heuristics import arrays
from binpack_solvers.heuristics.construction import finished, run_order
from binpack_solvers.kernels import dealing as kernel
from binpack_solvers.kernels.greedy import first_fit
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

FEWER_SIZES = 2
"""Item types for each size: with fewer the sizes alone say little about the whole."""
FEWEST_TYPES = 100
"""With fewer the other heuristics and the exact method are done before."""
MOST_ENTRIES = 3 * 10**7
"""Bins times copies in the fullest of them."""
ATTEMPTS = 2
PART_FOR_SIZES = 1 / 3
"""Of the time left, for packing the sizes."""
PART_FOR_DEALING = 3 / 4
"""Of what is then left: where limits are many, large neighbourhoods do better with what this leaves."""
SLICE, MOST_TRIES = 100_000, 4
"""Partners looked at between looks at the clock, and slices without success after which it ends."""


def applies(problem: Problem) -> bool:
    """Every copy must be packed, under limits inside a bin and compatibility alone, and many item types share few sizes."""
    return (
        problem.item_types >= FEWEST_TYPES
        and "limits" in problem.rules
        and problem.rules <= {"limits", "compatible"}
        and FEWER_SIZES * len(np.unique(_looks(problem), axis=0)) <= problem.item_types
    )


def sizes_alone(problem: Problem) -> tuple[Problem, Int64]:
    """The problem without limits, item types that are then alike joined, and for each (m,) which of its item types it is."""
    _, first, size_of = np.unique(_looks(problem), axis=0, return_index=True, return_inverse=True)
    size_of = size_of.ravel()
    demands = np.zeros(len(first), np.int64)
    np.add.at(demands, size_of, problem.demands)
    relaxed = Problem(
        problem.sizes[first],
        problem.capacity,
        demands=demands,
        cost=problem.cost,
        available=problem.available,
        compatible=problem.compatible[first],
    )
    return relaxed, size_of


def dealt(context: Context) -> Packing | None:
    """The packing of the sizes alone with the item types dealt into its slots, the best of a few tries, which ends with one
    that takes no bin more; None if that finds none in time."""
    from binpack_solvers.portfolio import solve

    problem = context.problem
    sizes, size_of = sizes_alone(problem)
    seconds = context.left * PART_FOR_SIZES
    solution = solve(sizes, "exact", seconds, seed=context.seed, stop=context.stop)
    context.add_compiling(solution.statistics.compile_s)
    packing = solution.packing
    if packing is None or packing.bins * (_fullest(packing) + 1) > MOST_ENTRIES:
        return None
    with context.part_of_time(PART_FOR_DEALING):
        return _best_dealt(context, packing, size_of)


def _best_dealt(context: Context, packing: Packing, size_of: Int64) -> Packing | None:
    """The best of a few tries; the first one in any case."""
    best = None
    for attempt in range(ATTEMPTS):
        found = deal(context, packing, size_of, context.seed + attempt)
        if found is not None and (best is None or found.bins < best.bins):
            best = found
        if context.over or (best is not None and best.bins == packing.bins):
            break
    return best


def deal(context: Context, packing: Packing, size_of: Int64, seed: int) -> Packing | None:
    """Deal the item types into the slots of a packing of the sizes alone, and swap until no limit is broken or a few
    hundred thousand looks at partners mend nothing any more; what breaks limits then is packed again, by first fit."""
    problem = context.problem
    kind = np.repeat(packing.bin_type, packing.multiplicity)
    state = _slots(problem, packing, size_of, seed)
    kernel.deal_out(state, _order(problem), problem.demands.copy())
    least, tries = int(state.tally[kernel.BROKEN]) + 1, MOST_TRIES
    while tries and not context.over and not kernel.swap(state, SLICE):
        tries = MOST_TRIES if state.tally[kernel.BROKEN] < least else tries - 1
        least = min(least, int(state.tally[kernel.BROKEN]))
    rest = np.zeros(problem.item_types, np.int64)
    kernel.take_out_broken(state, rest)
    context.counters["dealt_again"] = int(rest.sum())
    return _with_rest(problem, kind, state, rest)


@cache
def load_dealing() -> None:
    """Compile the kernels, or load them from numba's cache, unless that is done."""
    problem = Problem([1, 1], 2, limits=[(0, 1, 0)])
    _, size_of = sizes_alone(problem)
    packing = Packing.from_patterns([(0, {0: 2}, 1)])
    state = _slots(problem, packing, size_of, 0)
    kernel.deal_out(state, _order(problem), problem.demands.copy())
    kernel.swap(state, 1)
    kernel.take_out_broken(state, np.zeros(2, np.int64))


def _looks(problem: Problem) -> Int64:
    """What tells item types apart if there are no limits."""
    return np.hstack([problem.sizes, problem.compatible])


def _fullest(packing: Packing) -> int:
    """Copies in the bin with most of them; bins that only make up the least number may be empty."""
    before = np.concatenate(([0], np.cumsum(packing.count)))[packing.indptr]
    return int(np.diff(before).max(initial=0))


def _order(problem: Problem) -> Int64:
    """Item types with the most copies that limits keep apart first: limits of a type times what they are about."""
    i, j, _, _ = problem.limits.T
    weight = np.zeros(problem.item_types)
    np.add.at(weight, i, problem.demands[j].astype(float))
    np.add.at(weight, j, problem.demands[i].astype(float))
    return np.argsort(-weight * problem.demands, kind="stable")


def _slots(problem: Problem, packing: Packing, size_of: Int64, seed: int) -> kernel.Deal:
    """Empty slots, bin by bin; for each size the bins with most slots for it first."""
    row = np.repeat(np.arange(len(packing.bin_type)), packing.multiplicity)
    lengths = np.diff(packing.indptr)[row]
    bin_of = np.repeat(np.arange(len(row)), lengths)
    entry = np.repeat(packing.indptr[:-1][row] - np.cumsum(lengths) + lengths, lengths) + np.arange(len(bin_of))
    size, slots = packing.item[entry], packing.count[entry]
    order = np.lexsort((-slots, size))
    sizes = int(size_of.max()) + 1
    limits = problem.limits[np.lexsort((problem.limits[:, 1], problem.limits[:, 0]))]
    bins = len(row)
    width = min(_fullest(packing), problem.item_types)
    return kernel.Deal(
        size_of=size_of.astype(np.int64),
        entry_ptr=np.concatenate(([0], np.cumsum(np.bincount(size, minlength=sizes)))),
        entry_bin=bin_of[order],
        free=slots[order],
        arc_ptr=np.concatenate(([0], np.cumsum(np.bincount(limits[:, 0], minlength=problem.item_types)))),
        arc_to=limits[:, 1].copy(),
        arc_cap=limits[:, 2].copy(),
        item=np.zeros((bins, width + 1), np.int64),
        count=np.zeros((bins, width + 1), np.int64),
        held=np.zeros(bins, np.int64),
        broken=np.zeros(bins, np.int64),
        bad=np.zeros(bins, np.int64),
        at=np.zeros(bins, np.int64),
        tally=np.array([0, seed + 1, 0, 0], np.int64),
    )


def _with_rest(problem: Problem, kind: Int64, state: kernel.Deal, rest: Int64) -> Packing | None:
    """What the bins hold, and the rest by first fit."""
    used = np.arange(state.item.shape[1]) < state.held[:, None]
    start = (
        kind.astype(np.int64),
        np.ones(len(kind), np.int64),
        np.concatenate(([0], np.cumsum(state.held))),
        state.item[used],
        state.count[used],
    )
    order = run_order(problem, arrays.relative_size(problem))
    rules, needs, types = arrays.rules_of(problem), arrays.needs_of(problem), arrays.type_order(problem)
    rows = first_fit(rules, needs, order, rest, types, *start)
    return finished(problem, arrays.packing_of(rows))
