"""Images come last: machines are sought as if layers took no disk, and of packings onto them one that fetches few bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

from binpack.era_plan import IMAGES, Machine
from binpack.eras.compilation import Compiled


@dataclass(frozen=True)
class ImagePacking:
    """before : the machines of the packing that did not look at images. pulled : bytes that pieces share and fetch at least,
    over all packings onto these machines."""

    before: tuple[Machine, ...]
    pulled: int


def without_layers(compiled: Compiled) -> Problem:
    """The same problem with layers that take no disk: a relaxation, whose packings nearly always leave room for them, and
    which searches know better than one with a charge for each set of layers."""
    kept = (
        setup
        for setup, shared in zip(compiled.problem.setups, compiled.shared, strict=True)
        if any(charge.what != IMAGES for charge in shared.charges)
    )
    return compiled.problem.replace(setups=tuple(kept))


def looks_at_images(compiled: Compiled) -> bool:
    """Whether there is anything to fetch, and everything has to be placed."""
    return any(shared.pulled for shared in compiled.shared) and not (compiled.problem.optional >= 0).any()


def pulling_problem(compiled: Compiled, packing: Packing) -> Problem:
    """The same pieces into as many boxes of each type as the packing has, for nothing but the bytes that they fetch."""
    used = np.zeros(compiled.problem.bin_types, np.int64)
    np.add.at(used, packing.bin_type, packing.multiplicity)
    priced = (replace(s, cost=c.pulled) for s, c in zip(compiled.problem.setups, compiled.shared, strict=True))
    return compiled.problem.replace(cost=np.zeros_like(used), available=used, setups=tuple(priced))
