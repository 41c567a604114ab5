"""The search for the cheapest nodes: first plans, the search over all types, and over a few of them where so many are asked.

First plans: what the scheduler does with nodes of one type, each zone by itself, and spot nodes apart from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import NamedTuple

import numpy as np
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Flags, Int64, Problem
from binpack_solvers.solution import Solution

from binpack.kubernetes.planning.spot_split import apart
from binpack.kubernetes.planning.zone_split import worth_splitting, zone_by_zone

ZONES_SHARE = 0.7
"""Of the time, for a first plan zone by zone where that is worth a try."""
SPOT_SHARE = 0.25
"""Of the time, for spot nodes by themselves, and as much for the others."""
FEW_TYPES = 3

FirstPackings = Callable[[Problem], Sequence[tuple[Packing, list[int]]]]
"""Of a problem: packings with the bin types of each, the cheapest first."""


class Search(NamedTuple):
    """firsts : what the scheduler does. zones (t,): the number of each class's zone, -1: none. types : the type of each.
    spot (t,): which are spot nodes."""

    firsts: FirstPackings
    zones: Int64
    types: Sequence[str]
    spot: Flags
    threads: int
    seed: int


def cheapest_nodes(problem: Problem, search: Search, seconds: float, most_types: int | None) -> Solution:
    """The best nodes found in so many seconds. most_types : at most so many types of them; None: any number.

    Where more types are best, half of the time goes to the search over those that most is spent on. The bounds stay those of
    all types, so a gap tells what the restriction may have cost. Where none of so few is found the plan has more.
    """
    limited = most_types is not None and len(set(search.types)) > most_types
    solution = _searched(problem, search, seconds / 2 if limited else seconds)
    kept = [] if most_types is None else _kept_types(problem, search.types, solution.packing, most_types)
    if not kept:
        return solution
    again = _searched(_with_types(problem, np.isin(search.types, kept)), search, seconds / 2)
    if again.packing is None:
        return solution
    return _beside_bounds_of(solution, again)


def _beside_bounds_of(whole: Solution, restricted: Solution) -> Solution:
    """A plan of the restricted problem as one of the whole problem."""
    met = restricted.cost == whole.cost_lower_bound
    told = whole.statistics
    return replace(
        restricted,
        status="optimal" if met and restricted.bins == whole.lower_bound else "feasible",
        lower_bound=whole.lower_bound,
        cost_lower_bound=whole.cost_lower_bound,
        certificate=whole.certificate,
        statistics=replace(
            restricted.statistics,
            bound_by=told.bound_by,
            cost_bound_by=told.cost_bound_by,
            bound_reason=told.bound_reason,
            cost_proven=met,
        ),
    )


def _searched(problem: Problem, search: Search, seconds: float) -> Solution:
    """Where many types are to be had, and no zones or spot nodes are planned by themselves, first over the few that begin
    best, for half of the time: the others may be large, so that each takes most of a search for no gain."""
    end = monotonic() + seconds
    split = apart(problem, search.spot, lambda part: _searched(part, search, SPOT_SHARE * seconds).packing)
    firsts = search.firsts(problem) if split is None else []
    if split is None and worth_splitting(problem, search.zones):
        split = zone_by_zone(problem, search.zones, ZONES_SHARE * seconds, search.threads, search.seed)
    starts = [packing for packing, _ in firsts] + ([split] if split else [])
    best = min(starts, key=lambda packing: evaluate(problem, packing), default=None)
    few = np.isin(np.arange(problem.bin_types), [k for _, kind in firsts[:FEW_TYPES] for k in kind])
    if split is None and few.any() and not few.all():
        left = (end - monotonic()) / 2
        found = solve(_with_types(problem, few), "auto", left, search.threads, search.seed, initial=best)
        best, end = found.packing, end + found.statistics.compile_s  # which is no part of a limit
    return solve(problem, "auto", max(0.0, end - monotonic()), search.threads, search.seed, initial=best)


def _with_types(problem: Problem, kept: np.ndarray) -> Problem:
    """Without the bin types that are not kept (t,)."""
    return problem.replace(available=np.where(kept, problem.available, 0))


def _kept_types(problem: Problem, types: Sequence[str], packing: Packing | None, most: int) -> list[str]:
    """So many types that together take every item: those that a packing spends most on, the last one perhaps exchanged for
    the next that does. Empty where the packing has no more, or no such types are found."""
    spent = dict.fromkeys([types[k] for k in np.argsort(problem.cost, kind="stable").tolist()], 0)
    for k, _, times in packing.patterns if packing is not None else ():
        spent[types[k]] += int(problem.cost[k]) * times
    order = sorted(spent, key=lambda name: -spent[name])
    if sum(spent[name] > 0 for name in order) <= most:
        return []
    room = (problem.sizes[:, None, :] <= problem.capacity[None, :, :]).all(axis=2) & problem.compatible
    for last in order[most - 1 :]:
        kept = [*order[: most - 1], last]
        if room[:, np.isin(types, kept)].any(axis=1).all():
            return kept
    return []
