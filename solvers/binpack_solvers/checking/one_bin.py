"""What rules across bins say of each single bin: patterns that break it are in no packing."""

from __future__ import annotations

import numpy as np

from binpack_solvers.problem import Problem


def seen_in_one_bin(problem: Problem, k: int) -> Problem:
    """The problem with those consequences as rules of level 0, for bins of type k alone.

    A bin that has a key is part of a domain, whose limits hold in it; an item type does not stand where the key is missing
    of a rule by which it requires another, nor a carrier outside the declared domains of its spread.
    """
    limits = []
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
