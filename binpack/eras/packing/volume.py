"""How many machines sums alone ask for: what is to be placed, were it as fine as sand, against the room of machines."""

from __future__ import annotations

import numpy as np
from binpack_solvers.bounds.covering import cover
from binpack_solvers.bounds.demands import available_of
from binpack_solvers.bounds.lower_bounds import lower_bounds

from binpack.eras.packing.compilation import Compiled
from binpack.workload.application import Resources


def volume_of_all(compiled: Compiled, by_cost: bool = False) -> int:
    """Machines for all copies with what the era charges for each, and at least as many as the era asks for; or their prices,
    in micro-units an hour."""
    problem = compiled.problem.replace(cost=np.array(_prices(compiled, by_cost), dtype=object))
    bounds = lower_bounds(problem, volume_only=True)
    return bounds.cost if by_cost else bounds.bins


def volume_of(amounts: Resources, compiled: Compiled, by_cost: bool = False) -> int:
    """The same for amounts alone, whatever copies they are of; of a resource that no machine has nothing is asked."""
    problem, price = compiled.problem, _prices(compiled, by_cost)
    available, needed = available_of(problem), [problem.minimum_bins * min(price)]
    for resource, room in zip(compiled.resources, problem.capacity.T.tolist(), strict=True):
        needed.append(cover(amounts.get(resource, 0), room, price, available) or 0)
    return max(needed)


def _prices(compiled: Compiled, by_cost: bool) -> list[int]:
    return [box.machine.objective_cost if by_cost else 1 for box in compiled.boxes]
