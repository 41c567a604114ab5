"""Many item types with many copies each: the same sizes whatever the number of copies, so that only that differs."""

from __future__ import annotations

from binpack_solvers.errors import ProblemError
from binpack_solvers.instances.draws import Draws
from binpack_solvers.problem import Problem


def copies_problem(item_types: int, copies: int, resources: int, capacity: int, seed: int) -> Problem:
    """``copies`` of each of ``item_types`` different sizes, uniform from 1 % to 50 % of the one bin type's capacity.

    Raises ProblemError where so few sizes are in that range that drawing different ones would take long.
    """
    low, high = capacity // 100, capacity // 2
    if 2 * item_types > (high - low + 1) ** resources:
        raise ProblemError(f"capacity {capacity} is too small for {item_types} item types of different sizes")
    draws = Draws(f"copies-{resources}-{capacity}-{seed}")
    sizes: dict[tuple[int, ...], None] = {}
    while len(sizes) < item_types:
        sizes[tuple(draws.integer(low, high) for _ in range(resources))] = None
    return Problem(list(sizes), [capacity] * resources, demands=[copies] * item_types)
