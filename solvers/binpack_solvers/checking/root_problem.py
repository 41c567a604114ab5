"""The problem at the root of a tree, for the checker: all copies packed, bins by themselves, needless bin types out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from binpack_solvers.checking.best_pattern import fitting
from binpack_solvers.checking.one_bin import seen_in_one_bin, spread_caps
from binpack_solvers.problem import MUST_BE_PACKED, UNLIMITED, Problem


def bins_by_themselves(problem: Problem) -> Problem:
    """The problem without its rules across bins; of these stays what they say of every single bin.

    A packing of all copies that keeps the rules of ``problem`` is one of the result.
    """
    alone = [seen_in_one_bin(problem, k) for k in range(problem.bin_types)]
    compatible = np.column_stack([seen.compatible[:, k] for k, seen in enumerate(alone)])
    bare = problem.replace(
        optional=np.full(problem.item_types, MUST_BE_PACKED),
        compatible=compatible,
        limits=problem.limits[problem.limits[:, 3] == 0],
        requires=None,
        topology=None,
        spread=(),
        initial=None,
        minimum_bins=0,
    )
    kept = [(i, j, most) for i, j, most in spread_caps(problem) if _binds(bare, i, j, most)]
    usable = problem.available != 0
    for i, j, most, level in problem.limits.tolist():
        everywhere = level and (problem.topology[usable, level - 1] >= 0).all()
        if not level or (everywhere and _binds(bare, i, j, most)):
            kept.append((i, j, most))
    return bare.replace(limits=np.array([(i, j, most, 0) for i, j, most in kept], np.int64).reshape(-1, 4))


def _binds(bare: Problem, i: int, j: int, most: int) -> bool:
    """Whether a bin that is to be had would hold more copies without that limit, which holds in every bin."""
    usable = np.flatnonzero(bare.available != 0).tolist()
    if (bare.exclusive[j] and most) or any(a == b == j and c <= most for a, b, c, _ in bare.limits.tolist()):
        return False
    plenty = bare.replace(demands=np.full(bare.item_types, most + 1))
    return any(fitting(plenty, k, j) > most for k in usable if bare.compatible[j, k])


def without_dominated(problem: Problem, dominated: Mapping[int, int]) -> Problem | str:
    """The problem with none of the ``dominated`` bin types, or which of them no other one can stand for in every packing.

    problem : one of bins by themselves. The other type is to be had without end, costs no more, holds as much, takes every
    item type that the first one takes and pays no setup that it does not pay.
    """
    for k, other in dominated.items():
        if not (0 <= k < problem.bin_types and 0 <= other < problem.bin_types) or other in dominated:
            return f"bin type {k} is left out for bin type {other}, which is none or is left out as well"
        stands_for = (
            problem.available[other] == UNLIMITED
            and problem.cost[other] <= problem.cost[k]
            and (problem.capacity[other] >= problem.capacity[k]).all()
            and (problem.compatible[:, other] | ~problem.compatible[:, k]).all()
            and all(k in setup.types for setup in problem.setups if other in setup.types)
        )
        if not stands_for:
            return f"{problem.bin_name(k)} is left out, but {problem.bin_name(other)} cannot stand for it"
    available = [0 if k in dominated else n for k, n in enumerate(problem.available.tolist())]
    return problem.replace(available=available)
