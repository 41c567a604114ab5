"""A problem whose bin types are made of those of another: some left out, some there more than once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from binpack_solvers.problem import Int64, Problem


def bin_types_made_of(problem: Problem, origin: Int64 | Sequence[int]) -> Problem:
    """The same item types and rules; the k-th bin type is number ``origin[k]`` of the problem, with its setups.

    A setup without types is left out, as it would mean all of them. Each type may be had as often as the one it is made of.
    Only for problems without spread and standing bins, which know bins by their types.
    """
    of = np.asarray(origin, np.int64)
    setups = ((setup, tuple(np.flatnonzero(np.isin(of, setup.types)).tolist())) for setup in problem.setups)
    return problem.replace(
        capacity=problem.capacity[of],
        cost=problem.cost[of],
        available=problem.available[of],
        compatible=problem.compatible[:, of],
        setups=[replace(setup, types=types) for setup, types in setups if types],
        topology=problem.topology[of],
        bin_names=(),
    )
