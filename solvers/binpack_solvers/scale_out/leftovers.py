"""The worst-filled bins of a packing, freed: what stays, and their content as a problem of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.heuristics.construction import finished
from binpack_solvers.objective import unplaced_copies
from binpack_solvers.packing import Packing, Pattern
from binpack_solvers.problem import MUST_BE_PACKED, UNLIMITED, Problem
from binpack_solvers.scale_out.restriction import Restriction, restricted
from binpack_solvers.scale_out.ties import self_required

Int64 = NDArray[np.int64]
FINENESS = 2**20


class Leftovers(NamedTuple):
    """kept : patterns that stay. rest : everything else, and every bin that is free, as a problem; None where nothing is.
    before : the freed bins as a packing of ``rest``; None where copies that must be packed are missing."""

    kept: list[Pattern]
    rest: Restriction | None
    before: Packing | None


def leftovers(problem: Problem, packing: Packing, bins: int) -> Leftovers:
    """Free the ``bins`` bins with the least in them; copies that stand nowhere belong to the rest as well.

    Where an item type requires itself, its bin is freed with whatever may become a copy of it.
    """
    kept, freed = _split(packing, _freed(problem, packing, bins))
    demands = _demands(problem, packing, freed)
    while outside := [p for p in kept if not _together(problem, p, demands)]:
        kept = [p for p in kept if p not in outside]
        freed += outside
        demands = _demands(problem, packing, freed)
    available = problem.available.copy()
    for k, _, times in kept:
        available[k] -= times if available[k] != UNLIMITED else 0
    minimum = max(0, problem.minimum_bins - sum(times for _, _, times in kept))
    rest = restricted(problem, demands, available, minimum)
    before = None if rest is None else finished(rest.problem, rest.lower(freed))
    return Leftovers(kept, rest, before)


def _freed(problem: Problem, packing: Packing, bins: int) -> list[int]:
    """How many bins of each row are freed."""
    freed = [0] * len(packing.bin_type)
    for row in np.argsort(_ranks(_fill(problem, packing)), kind="stable").tolist():
        freed[row] = min(bins, int(packing.multiplicity[row]))
        bins -= freed[row]
    return freed


def _ranks(values: list[int]) -> Int64:
    """(P,) the place of each value among the different ones: the values may be beyond 64 bits."""
    place = {value: rank for rank, value in enumerate(sorted(set(values)))}
    return np.array([place[value] for value in values], np.int64)


def _fill(problem: Problem, packing: Packing) -> list[int]:
    """How full each row's bin is: of every resource, in shares of the bin, weighed by what all copies take of it.

    Copies that are less important than one that is left out count as room.
    """
    largest = [max(1, c) for c in problem.capacity.max(axis=0).tolist()]
    demand = [int(problem.demands[group[0]]) for group in problem.demand_groups]
    sizes = [problem.sizes[group[0]].tolist() for group in problem.demand_groups]
    weight = [
        sum(q * size[h] for q, size in zip(demand, sizes, strict=True)) * FINENESS // largest[h]
        for h in range(problem.resources)
    ]
    row_of = np.repeat(np.arange(len(packing.bin_type)), np.diff(packing.indptr))
    content = np.zeros((len(packing.bin_type), problem.resources), np.int64)
    counted = np.where(_important(problem, packing)[packing.item], packing.count, 0)
    np.add.at(content, row_of, problem.sizes[packing.item] * counted[:, None])
    room = problem.capacity[packing.bin_type].tolist()
    return [
        sum(w * (FINENESS * c // max(1, r)) for w, c, r in zip(weight, row, most, strict=True))
        for row, most in zip(content.tolist(), room, strict=True)
    ]


def _important(problem: Problem, packing: Packing) -> NDArray[np.bool_]:
    """(m,) item types that are at least as important as every one that is left out."""
    left_out = problem.optional[list(unplaced_copies(problem, packing))]
    if (left_out == MUST_BE_PACKED).any():
        return problem.optional == MUST_BE_PACKED
    return (problem.optional == MUST_BE_PACKED) | (problem.optional >= left_out.max(initial=MUST_BE_PACKED))


def _split(packing: Packing, freed: list[int]) -> tuple[list[Pattern], list[Pattern]]:
    kept, out = [], []
    for pattern, times in zip(packing.patterns, freed, strict=True):
        if times < pattern.multiplicity:
            kept.append(pattern._replace(multiplicity=pattern.multiplicity - times))
        if times:
            out.append(pattern._replace(multiplicity=times))
    return kept, out


def _demands(problem: Problem, packing: Packing, freed: Iterable[Pattern]) -> Int64:
    """(m,) copies to be packed again, and those that the packing has left out."""
    copies = Packing.from_patterns(freed).copies(problem.item_types)
    missing = unplaced_copies(problem, packing)
    demands = np.zeros(problem.item_types, np.int64)
    for group in problem.demand_groups:
        demands[list(group)] = sum(copies[i] for i in group) + missing.get(group[0], 0)
    return demands


def _together(problem: Problem, pattern: Pattern, demands: Int64) -> bool:
    """Whether the bin may stay: no copy to be packed again has to stand in it."""
    return not any(i in pattern.items and demands[i] for i in self_required(problem))
