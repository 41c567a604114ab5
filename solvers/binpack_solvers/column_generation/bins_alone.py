"""The relaxation that branch and price works on: every bin by itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.column_generation.spread_over_bins import caps_of_spread
from binpack_solvers.problem import MUST_BE_PACKED, NO_DOMAIN, Problem

Int64 = NDArray[np.int64]


def bins_alone(problem: Problem) -> Problem:
    """The relaxation in which all copies are packed and every rule looks at one bin.

    Of a rule across bins stays what it says of each bin: a domain's limit holds in its bins too, and an item type stands
    only in bins that have the key it needs, or the declared domain.
    """
    compatible = problem.compatible & ~barred(problem)
    most = most_per_bin(problem.replace(compatible=compatible)).max(axis=1)
    return problem.replace(
        optional=np.full(problem.item_types, MUST_BE_PACKED),
        compatible=compatible,
        limits=_of_one_bin(problem, most),
        requires=None,
        topology=None,
        spread=(),
        initial=None,
        minimum_bins=0,
    )


def barred(problem: Problem) -> NDArray[np.bool_]:
    """(m, t): where a copy would lack the key that ``requires`` needs, or stand outside its spread's declared domains."""
    out = np.zeros((problem.item_types, problem.bin_types), np.bool_)
    for i, _, level in problem.requires.tolist():
        if level:
            out[i] |= problem.topology[:, level - 1] == NO_DOMAIN
    for spread in problem.spread:
        domain = problem.topology[:, spread.key - 1] if spread.key else np.arange(problem.bin_types)
        out[list(spread.carriers)] |= ~np.isin(domain, spread.domains)
    return out


def _of_one_bin(problem: Problem, most: Int64) -> Int64:
    """Limits of level 0, and, where a bin would hold more, those of a key that all bins have and the caps of spreads over
    bins. most (m,): that a bin holds."""
    keyed = (problem.topology[problem.available != 0] != NO_DOMAIN).all(axis=0)
    rows = [(i, j, copies, 0) for i, j, copies in caps_of_spread(problem) if most[j] > copies]
    for i, j, copies, level in problem.limits.tolist():
        if level == 0 or (keyed[level - 1] and most[j] > copies):
            rows.append((i, j, copies, 0))
    return np.array(rows, np.int64).reshape(-1, 4)
