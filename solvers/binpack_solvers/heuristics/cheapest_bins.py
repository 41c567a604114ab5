"""Changing the type of bins while their content stays: every bin becomes of the cheapest type that holds what is in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.exact_sums import sums_by
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Flags, Int64, Problem

Exact = NDArray[Any]
"""Integers, in an object array where 64 bits may not hold them."""


def with_cheapest_bins(problem: Problem, packing: Packing) -> Packing:
    """The same contents, in cheaper bins where available ones hold them; the dearest bins choose first.

    Bins of a type that stands now keep it. Only capacity, setups and compatibility are looked at, so where bins are in
    domains the result has to be checked against the rules that look beyond one bin.
    """
    if not any(setup.cost for setup in problem.setups) and (problem.cost == problem.cost[:1]).all():
        return packing
    price, better = _better(problem, packing)
    used = [0] * problem.bin_types
    for k, times in zip(packing.bin_type.tolist(), packing.multiplicity.tolist(), strict=True):
        used[k] += times
    changed = []
    for row in np.argsort(-problem.cost[packing.bin_type], kind="stable").tolist():
        now, items, left = packing.patterns[row]
        types = np.flatnonzero(better[row])
        for k in types[np.argsort(price[row, types], kind="stable")].tolist():
            free = left if problem.available[k] == UNLIMITED else int(problem.available[k]) - used[k]
            moved = min(left, free)
            if moved > 0:
                changed.append((k, items, moved))
                used[k] += moved
                used[now] -= moved
                left -= moved
        if left:
            changed.append((now, items, left))
    return Packing.from_patterns(changed)


def _better(problem: Problem, packing: Packing) -> tuple[Exact, Flags]:
    """(P, t): what each content costs in a bin of each type, and whether the type holds it for less than now."""
    rows, contents = len(packing.bin_type), np.diff(packing.indptr)
    row_of = np.repeat(np.arange(rows), contents)
    loads = [sums_by(row_of, packing.count, size, rows) for size in problem.sizes[packing.item].T]
    paying = [_with_any(problem, packing, row_of, setup.members) for setup in problem.setups]
    standing = {s.bin_type for s in problem.initial}
    price = np.empty((rows, problem.bin_types), object if problem.setups else np.int64)
    holds = np.zeros(price.shape, np.bool_)
    for k, capacity in enumerate(problem.capacity.tolist()):
        setups = [(setup, mask) for setup, mask in zip(problem.setups, paying, strict=True) if k in setup.types]
        price[:, k] = int(problem.cost[k])
        for setup, mask in setups:
            price[mask, k] += setup.cost
        if k not in standing:
            holds[:, k] = np.bincount(row_of, ~problem.compatible[packing.item, k], rows) == 0
            for h, room in enumerate(capacity):
                holds[:, k] &= loads[h] <= _left(room, h, setups, rows)
    now = price[np.arange(rows), packing.bin_type]
    changeable = (contents > 0) & ~np.isin(packing.bin_type, list(standing))
    return price, np.asarray(holds & (price < now[:, None]) & changeable[:, None], np.bool_)


def _with_any(problem: Problem, packing: Packing, row_of: Int64, members: tuple[int, ...]) -> Flags:
    """(P,): whether there is a copy of one of these items."""
    found = np.zeros(problem.item_types, np.bool_)
    found[list(members)] = True
    return np.asarray(np.bincount(row_of, found[packing.item], len(packing.bin_type)) > 0, np.bool_)


def _left(room: int, resource: int, setups: list[tuple[Any, Flags]], rows: int) -> Exact:
    """(P,): what the setups paid leave of a resource."""
    taking = [(setup.size[resource], mask) for setup, mask in setups if setup.size[resource]]
    left = np.full(rows, room, object if taking else np.int64)
    for size, mask in taking:
        left[mask] -= size
    return left
