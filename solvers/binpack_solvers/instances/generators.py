"""Instances of the published classes from a seed: the same class, seed and number always give the same instance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from binpack_solvers.errors import ProblemError
from binpack_solvers.instances.bpplib import build
from binpack_solvers.instances.classes_1d import CLASSES_1D, OneDimensional
from binpack_solvers.instances.classes_heterogeneous import BIN_COUNTS, CLASSES_HETEROGENEOUS, DIMENSIONS, DifferentBins
from binpack_solvers.instances.classes_vector import CLASSES_VECTOR, IdenticalBins
from binpack_solvers.instances.draws import Draws
from binpack_solvers.instances.instance import Instance, item_names, merge_entries
from binpack_solvers.problem import Problem

CLASSES: dict[str, OneDimensional | IdenticalBins | DifferentBins] = {
    **CLASSES_1D,
    **CLASSES_VECTOR,
    **CLASSES_HETEROGENEOUS,
}


def class_titles() -> dict[str, str]:
    """Class name -> what it is, one line."""
    return {name: kind.title for name, kind in CLASSES.items()}


def generate(class_name: str, seed: int, count: int, size: int | None = None) -> Iterator[Instance]:
    """``count`` instances, going through the class's published parameter sets in turn.

    size : items per instance (bins, for the classes with different bins) in place of the published numbers; rounded up
        to a multiple of three for triplets.
    """
    if class_name not in CLASSES:
        raise ProblemError(f"{class_name}: no such class; expected one of {', '.join(CLASSES)}")
    for number in range(count):
        draws = Draws(f"{class_name}:{seed}:{number}")
        if class_name in CLASSES_1D:
            yield _one_dimensional(class_name, draws, number, size)
        elif class_name in CLASSES_VECTOR:
            yield _vector(class_name, draws, number, size)
        else:
            yield _heterogeneous(class_name, draws, number, size)


def _one_dimensional(name: str, draws: Draws, number: int, size: int | None) -> Instance:
    kind = CLASSES_1D[name]
    line = kind.lines[number % len(kind.lines)]
    if size is not None and size != line.n:
        line = line._replace(n=size, name=f"{line.name}_n{size}")
    if kind.triplets:
        line = line._replace(n=-(-line.n // 3) * 3)
    sizes = sorted(kind.draw(draws, line), reverse=True)
    instance = build(f"{name}/{line.name}_{number:03d}", line.capacity, sizes, [1] * len(sizes))
    return Instance(instance.name, instance.problem, instance.positions, _planted(kind.triplets, line.n))


def _vector(name: str, draws: Draws, number: int, size: int | None) -> Instance:
    kind = CLASSES_VECTOR[name]
    grid = list(product([size] if size is not None else kind.counts, kind.dimensions))
    n, d = grid[number % len(grid)]
    n = -(-n // 3) * 3 if kind.triplets else n
    items = kind.draw(draws, n, d)
    label = f"{name}/n{n}_d{d}_{number:03d}"
    return _instance(label, items, [[kind.capacity] * d], None, None, _planted(kind.triplets, n))


def _heterogeneous(name: str, draws: Draws, number: int, size: int | None) -> Instance:
    grid = list(product([size] if size is not None else BIN_COUNTS, DIMENSIONS))
    bins, d = grid[number % len(grid)]
    capacities, items = CLASSES_HETEROGENEOUS[name].draw(draws, bins, d)
    label = f"{name}/b{bins}_d{d}_{number:03d}"
    costs = [sum(capacity) for capacity in capacities]
    return _instance(label, [tuple(item) for item in items], capacities, costs, [1] * bins, {"feasible": True})


def _planted(triplets: bool, n: int) -> dict[str, int]:
    """The optimum of triplets: every bin of a packing is exactly full."""
    return {"optimum": n // 3} if triplets else {}


def _instance(
    name: str,
    items: list[tuple[int, ...]],
    capacity: list[list[int]],
    cost: list[int] | None,
    available: list[int] | None,
    reference: dict[str, int],
) -> Instance:
    merged, copies, positions = merge_entries(items, [1] * len(items))
    problem = Problem(
        merged, capacity, demands=copies, cost=cost, available=available, item_names=item_names(positions, merged)
    )
    return Instance(name, problem, tuple(positions), reference)
