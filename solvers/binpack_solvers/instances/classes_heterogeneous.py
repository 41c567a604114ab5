"""Vector packing with different bins, each there once, into which a packing exists by construction; drawn anew.

Items are cut out of the bins until a share of each bin's volume is used; the cost of a bin is the sum of its capacities.
Rules after Gabay, Zaourar, "Vector bin packing with heterogeneous bins", Annals of OR 242 (2016).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from binpack_solvers.instances.draws import Draws

Vector = list[int]


@dataclass(frozen=True)
class DifferentBins:
    """A class: how a bin is drawn, how the next item is cut out of what remains of it, and the share that is filled."""

    title: str
    bin: Callable[[Draws, int], Vector]
    item: Callable[[Draws, Vector, Vector], Vector]
    fill: float

    def draw(self, draws: Draws, bins: int, d: int) -> tuple[list[Vector], list[Vector]]:
        """(capacities, items) with ``bins`` bins of ``d`` dimensions."""
        capacities = [self.bin(draws, d) for _ in range(bins)]
        items: list[Vector] = []
        for capacity in capacities:
            left = list(capacity)
            while sum(left) > (1 - self.fill) * sum(capacity):
                item = self.item(draws, capacity, left)
                if any(item):
                    items.append(item)
                    left = [a - b for a, b in zip(left, item, strict=True)]
        return capacities, items


def _uniform_bin(draws: Draws, d: int) -> Vector:
    return [draws.integer(10, 1000) for _ in range(d)]


def _rare_bin(draws: Draws, d: int) -> Vector:
    """The last resource is absent from three bins in four."""
    capacity = _uniform_bin(draws, d)
    return [*capacity[:-1], 0 if draws.chance(0.75) else capacity[-1]]


def _correlated_bin(draws: Draws, d: int) -> Vector:
    base = draws.integer(10, 1000)
    mean = 0.1 * base
    return [max(1, round(base + draws.exponential(mean) - mean)) for _ in range(d)]


def _uniform_item(draws: Draws, capacity: Vector, left: Vector) -> Vector:
    """Per resource up to 0.8 of what is left, and at least 1 of it, so that cutting ends."""
    return [draws.integer(min(1, free), max(min(1, free), int(0.8 * free))) for free in left]


def _correlated_item(draws: Draws, capacity: Vector, left: Vector) -> Vector:
    """About the same size in every resource."""
    base = draws.integer(1, max(1, int(0.8 * min(left))))
    mean = 0.1 * base
    return [min(free, max(1, round(base + draws.exponential(mean) - mean))) for free in left]


def _similar_item(draws: Draws, capacity: Vector, left: Vector) -> Vector:
    """About a fifth of the bin in every resource."""
    shares = (0.2 + draws.exponential(0.2) - 0.2 for _ in capacity)
    return [min(free, max(1, round(full * share))) for full, free, share in zip(capacity, left, shares, strict=True)]


CLASSES_HETEROGENEOUS = {
    "gabay_uniform": DifferentBins("different bins, everything uniform", _uniform_bin, _uniform_item, 0.8),
    "gabay_rare": DifferentBins("different bins, the last resource is rare", _rare_bin, _uniform_item, 0.8),
    "gabay_correlated": DifferentBins("different bins, balanced capacities", _correlated_bin, _uniform_item, 0.8),
    "gabay_correlated_items": DifferentBins(
        "different bins, balanced capacities and items", _correlated_bin, _correlated_item, 0.8
    ),
    "gabay_similar": DifferentBins("different bins, items near a fifth of a bin", _uniform_bin, _similar_item, 0.7),
}
BIN_COUNTS = (10, 30, 100)
DIMENSIONS = (2, 5, 10)
