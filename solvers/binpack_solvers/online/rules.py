"""A Problem as the arrays of the online kernel; rules that it does not know are refused by name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from binpack_solvers.errors import ProblemError
from binpack_solvers.heuristics.arrays import type_order
from binpack_solvers.kernels.groups import PLENTY
from binpack_solvers.kernels.online import FIRST_FIT, KIND_BITS, NOTHING, THRESHOLDS, Rules
from binpack_solvers.online.policies import scores_of
from binpack_solvers.problem import Problem
from binpack_solvers.validation import as_integers, check_indices


def refuse(problem: Problem) -> None:
    """ProblemError for a rule that looks beyond one bin or one copy, naming it."""
    for rule in sorted(problem.rules - {"compatible", "optional", "exclusive", "limits"}):
        raise ProblemError(
            f"{rule}: online packing does not know this rule; expected capacity, compatible, exclusive and limits in a bin"
        )


def fits_of(problem: Problem) -> NDArray[np.bool_]:
    """(m, t): whether a copy may stand in an empty bin of the type."""
    fits = problem.compatible.copy()
    for k in range(problem.bin_types):
        fits[:, k] &= (problem.sizes <= problem.capacity[k]).all(axis=1)
    own = problem.limits[(problem.limits[:, 0] == problem.limits[:, 1]) & (problem.limits[:, 2] == 0)]
    fits[own[:, 0]] = False
    return fits


def order_of(problem: Problem, types: Sequence[int] | ArrayLike | None) -> NDArray[np.int64]:
    """Bin types in the order in which a new bin is tried; by cost per volume if nothing is given."""
    if types is None:
        return type_order(problem)
    order = as_integers("types", types, None)
    if order.ndim != 1 or len(set(order.tolist())) != len(order):
        raise ProblemError("types: expected different bin types, in the order in which a new bin is tried")
    check_indices("types", order, problem.bin_types)
    return order


def rules_of(problem: Problem, policy: int, weights: ArrayLike | None, types: ArrayLike | None) -> tuple[Rules, int]:
    """The kernel's rules, and by how many bits a rank is shifted to its bucket."""
    refuse(problem)
    fits, order = fits_of(problem), order_of(problem, types)
    scores = scores_of(problem, policy, weights, fits)
    opens = fits[:, order]
    limit_ptr, limit, row = _limits(problem)
    need = _need(problem, fits)
    threshold = [_thresholds(column) for column in need.T]
    need_level = [np.searchsorted(most, column, "right") for most, column in zip(threshold, need.T, strict=True)]
    if policy != FIRST_FIT:
        threshold.append(_thresholds(np.linspace(0, scores.top, THRESHOLDS).astype(np.int64)))
    rules = Rules(
        sizes=problem.sizes.copy(),
        need=need,
        exclusive=problem.exclusive.copy(),
        kinds=_kinds(fits),
        compatible=problem.compatible.copy(),
        capacity=problem.capacity.copy(),
        available=np.where(problem.available < 0, PLENTY, problem.available),
        type_ptr=np.concatenate(([0], np.cumsum(opens.sum(axis=1)))).astype(np.int64),
        type_list=order[np.nonzero(opens)[1]],
        **{field: value for field, value in scores._asdict().items() if field != "shift"},
        threshold=np.array(threshold),
        need_level=np.column_stack(need_level).astype(np.uint8),
        limit_ptr=limit_ptr,
        limit=limit,
        row=row,
    )
    return rules, scores.shift


def _need(problem: Problem, fits: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Sizes; for an exclusive item type the least capacity of the bin types that take it, as only an empty bin has."""
    need = problem.sizes.copy()
    for i in np.flatnonzero(problem.exclusive & fits.any(axis=1)).tolist():
        need[i] = problem.capacity[fits[i]].min(axis=0)
    return need


def _thresholds(amounts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(THRESHOLDS,), ascending: all amounts there are, the least and evenly chosen others where they are too many, or with
    the largest integer in place of those that there are not."""
    distinct = np.unique(amounts)
    chosen = np.arange(THRESHOLDS) * len(distinct) // THRESHOLDS if len(distinct) > THRESHOLDS else slice(None)
    thresholds = np.full(THRESHOLDS, np.iinfo(np.int64).max)
    thresholds[: len(distinct)] = distinct[chosen]
    return thresholds


def _kinds(fits: NDArray[np.bool_]) -> NDArray[np.int64]:
    kinds = np.zeros(len(fits), np.int64)
    for k in range(fits.shape[1]):
        kinds |= fits[:, k].astype(np.int64) << (k % KIND_BITS)
    return kinds


def _limits(problem: Problem) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """``limit_ptr``, ``limit`` and ``row``: each limit from both of its ends, one on an item type itself once."""
    first, other, cap, _ = problem.limits.T
    two = first != other
    source = np.concatenate([first, other[two]])
    ends = np.column_stack([np.concatenate([other, first[two]]), np.concatenate([cap, cap[two]])])
    own = np.concatenate([np.ones(len(first), np.int64), np.zeros(two.sum(), np.int64)])
    order = np.argsort(source, kind="stable")
    ptr = np.concatenate(([0], np.cumsum(np.bincount(source, minlength=problem.item_types)))).astype(np.int64)
    row = np.full(problem.item_types, NOTHING, np.int64)
    concerned = np.unique(source)
    row[concerned] = np.arange(len(concerned))
    return ptr, np.ascontiguousarray(np.column_stack([ends, own])[order]), row
