"""A packing that looks at machines alone, from which the search for one that looks at licences starts: it ends with none
that costs more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from binpack_solvers.check import violations
from binpack_solvers.heuristics.cheapest_bins import with_cheapest_bins
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.reductions.bin_types_made_of import bin_types_made_of

if TYPE_CHECKING:
    from binpack.eras.packing.placement import Solve


def machines_first(problem: Problem, origin: Sequence[int], solve: Solve) -> Packing | None:
    """The packing, with no more licences than it needs; None where licences depend on no packing, or there is none.

    origin : for each bin type a number; those of one number differ in the sets of licences that are paid, ascending.
    """
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for k, kind in enumerate(origin or range(problem.bin_types)):
        first.setdefault(kind, k)
        last[kind] = k
    if len(first) == problem.bin_types and not any(setup.cost for setup in problem.setups):
        return None
    kept = list(last.values())
    largest = bin_types_made_of(problem, kept)
    plain = largest.replace(
        cost=problem.cost[list(first.values())], setups=[replace(setup, cost=0) for setup in largest.setups]
    )
    found = solve(plain).packing
    if found is None:
        return None
    packing = Packing.from_patterns((kept[k], items, times) for k, items, times in found.patterns)
    packing = with_cheapest_bins(problem, packing)
    return None if violations(problem, packing) else packing
