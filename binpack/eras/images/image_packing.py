"""Images come last: machines are sought as if layers took no disk, and of packings onto them one that fetches few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.reductions.paid_setups import PaidSetups, with_paid_setups
from binpack_solvers.rules import Setup

from binpack.era_plan import IMAGES, Machine
from binpack.eras.packing.compilation import Compiled, SharedCharge

if TYPE_CHECKING:
    from binpack.eras.packing.placement import Solve


@dataclass(frozen=True)
class ImagePacking:
    """before : the machines of the packing that did not look at images. pulled : bytes that pieces share and fetch at least,
    over all packings onto these machines; where nodes are VMs, over all into these, and with what agents fetch."""

    before: tuple[Machine, ...]
    pulled: int


def without_layers(compiled: Compiled) -> Problem:
    """The same problem with layers that take no disk: a relaxation, whose packings nearly always leave room for them, and
    which searches know better than one with a charge for each set of layers."""
    kept = (
        setup
        for setup, shared in zip(compiled.problem.setups, compiled.shared, strict=True)
        if not shared.charges or any(charge.what != IMAGES for charge in shared.charges)
    )
    return compiled.problem.replace(setups=tuple(kept))


def looks_at_images(compiled: Compiled) -> bool:
    """Whether there is anything to fetch, and everything has to be placed."""
    return any(shared.pulled for shared in compiled.shared) and not (compiled.problem.optional >= 0).any()


def gathered(compiled: Compiled, packing: Packing, solve: Solve) -> tuple[Packing, int]:
    """The same pieces in as many boxes of each type, placed so that they fetch few bytes, and the bytes that they fetch at
    least. What copies in VMs fetch is no cost of the problem, so that a packing that makes more of these may be no better
    than it was."""
    same = SameBoxes.of(compiled, packing)
    if same is None:
        return packing, 0
    solution = solve.cheaper_setups(same.problem, same.packing)
    assert solution.packing is not None
    found = same.back(solution.packing)
    better = _pulled(compiled, found) < _pulled(compiled, packing)
    return found if better else packing, solution.cost_lower_bound


@dataclass(frozen=True)
class SameBoxes:
    """As many boxes of each type as a packing has, which cost nothing but the bytes that they fetch.

    problem : where boxes that pay for a licence are a type of their own, so that no further one has to pay. packing : the
    one that they are of, as one of this problem.
    """

    problem: Problem
    packing: Packing
    paid: PaidSetups | None

    @classmethod
    def of(cls, compiled: Compiled, packing: Packing) -> SameBoxes | None:
        """None where there are too many licences to tell boxes apart by them."""
        problem, shared = compiled.problem, compiled.shared
        paid = with_paid_setups(problem)
        if paid is not None:
            shared = tuple(c for s, c in zip(problem.setups, shared, strict=True) if not s.cost)
            problem, packing = paid.problem, paid.forth(packing)
        elif any(setup.cost for setup in problem.setups):
            return None
        return cls(_pulling_problem(problem, shared, packing), packing, paid)

    def back(self, packing: Packing) -> Packing:
        """A packing of ``problem`` in the boxes that the first problem has."""
        return self.paid.back(packing) if self.paid else packing


def _pulling_problem(problem: Problem, shared: Sequence[SharedCharge], packing: Packing) -> Problem:
    """As many boxes of each type as the packing has, which cost nothing but the bytes that they fetch."""
    used = np.zeros(problem.bin_types, np.int64)
    np.add.at(used, packing.bin_type, packing.multiplicity)
    return problem.replace(cost=np.zeros_like(used), available=used, setups=priced_setups(problem, shared))


def priced_setups(problem: Problem, shared: Sequence[SharedCharge]) -> tuple[Setup, ...]:
    """The setups, each for the bytes that it fetches."""
    return tuple(replace(s, cost=c.pulled) for s, c in zip(problem.setups, shared, strict=True))


def _pulled(compiled: Compiled, packing: Packing) -> int:
    """Bytes that a packing fetches, those of agents aside: what pieces share, once a box, and what copies fetch alone."""
    copies = packing.copies(compiled.problem.item_types)
    alone = sum(piece.pulled * count for piece, count in zip(compiled.pieces, copies, strict=True))
    return alone + evaluate(_pulling_problem(compiled.problem, compiled.shared, packing), packing, all_placed=True).cost
