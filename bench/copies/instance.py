"""Many item types with many copies each: the same sizes whatever the number of copies, so that only that differs."""

from __future__ import annotations

from binpack_solvers.instances.draws import Draws
from binpack_solvers.problem import Problem

CAPACITY = 1_000_000


def copies_problem(item_types: int, copies: int, resources: int, seed: int) -> Problem:
    """``copies`` of each of ``item_types`` different sizes, uniform from 1 % to 50 % of the one bin type's capacity."""
    draws = Draws(f"copies-{resources}-{seed}")
    sizes: dict[tuple[int, ...], None] = {}
    while len(sizes) < item_types:
        sizes[tuple(draws.integer(CAPACITY // 100, CAPACITY // 2) for _ in range(resources))] = None
    return Problem(list(sizes), [CAPACITY] * resources, demands=[copies] * item_types)
