"""Where else the contents found by pricing may stand, and what of them may stand by rules that pricing does not know."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns, joined_columns, no_columns
from binpack_solvers.column_generation.places import Places
from binpack_solvers.column_generation.pricing import Pricer
from binpack_solvers.problem import NO_ALTERNATIVE, Problem

Int64 = NDArray[np.int64]
Flags = NDArray[np.bool_]


def in_every_type(problem: Problem, pricer: Pricer, count: Int64) -> Columns:
    """The contents (C, n), equal ones once, in each bin type of the problem that is to be had and where they fit.

    With ``minimum_bins`` also empty bins.
    """
    count = np.unique(count, axis=0)
    empty = ~count.any(axis=1)
    parts = [no_columns(count.shape[1])]
    for k in np.flatnonzero(problem.available != 0).tolist():
        rows = count[~empty & _fits(pricer, count, k)]
        if problem.minimum_bins:
            rows = np.vstack([rows, np.zeros_like(rows, shape=(1, count.shape[1]))])
        parts.append(pricer.columns(np.full(len(rows), k), rows))
    return joined_columns(parts)


def _fits(pricer: Pricer, count: Int64, k: int) -> Flags:
    """(C,): whether a bin of type k may hold the content, which some bin type holds."""
    problem, item = pricer.problem, pricer.configurations.item
    left = problem.capacity[k] - count @ pricer.configurations.size
    for setup in problem.setups:
        if k in setup.types:
            pays = count[:, np.isin(item, setup.members)].any(axis=1)
            left = np.maximum(left - np.outer(pays, np.array(setup.size, np.int64)), -1)  # one step stays in range
    return np.asarray((left >= 0).all(axis=1) & ~count[:, ~problem.compatible[item, k]].any(axis=1))


def single_copies(pricer: Pricer) -> Columns:
    """A copy by itself of each item, in one bin type: with those there is a packing wherever bins are to be had."""
    c = pricer.configurations
    rows = np.flatnonzero((c.most > 0).any(axis=1))
    return pricer.columns(c.most[rows].argmax(axis=1), np.eye(len(c.item), dtype=np.int64)[rows])


def repaired(problem: Problem, places: Places, count: Int64) -> Int64:
    """Contents (C, n) without what ``requires`` of level 0 forbids: all that such contents may hold is in one of the result.

    Without a j in the bin no i stays. Of an i that stands together, a bin holds all copies or none: both are given.
    """
    pairs = [(i, j) for i, j, level in problem.requires.tolist() if level == 0]
    for i, j in pairs:
        if i == j and problem.alternatives[i] == NO_ALTERNATIVE:
            copies = sum((count[:, n] * share for n, share in places.share[i]), np.zeros(len(count), np.int64))
            without = count.copy()
            without[:, [n for n, _ in places.share[i]]] = 0
            count = np.vstack([count[copies == problem.demands[i]], without])
    others = [(i, j) for i, j in pairs if i != j]
    for _ in others:  # what goes may be what others need
        for i, j in others:
            needing, needed = ([n for n, _ in places.share[row]] for row in (i, j))
            alone = np.logical_not(count[:, needed].any(axis=1, keepdims=True))
            count = count.copy()
            count[:, needing] = np.where(alone, 0, count[:, needing])
    return count
