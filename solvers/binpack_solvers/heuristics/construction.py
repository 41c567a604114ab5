"""What every constructive heuristic does around its kernel: starting bins, order of runs, and the finished Packing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.heuristics import arrays
from binpack_solvers.heuristics.many_copies import applies, fit_many
from binpack_solvers.heuristics.measures import SUM_OF_SHARES, Fullness, Measure, ranked
from binpack_solvers.kernels.bin_centric import fill_bins
from binpack_solvers.kernels.greedy import ANY_FIT, FIRST_FIT
from binpack_solvers.kernels.pairing import pair_up
from binpack_solvers.kernels.scores import Scoring
from binpack_solvers.objective import unplaced_copies
from binpack_solvers.packing import Packing
from binpack_solvers.problem import MUST_BE_PACKED, UNLIMITED, Problem

Int64 = NDArray[np.int64]
Opened = Sequence[tuple[int, int]]


def fit(
    problem: Problem,
    policy: int,
    key: NDArray[Any] | None = None,
    types: Int64 | None = None,
    opened: Opened = (),
    fullness: Fullness | None = None,
) -> Packing | None:
    """Any-fit with the runs in decreasing ``key`` (None: as given), more urgent ones first; None if it breaks a demand.

    types : bin types in the order in which a new bin is tried (None: by cost per volume).
    opened : pairs (bin type, bins) that stand open and empty from the start.
    fullness : how best and worst fit measure bins (None: by the sum of what is left over capacity).
    """
    if not opened and applies(problem, policy, fullness):
        in_order = arrays.type_order(problem) if types is None else types
        many = fit_many(problem, policy, key, in_order, fullness or ranked(problem, SUM_OF_SHARES)[1])
        return None if many is None else with_minimum(problem, many)
    needs = arrays.needs_of(problem)
    if fullness is not None:
        needs = needs._replace(norm=fullness.norm, weight=fullness.weight)
    demand, start = _standing(problem)
    start += [(k, bins, {}) for k, bins in opened]
    order = run_order(problem, np.zeros(len(demand)) if key is None else key)
    rows = ANY_FIT[policy](
        arrays.rules_of(problem),
        needs,
        order,
        demand,
        arrays.type_order(problem) if types is None else types,
        *arrays.start_rows(start),
    )
    return finished(problem, arrays.packing_of(rows))


def fit_decreasing(
    problem: Problem,
    policy: int,
    measure: Measure = SUM_OF_SHARES,
    types: Int64 | None = None,
    opened: Opened = (),
) -> Packing | None:
    """``fit`` with the largest first, and bins measured in the same way; None if it breaks a demand."""
    key, fullness = ranked(problem, measure)
    return fit(problem, policy, key, types, opened, fullness)


def fill(problem: Problem, scoring: Scoring, types: Int64 | None = None) -> Packing | None:
    """Bin-centric filling by a score; None if it breaks a demand."""
    demand, start = _standing(problem)
    rows = fill_bins(
        arrays.rules_of(problem),
        demand,
        arrays.urgency_of(problem),
        arrays.run_of_items(problem),
        scoring,
        arrays.type_order(problem) if types is None else types,
        *arrays.start_rows(start),
    )
    return finished(problem, arrays.packing_of(rows))


def pair(problem: Problem, scoring: Scoring, opened: tuple[int, int]) -> Packing | None:
    """Pairs by a score with (bin type, bins) that stand open, the rest by first fit; None if it breaks a demand."""
    demand, start = _standing(problem)
    rules = arrays.rules_of(problem)
    start_rows = arrays.start_rows([*start, (opened[0], opened[1], {})])
    rows = pair_up(rules, demand, arrays.urgency_of(problem), scoring, *start_rows)
    if demand.any():
        order = run_order(problem, arrays.relative_size(problem))
        types = arrays.type_order(problem)
        rows = ANY_FIT[FIRST_FIT](rules, arrays.needs_of(problem), order, demand, types, *rows)
    return finished(problem, arrays.packing_of(rows))


def run_order(problem: Problem, key: NDArray[Any]) -> Int64:
    """Runs by urgency, then by decreasing key, ties by index; what others require in a bin goes before them."""
    urgency = arrays.urgency_of(problem)
    if (urgency == urgency[:1]).all():
        order = arrays.decreasing(key)
    else:
        order = np.lexsort((-key, -urgency.astype(np.float64)))
    needed: dict[int, list[int]] = {}
    runs = arrays.run_of_items(problem)
    for i, j, level in problem.requires.tolist():
        if level == 0 and i != j:
            needed.setdefault(int(runs[i]), []).append(int(runs[j]))
    if not needed:
        return order.astype(np.int64)
    placed: dict[int, None] = {}

    def place(run: int, path: frozenset[int]) -> None:
        for other in needed.get(run, ()):
            if other not in placed and other not in path:
                place(other, path | {run})
        placed[run] = None

    for run in order.tolist():
        if run not in placed:
            place(run, frozenset())
    return np.array(list(placed), np.int64)


def finished(problem: Problem, packing: Packing) -> Packing | None:
    """The packing with empty bins added for ``minimum_bins``; None if copies that must be packed are missing."""
    if any(problem.optional[i] == MUST_BE_PACKED for i in unplaced_copies(problem, packing)):
        return None
    return with_minimum(problem, packing)


def with_minimum(problem: Problem, packing: Packing) -> Packing | None:
    """The packing with empty bins added for ``minimum_bins``; None if there are too few."""
    missing = problem.minimum_bins - packing.bins
    if missing <= 0:
        return packing
    used = [0] * problem.bin_types
    for k, times in zip(packing.bin_type.tolist(), packing.multiplicity.tolist(), strict=True):
        used[k] += times
    patterns = list(packing.patterns)
    for k in np.argsort(problem.cost, kind="stable").tolist():
        free = missing if problem.available[k] == UNLIMITED else int(problem.available[k]) - used[k]
        added = min(missing, free)
        if added > 0:
            patterns.append((k, {}, added))  # type: ignore[arg-type]
            missing -= added
    return Packing.from_patterns(patterns) if missing == 0 else None


def _standing(problem: Problem) -> tuple[Int64, list[tuple[int, int, dict[int, int]]]]:
    """Demand per run after what stands now, and the bins that stand: fixed content first, then movable copies."""
    demand = arrays.demand_of(problem)
    runs = arrays.run_of_items(problem)
    start = []
    for standing in sorted(problem.initial, key=lambda s: not s.fixed):
        content = {}
        for i, count in standing.content.items():
            kept = count if standing.fixed else min(count, int(demand[runs[i]]))
            demand[runs[i]] = max(0, demand[runs[i]] - kept)
            if kept:
                content[i] = kept
        if content:
            start.append((standing.bin_type, 1, content))
    return demand, start
