"""The data: cases, each of which grows along one axis by rungs, the last of which is the case itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

METHODS = ("first_fit_decreasing", "best_fit_decreasing")
HALVINGS = 6
"""The smallest rung of a case that grows with n has so many halvings fewer copies."""


@dataclass(frozen=True)
class Shape:
    """``copies`` of each of ``item_types``, sizes uniform from 1 to ``largest`` in each of ``resources``.

    joined : equal sizes become one item type with the demand of all of them.
    """

    item_types: int
    copies: int
    resources: int
    largest: int
    capacity: int
    joined: bool = False

    def arrays(self, seed: int = 1) -> tuple[Int64, Int64]:
        """sizes (m, d), demands (m,); the same seed gives the same ones."""
        sizes = np.random.default_rng(seed).integers(1, self.largest + 1, (self.item_types, self.resources))
        if self.joined:
            sizes, times = np.unique(sizes, axis=0, return_counts=True)
            return np.ascontiguousarray(sizes), times * self.copies
        return sizes, np.full(self.item_types, self.copies, np.int64)

    def parts(self, share: float) -> Shape:
        """With a share of the copies: of the item types where they differ, of each one's copies where there are many."""
        if self.copies > 1:
            return replace(self, copies=max(1, round(self.copies * share)))
        return replace(self, item_types=max(1, round(self.item_types * share)))


@dataclass(frozen=True)
class Case:
    """Rungs in the order of their work, and what differs between them."""

    title: str
    axis: str
    rungs: tuple[Shape, ...]


def cases(scale: float) -> dict[str, Case]:
    """All cases by name, with a share of their copies."""
    return {name: make(scale) for name, make in CASES.items()}


def _with_n(title: str, shape: Shape) -> Callable[[float], Case]:
    shares = [0.5**k for k in range(HALVINGS, -1, -1)]
    return lambda scale: Case(title, "copies", tuple(shape.parts(scale * share) for share in shares))


def _with_resources(scale: float) -> Case:
    shapes = [Shape(20_000, 1, d, 512, 1024).parts(scale) for d in (1, 2, 3, 4, 6, 8)]
    return Case("2e4 different vectors of more and more resources", "resources", tuple(shapes))


def _with_item_types(scale: float) -> Case:
    shapes = [Shape(m, max(1, round(scale * 10**6 / m)), 3, 512, 1024) for m in (10, 30, 100, 300, 1000, 3000, 10_000)]
    return Case("1e6 copies of more and more item types, 3 resources", "item types", tuple(shapes))


# Capacities of vectors are powers of two: then sums of size over capacity are exact in floating point, ties are ties in
# whatever form the order is computed, and first fit has one packing.
CASES: dict[str, Callable[[float], Case]] = {
    "one_resource": _with_n("1e6 items, 1 resource", Shape(10**6, 1, 1, 10**5, 150_000)),
    "one_resource_joined": _with_n("the same, equal sizes joined", Shape(10**6, 1, 1, 10**5, 150_000, joined=True)),
    "vectors": _with_n("1e5 different vectors, 3 resources", Shape(10**5, 1, 3, 512, 1024)),
    "many_vectors": _with_n("1e6 different vectors, 3 resources", Shape(10**6, 1, 3, 512, 1024)),
    "copies": _with_n("1e7 copies of 1,000 vectors, 4 resources", Shape(1000, 10_000, 4, 512, 1024)),
    "resources": _with_resources,
    "item_types": _with_item_types,
}
