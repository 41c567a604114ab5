"""Published classes of one-dimensional instances, drawn anew.

Each class is a list of parameter sets that the instances of a file go through in turn, and a rule that draws the sizes.
Sources: Falkenauer, "A hybrid grouping genetic algorithm for bin packing", J. Heuristics 2 (1996); Scholl, Klein,
Jürgens, "BISON", Computers & OR 24 (1997); Schwerin, Wäscher, "The bin-packing problem", ITOR 4 (1997); Delorme, Iori,
Martello, "Bin packing and cutting stock problems", EJOR 255 (2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from binpack_solvers.instances.draws import Draws


class Line(NamedTuple):
    """Parameters of one instance: ``n`` items into bins of ``capacity``; the rest as the class needs it."""

    name: str
    n: int
    capacity: int
    low: int
    high: int


@dataclass(frozen=True)
class OneDimensional:
    """A class: what it is, its parameter sets, how sizes are drawn, and whether the optimum is n/3 by construction."""

    title: str
    lines: Sequence[Line]
    draw: Callable[[Draws, Line], list[int]]
    triplets: bool = False


def uniform(draws: Draws, line: Line) -> list[int]:
    """n sizes uniform in low..high."""
    return [draws.integer(line.low, line.high) for _ in range(line.n)]


def triplets(draws: Draws, line: Line) -> list[int]:
    """n/3 bins filled exactly by three items each: 38-49 %, 25 % to half the rest, and the rest."""
    sizes = []
    for _ in range(line.n // 3):
        first = draws.integer(line.low, line.high)
        second = draws.integer(line.capacity // 4, (line.capacity - first) // 2)
        sizes += [first, second, line.capacity - first - second]
    return sizes


def _scholl_1() -> list[Line]:
    grid = product(enumerate((50, 100, 200, 500), 1), enumerate((100, 120, 150), 1), ((1, 1), (2, 20), (4, 30)))
    return [Line(f"N{a}C{b}W{w}", n, c, low, 100) for (a, n), (b, c), (w, low) in grid]


def _scholl_2() -> list[Line]:
    lines = []
    for (a, n), (w, parts), (b, percent) in product(
        enumerate((50, 100, 200, 500), 1), enumerate((3, 5, 7, 9), 1), enumerate((20, 50, 90), 1)
    ):
        low, high = -(-1000 * (100 - percent) // (100 * parts)), 1000 * (100 + percent) // (100 * parts)
        lines.append(Line(f"N{a}W{w}B{b}", n, 1000, low, high))
    return lines


def _delorme() -> list[Line]:
    counts = (50, 100, 200, 300, 400, 500, 750, 1000)
    capacities = (50, 75, 100, 120, 125, 150, 200, 300, 400, 500, 750, 1000)
    return [
        Line(f"n{n}_c{c}_{low}_{high}", n, c, -(-c * low // 10), c * high // 10)
        for n, c, (low, high) in product(counts, capacities, ((1, 7), (1, 8), (2, 7), (2, 8)))
    ]


CLASSES_1D = {
    "falkenauer_u": OneDimensional(
        "Falkenauer uniform: c 150, sizes 20..100",
        [Line(f"u{n}", n, 150, 20, 100) for n in (120, 250, 500, 1000)],
        uniform,
    ),
    "falkenauer_t": OneDimensional(
        "Falkenauer triplets: c 1000, three items fill a bin, optimum n/3",
        [Line(f"t{n}", n, 1000, 380, 490) for n in (60, 120, 249, 501)],
        triplets,
        triplets=True,
    ),
    "scholl_1": OneDimensional("Scholl 1: c 100, 120, 150, sizes from 1, 20 or 30 to 100", _scholl_1(), uniform),
    "scholl_2": OneDimensional("Scholl 2: c 1000, mean size c/3 .. c/9, deviation 20, 50, 90 %", _scholl_2(), uniform),
    "scholl_3": OneDimensional(
        "Scholl 3 (hard): c 100000, sizes 20000..35000", [Line("hard", 200, 100_000, 20_000, 35_000)], uniform
    ),
    "schwerin_1": OneDimensional(
        "Schwerin 1: c 1000, 100 sizes 150..200", [Line("s100", 100, 1000, 150, 200)], uniform
    ),
    "schwerin_2": OneDimensional(
        "Schwerin 2: c 1000, 120 sizes 150..200", [Line("s120", 120, 1000, 150, 200)], uniform
    ),
    "delorme": OneDimensional("Delorme random: sizes from 0.1-0.2 c to 0.7-0.8 c", _delorme(), uniform),
}
