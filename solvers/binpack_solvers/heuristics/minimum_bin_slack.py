"""Minimum bin slack: fill one bin at a time as full as possible, around the largest copy that is left.

Source: J. N. D. Gupta, J. C. Ho, "A new heuristic algorithm for the one-dimensional bin-packing problem", Production
Planning & Control 10 (1999); with the largest copy fixed: K. Fleszar, K. S. Hindi, "New heuristics for one-dimensional
bin-packing", Computers & Operations Research 29 (2002), MBS'. Here the search of one bin has a limit of steps.
"""

from __future__ import annotations

import numpy as np

from binpack_solvers.heuristics.arrays import demand_of, packing_of
from binpack_solvers.heuristics.construction import finished
from binpack_solvers.kernels.bin_slack import minimum_bin_slack as kernel
from binpack_solvers.packing import Packing
from binpack_solvers.problem import MUST_BE_PACKED, UNLIMITED, Problem

NODES = 20_000
"""Search steps per bin, about 0.1 ms; ten times as many gain little on Scholl's classes and lose on Schwerin's."""


def minimum_bin_slack(problem: Problem, seed: int = 0) -> Packing | None:
    """For one resource and one bin type without rules; None elsewhere. Nothing is random: ``seed`` changes nothing."""
    if not applies(problem):
        return None
    size, demand = problem.sizes[:, 0], demand_of(problem)
    used = np.flatnonzero((size > 0) & (demand > 0))
    order = used[np.argsort(-size[used], kind="stable")]
    times, ptr, item, count = kernel(size[order], demand[order], int(problem.capacity[0, 0]), NODES)
    packing = packing_of((np.zeros(len(times), np.int64), times, ptr, order[item], count))
    weightless = np.flatnonzero((size == 0) & (demand > 0)).tolist()
    if weightless:
        packing = _with_weightless(packing, {i: int(demand[i]) for i in weightless})
    return finished(problem, packing)


def applies(problem: Problem) -> bool:
    """One resource, one bin type of any number, and no rule that concerns what is in a bin."""
    return (
        problem.resources == problem.bin_types == 1
        and problem.available[0] == UNLIMITED
        and not problem.exclusive.any()
        and bool(problem.compatible.all())
        and bool((problem.alternatives < 0).all())
        and bool((problem.optional == MUST_BE_PACKED).all())
        and not (len(problem.limits) or len(problem.requires) or problem.setups or problem.spread or problem.initial)
        and bool((problem.sizes[:, 0] <= problem.capacity[0, 0]).all())
    )


def _with_weightless(packing: Packing, copies: dict[int, int]) -> Packing:
    """Copies of size 0 into the first bin, or into one of their own."""
    patterns = list(packing.patterns)
    if not patterns:
        return Packing.from_patterns([(0, copies, 1)])
    kind, items, times = patterns[0]
    return Packing.from_patterns([(kind, items | copies, 1), (kind, items, times - 1), *patterns[1:]])
