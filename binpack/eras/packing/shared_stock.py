"""Machines of which there are only so many, and which may run one kernel family or another: kinds of boxes with one stock.

A Problem knows a stock for each kind of box alone. Where a solution takes more boxes than there are machines, the stock is
divided between the kinds in several ways, each of which is a problem again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from binpack_solvers.packing import Packing
from binpack_solvers.solution import Solution

from binpack.eras.packing.compilation import Compiled

MOST_DIVISIONS = 8  # ways that are tried, as many as there are where they are no more

Stock = tuple[int, ...]
"""Kinds of boxes that are one machine type of limited number."""


def divisions(compiled: Compiled, packing: Packing | None) -> Iterator[Compiled]:
    """The same with stocks divided, where the packing takes more of a machine type than there is; else nothing."""
    used = np.zeros(compiled.problem.bin_types, np.int64)
    if packing is not None:
        np.add.at(used, packing.bin_type, packing.multiplicity)
    short = {kinds: stock for kinds, stock in _stocks(compiled).items() if int(used[list(kinds)].sum()) > stock}
    if not short:
        return
    steps = min(MOST_DIVISIONS - 1, max(_slack(used[list(kinds)].tolist(), stock) for kinds, stock in short.items()))
    for step in range(steps + 1):
        available = compiled.problem.available.copy()
        for kinds, stock in short.items():
            available[list(kinds)] = _divided(used[list(kinds)].tolist(), stock, step, steps)
        yield replace(compiled, problem=compiled.problem.replace(available=available))


def with_bounds_of(solution: Solution, relaxed: Solution, one_price: bool) -> Solution:
    """A solution of a division with what is proven of all divisions: by the solution that knows no common stock.

    one_price : all machines cost the same, so that fewer of them never cost more.
    """
    met = solution.cost == relaxed.cost_lower_bound
    bins = relaxed.lower_bound if met or one_price else 0
    status = solution.status
    if status == "optimal" and not (met and solution.bins == bins):
        status = "feasible"
    return replace(solution, status=status, lower_bound=bins, cost_lower_bound=relaxed.cost_lower_bound)


def _stocks(compiled: Compiled) -> Mapping[Stock, int]:
    """Kinds of boxes of one machine type -> how many there are of them together."""
    kinds: dict[str, list[int]] = {}
    for k, box in enumerate(compiled.boxes):
        if box.machine.available is not None:
            kinds.setdefault(box.machine.name, []).append(k)
    several = {tuple(found): compiled.boxes[found[0]].machine.available for found in kinds.values() if len(found) > 1}
    return {found: stock for found, stock in several.items() if stock is not None}


def _slack(used: Sequence[int], stock: int) -> int:
    """Steps from the most that the first kind has use of to the least that the others leave it."""
    return min(used[0], stock) - max(0, stock - sum(used[1:]))


def _divided(used: Sequence[int], stock: int, step: int, steps: int) -> list[int]:
    """A stock by kind: the first gets less with every step, the others in turn what they have use of."""
    first = min(used[0], stock) - (_slack(used, stock) * step // steps if steps else 0)
    shares, left = [first], stock - first
    for wanted in used[1:]:
        shares.append(min(wanted, left))
        left -= shares[-1]
    return shares
