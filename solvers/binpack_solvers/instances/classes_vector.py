"""Published classes of vector packing instances with identical bins, drawn anew.

Sources: Caprara, Toth, "Lower bounds and algorithms for the 2-dimensional vector packing problem", DAM 111 (2001),
classes 1-8 and 10 (the capacities of class 9 follow a rule that is not published); Panigrahy, Talwar, Uyeda, Wieder,
"Heuristics for vector bin packing" (2011), the same classes in more dimensions and a ninth; the classes called "New" of
Mommessin, Erlebach, Shakhlevich, "Classification and evaluation of the algorithms for vector bin packing" (data:
Vectorpack/experiments_vector_paper).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from binpack_solvers.instances.draws import Draws

Vectors = list[tuple[int, ...]]


@dataclass(frozen=True)
class IdenticalBins:
    """A class: bins of ``capacity`` in every dimension; ``draw(draws, n, d)`` gives the sizes."""

    title: str
    capacity: int
    draw: Callable[[Draws, int, int], Vectors]
    counts: Sequence[int]
    dimensions: Sequence[int]
    triplets: bool = False


def _uniform(low: int, high: int) -> Callable[[Draws, int, int], Vectors]:
    return lambda draws, n, d: [tuple(draws.integer(low, high) for _ in range(d)) for _ in range(n)]


def _pairs(partner: Callable[[Draws, int], int]) -> Callable[[Draws, int, int], Vectors]:
    """Dimensions in pairs: w uniform in 20..100 and its partner; an odd last dimension has no partner."""

    def draw(draws: Draws, n: int, d: int) -> Vectors:
        items = []
        for _ in range(n):
            sizes: list[int] = []
            while len(sizes) < d:
                w = draws.integer(20, 100)
                sizes += [w, partner(draws, w)]
            items.append(tuple(sizes[:d]))
        return items

    return draw


def _triplets(draws: Draws, n: int, d: int) -> Vectors:
    """Two items uniform in 25..50 per dimension and the third that fills the bin; n is a multiple of 3."""
    items: Vectors = []
    for _ in range(n // 3):
        first, second = (tuple(draws.integer(25, 50) for _ in range(d)) for _ in range(2))
        items += [first, second, tuple(100 - a - b for a, b in zip(first, second, strict=True))]
    return items


def _counted(draws: Draws, n: int, d: int) -> Vectors:
    """Each item draws a dimension 2 d times; its size there is 10..40 times the count, plus 0 or 1; at most 100."""
    items: Vectors = []
    while len(items) < n:
        counts = [0] * d
        for _ in range(2 * d):
            counts[draws.integer(0, d - 1)] += 1
        scale = draws.integer(10, 40)
        sizes = tuple(scale * count + draws.integer(0, 1) for count in counts)
        if max(sizes) <= 100:
            items.append(sizes)
    return items


def _one_large(draws: Draws, n: int, d: int) -> Vectors:
    """For each dimension n/d items that are large there (50..100) and small elsewhere (0..25)."""
    return [
        tuple(draws.integer(50, 100) if r == k * d // n else draws.integer(0, 25) for r in range(d)) for k in range(n)
    ]


def _normal(mean: float, deviation: float) -> Callable[[Draws, int, int], Vectors]:
    return lambda draws, n, d: [
        tuple(draws.truncated_gaussian(mean, deviation, 0, 100) for _ in range(d)) for _ in range(n)
    ]


def _bimodal(large: float, small: float, deviation: float) -> Callable[[Draws, int, int], Vectors]:
    """Each size is around ``large`` with probability 0.1, around ``small`` otherwise."""
    return lambda draws, n, d: [
        tuple(draws.truncated_gaussian(large if draws.chance(0.1) else small, deviation, 0, 100) for _ in range(d))
        for _ in range(n)
    ]


_BOTH = (
    (1000, _uniform(100, 400), "sizes 100..400"),
    (1000, _uniform(1, 1000), "sizes 1..1000"),
    (1000, _uniform(200, 800), "sizes 200..800"),
    (1000, _uniform(50, 200), "sizes 50..200"),
    (1000, _uniform(25, 100), "sizes 25..100"),
    (150, _uniform(20, 100), "sizes 20..100"),
    (150, _pairs(lambda draws, w: draws.integer(w - 10, w + 10)), "alike in pairs: w, w-10..w+10"),
    (150, _pairs(lambda draws, w: draws.integer(110 - w, 130 - w)), "opposed in pairs: w, 110-w..130-w"),
)
_NEW = (
    (_one_large, "each item large in one dimension"),
    (_normal(20, 10), "normal, mean 20"),
    (_normal(30, 15), "normal, mean 30"),
    (_bimodal(70, 30, 15), "one in ten around 70, the rest around 30"),
    (_bimodal(80, 20, 10), "one in ten around 80, the rest around 20"),
    (_bimodal(70, 15, 10), "one in ten around 70, the rest around 15"),
)
_TWO = (25, 50, 100, 200)
_MANY = (20, 40, 60, 120, 250, 500)
_DIMENSIONS = (3, 5, 10)


def _classes() -> dict[str, IdenticalBins]:
    classes = {}
    for number, (capacity, draw, words) in enumerate(_BOTH, 1):
        classes[f"caprara_toth_{number}"] = IdenticalBins(
            f"Caprara-Toth {number}: c {capacity}, 2 dimensions, {words}", capacity, draw, _TWO, (2,)
        )
    classes["caprara_toth_10"] = IdenticalBins(
        "Caprara-Toth 10: c 100, 2 dimensions, triplets, optimum n/3", 100, _triplets, (24, 51, 99, 201), (2,), True
    )
    for number, (capacity, draw, words) in enumerate((*_BOTH, (100, _counted, "multiples of a draw")), 1):
        classes[f"panigrahy_{number}"] = IdenticalBins(
            f"Panigrahy {number}: c {capacity}, 3, 5, 10 dimensions, {words}", capacity, draw, _MANY, _DIMENSIONS
        )
    for number, (draw, words) in enumerate(_NEW, 1):
        classes[f"mommessin_new_{number}"] = IdenticalBins(
            f"Mommessin new {number}: c 100, 3, 5, 10 dimensions, {words}", 100, draw, _MANY, _DIMENSIONS
        )
    return classes


CLASSES_VECTOR = _classes()
