"""Bin types that no best packing needs, because another one does as much for no more."""

from __future__ import annotations

import numpy as np

from binpack_solvers.problem import UNLIMITED, Problem


def dominated_bin_types(problem: Problem) -> dict[int, int]:
    """Bin type -> the type that can take its place in every bin: same content, no more cost, no more bins.

    The other type is to be had without end, holds at least as much of every resource, takes every item type that the first
    one takes, pays no setup that the first one does not pay, and costs no more. Of equal types the first stays. Rules that
    look beyond one bin, standing bins and declared domains are not looked at: for problems without them.
    """
    chosen: dict[int, int] = {}
    for k in range(problem.bin_types):
        for other in np.flatnonzero(_dominate(problem, k)).tolist():
            if other not in chosen and (other < k or not _dominate(problem, other)[k]):
                chosen[k] = other
                break
    return {k: _last(chosen, k) for k in chosen}


def without_bin_types(problem: Problem, dominated: dict[int, int]) -> Problem:
    """The same problem with none of them available; its packings are packings of ``problem``."""
    if not dominated:
        return problem
    available = problem.available.copy()
    available[list(dominated)] = 0
    return problem.replace(available=available)


def _dominate(problem: Problem, k: int) -> np.ndarray:
    """(t,): the types that can take the place of type k, itself left out."""
    better = problem.available == UNLIMITED
    better &= problem.cost <= problem.cost[k]
    better &= (problem.capacity >= problem.capacity[k]).all(axis=1)
    better &= (problem.compatible | ~problem.compatible[:, [k]]).all(axis=0)
    for setup in problem.setups:
        if k not in setup.types:
            better[list(setup.types)] = False
    better[k] = False
    return better


def _last(chosen: dict[int, int], k: int) -> int:
    """The end of the chain of replacements, which stays."""
    while k in chosen:
        k = chosen[k]
    return k
