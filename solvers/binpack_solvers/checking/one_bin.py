"""What rules across bins say of each single bin: patterns that break it are in no packing."""

from __future__ import annotations

import numpy as np

from binpack_solvers.problem import Problem

MOST_CAPS = 10_000
"""Of one spread; without them the question is only harder."""


def seen_in_one_bin(problem: Problem, k: int) -> Problem:
    """The problem with those consequences as rules of level 0, for bins of type k alone.

    A bin that has a key is part of a domain, whose limits hold in it; an item type does not stand where the key is missing
    of a rule by which it requires another, nor a carrier outside the declared domains of its spread. All copies are packed.
    """
    limits = [(i, j, most, 0) for i, j, most in spread_caps(problem)]
    for i, j, most, level in problem.limits.tolist():
        if level == 0 or problem.topology[k, level - 1] >= 0:
            limits.append((i, j, most, 0))
    compatible = problem.compatible.copy()
    for i, _, level in problem.requires.tolist():
        if level and problem.topology[k, level - 1] < 0:
            compatible[i, k] = False
    for spread in problem.spread:
        if (int(problem.topology[k, spread.key - 1]) if spread.key else k) not in spread.domains:
            compatible[list(spread.carriers), k] = False
    return problem.replace(limits=np.array(limits, np.int64).reshape(-1, 4), compatible=compatible)


def spread_caps(problem: Problem) -> list[tuple[int, int, int]]:
    """(i, j, k): a bin that holds an i has at most k copies of j, by the spreads of level 0. All copies are packed.

    Let N be a number of bins of the spread's types that no packing goes below, and C all copies that it counts. One of these
    bins holds C // N of them at the most, so none holds more than ``max_skew`` beyond. A carrier stands in such a bin; what
    is only counted does if there are no others.
    """
    caps = []
    for spread in problem.spread:
        carriers, counted = set(spread.carriers), set(spread.counted)
        placed = any(problem.demands[group[0]] > 0 and set(group) <= carriers for group in problem.demand_groups)
        if spread.key > 0 or not placed:
            continue
        of_types = [k for k in range(problem.bin_types) if problem.available[k] and k in spread.domains]
        others = [k for k in range(problem.bin_types) if problem.available[k] and k not in spread.domains]
        everything = sum(int(problem.demands[group[0]]) for group in problem.demand_groups if set(group) & counted)
        most = everything // _bins_needed(problem, carriers, of_types, others) + spread.max_skew
        beside = carriers if others else carriers | counted
        if len(beside) * len(counted) <= MOST_CAPS:
            caps += [
                (i, j, most - 1 if i != j and i in counted else most) for i in sorted(beside) for j in sorted(counted)
            ]
    return caps


def _bins_needed(problem: Problem, carriers: set[int], of_types: list[int], others: list[int]) -> int:
    """Bins of the types that hold what can stand nowhere else, at the least; one holds a carrier."""
    bound = problem.minimum_bins if not others else 0
    if not of_types:
        return 1
    bound_to = [i in carriers or not problem.compatible[i, others].any() for i in range(problem.item_types)]
    groups = [group for group in problem.demand_groups if all(bound_to[i] for i in group)]
    for h in range(problem.resources):
        room = max(int(problem.capacity[k, h]) for k in of_types)
        amount = sum(int(problem.demands[g[0]]) * min(int(problem.sizes[i, h]) for i in g) for g in groups)
        bound = max(bound, -(-amount // room) if room else 0)
    return max(1, bound)
