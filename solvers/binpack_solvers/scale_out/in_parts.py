"""One very large problem in parts: each solved by itself, merged, and the worst-filled bins packed again together.

Source: POP (see ``partition``), whose granular problems ask for shares of resources; whole bins leave one badly filled bin
or so in every part, which is why their content is packed again.
"""

from __future__ import annotations

from concurrent.futures import Executor
from time import monotonic
from typing import Any, NamedTuple

import numpy as np

from binpack_solvers.errors import ProblemError
from binpack_solvers.objective import evaluate, unplaced_copies
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import MUST_BE_PACKED, Problem
from binpack_solvers.scale_out.leftovers import leftovers
from binpack_solvers.scale_out.partition import partition, refuse_rules_across_bins
from binpack_solvers.scale_out.restriction import Restriction, restricted
from binpack_solvers.scale_out.tasks import Call, results_in_order
from binpack_solvers.solution import Solution

FREED_BINS = 4
"""Bins freed for each part, at least, in the first round."""
FREED_SHARE = 16
"""One of so many bins is freed in the first round."""
ROUNDS = 3
"""Each frees twice as many bins as the one before: few bins are packed well at once, many leave more room for better."""


def solve_in_parts(
    problem: Problem,
    parts: int,
    method: str = "auto",
    time_limit: float = 60.0,
    threads: int = 1,
    seed: int = 0,
    executor: Executor | None = None,
    workers: int | None = None,
) -> Solution:
    """A checked packing, with the whole problem's elementary bounds beside it; the same for any number of workers.

    parts : of like mixture, see ``partition``. time_limit : seconds of work, of which each part and what is packed again
        has an equal share, whatever the number of workers: with several, the answer is there sooner. Where copies that must
        be packed are left over, more bins are freed, which takes longer. executor, workers : see ``solve_many``.

    The answer is never worse than the merged one. Raises ProblemError for rules across bins, whose parts cannot be packed
    apart: limits and requires above the bin, spread, initial. Ctrl-C while the parts are solved is raised; after that it
    ends the run like the limit.
    """
    refuse_rules_across_bins(problem)
    if parts < 1:
        raise ProblemError(f"parts is {parts}: expected at least 1")
    started = monotonic()
    options = {"method": method, "time_limit": time_limit / (parts + 1), "threads": threads, "seed": seed}
    shares = [restricted(problem, *share) for share in partition(problem, parts, seed)]
    merged = merge(shares, _packings(shares, options, executor, workers))
    packed = Repacked(merged, 0, False)
    if parts > 1:
        packed = pack_leftovers(problem, merged, max(FREED_BINS * parts, merged.bins // FREED_SHARE), options)
    solution = _with_bounds(problem, packed.packing, options)
    statistics = solution.statistics
    statistics.method, statistics.time_s = method, monotonic() - started - statistics.compile_s
    statistics.counters |= {"parts": parts, "merged_bins": merged.bins, "freed_bins": packed.freed}
    if packed.interrupted:
        statistics.counters["interrupted"] = 1
    return solution


class Repacked(NamedTuple):
    """A packing after its worst-filled bins, ``freed`` in the end, were packed again, unless Ctrl-C came between."""

    packing: Packing
    freed: int
    interrupted: bool


def _packings(
    shares: list[Restriction | None], options: dict[str, Any], executor: Executor | None, workers: int | None
) -> list[Packing | None]:
    """A packing of each part; None where there is none, or nothing to pack it into."""
    wanted = [n for n, share in enumerate(shares) if share is not None and share.problem.copies]
    calls = [Call(f"part {n}", pack_what_fits, (shares[n].problem, options)) for n in wanted]  # type: ignore[union-attr]
    packings: list[Packing | None] = [None] * len(shares)
    for n, solution in zip(wanted, results_in_order(calls, executor, workers), strict=True):
        packings[n] = solution.packing
    return packings


def pack_what_fits(problem: Problem, options: dict[str, Any]) -> Solution:
    """Every copy that must be packed or, where no packing of these is found, as many as fit: a part may have got too few
    bins for its copies."""
    solution = solve(problem, **options)
    if solution.packing is not None or _interrupted(solution):
        return solution
    must = problem.optional == MUST_BE_PACKED
    most = int(problem.optional.max(initial=MUST_BE_PACKED)) + 1
    return solve(problem.replace(optional=np.where(must, most, problem.optional)), **options)


def _interrupted(solution: Solution) -> bool:
    return "interrupted" in solution.statistics.counters


def merge(shares: list[Restriction | None], packings: list[Packing | None]) -> Packing:
    """All parts' bins; a part without a packing adds none."""
    return Packing.from_patterns(
        pattern
        for share, packing in zip(shares, packings, strict=True)
        if share is not None and packing is not None
        for pattern in share.lift(packing)
    )


def pack_leftovers(problem: Problem, merged: Packing, bins: int, options: dict[str, Any]) -> Repacked:
    """The best of ``merged`` and what comes of packing its worst-filled bins again.

    bins : at least 1, freed in the first of ``ROUNDS`` rounds, each with its part of the time. Beyond these more and more
        are freed while copies that must be packed are left over.
    """
    options = {**options, "time_limit": options["time_limit"] / ROUNDS}
    best, rounds, freed = merged, 0, 0
    while rounds < ROUNDS or (_missing(problem, best) and freed < merged.bins):
        rounds, freed = rounds + 1, min(bins << rounds, merged.bins)
        kept, rest, before = leftovers(problem, best, freed)
        if rest is None:
            break
        again = pack_what_fits(rest.problem, options | ({} if before is None else {"initial": before}))
        if again.packing is not None:
            found = Packing.from_patterns([*kept, *rest.lift(again.packing)])
            best = min(best, found, key=lambda packing: (_bins_missing(problem, packing), evaluate(problem, packing)))
        if _interrupted(again):
            return Repacked(best, freed, True)
    return Repacked(best, freed, False)


def _missing(problem: Problem, packing: Packing) -> bool:
    """Whether a copy that must be packed is left out, or bins are too few."""
    left_out = any(problem.optional[i] == MUST_BE_PACKED for i in unplaced_copies(problem, packing))
    return left_out or _bins_missing(problem, packing) > 0


def _bins_missing(problem: Problem, packing: Packing) -> int:
    return max(0, problem.minimum_bins - packing.bins)


def _with_bounds(problem: Problem, packing: Packing, options: dict[str, Any]) -> Solution:
    """The packing beside all elementary bounds, checked: a run of ``solve`` that begins with it and is to stop at once."""
    initial = None if _missing(problem, packing) else packing
    return solve(problem, **options | {"method": "auto"}, initial=initial, stop=lambda: True)
