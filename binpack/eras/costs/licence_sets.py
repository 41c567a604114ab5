"""Licences of which a set covers only so many virtual machines: boxes with one set, with two ... as boxes of their own.

What a box may hold of the virtual machines is a resource: so many for each set that is paid for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from binpack_solvers.problem import UNLIMITED
from binpack_solvers.reductions.bin_types_made_of import bin_types_made_of

from binpack.eras.costs.licence_needs import Sets
from binpack.eras.packing.compilation import Compiled

MOST_BOXES = 128
"""Boxes up to which they are told apart by sets; with more the search knows of the first set alone."""


@dataclass(frozen=True)
class WithSets:
    """origin : for each box of ``compiled`` the box before. extra : micro-units a month for its sets beyond the first."""

    compiled: Compiled
    origin: tuple[int, ...]
    extra: tuple[int, ...]


def with_sets(compiled: Compiled, licences: Sequence[Sets]) -> WithSets:
    """The boxes with each number of sets that can be of use, licence by licence, as long as they are not too many.

    Of machines that are limited in number nothing would keep the boxes of one together: the search knows of their first
    set alone.
    """
    boxes = len(compiled.boxes)
    found = WithSets(compiled, tuple(range(boxes)), (0,) * boxes)
    for licence in licences:
        found = _with_sets_of(found, licence)
    return found


def _with_sets_of(before: WithSets, licence: Sets) -> WithSets:
    compiled, problem = before.compiled, before.compiled.problem
    prices = [licence.prices.get(k, 0) for k in before.origin]
    counted = [
        price > 0 and limit == UNLIMITED for price, limit in zip(prices, problem.available.tolist(), strict=True)
    ]
    most = [_most_vms(compiled, k, licence) for k in range(len(prices))]
    numbers = [max(1, -(-n // licence.covers)) if c else 1 for n, c in zip(most, counted, strict=True)]
    if not len(numbers) < sum(numbers) <= MOST_BOXES:
        return before
    rows = [(k, paid) for k, number in enumerate(numbers) for paid in range(1, number + 1)]
    of = [k for k, _ in rows]
    room = [licence.covers * paid if counted[k] else most[k] for k, paid in rows]
    taken = np.zeros((problem.item_types, 1), np.int64)
    taken[list(licence.vms)] = 1
    helped = frozenset(licence.helped)
    made = bin_types_made_of(problem, of)
    changed = made.replace(
        sizes=np.hstack([problem.sizes, taken]),
        capacity=np.hstack([made.capacity, np.array(room, np.int64)[:, None]]),
        setups=[
            replace(setup, size=(*setup.size, int(charge.vm is not None and not helped.isdisjoint(setup.members))))
            for setup, charge in zip(made.setups, compiled.shared, strict=True)
        ],
        resource_names=(),
    )
    boxes, resources = tuple(compiled.boxes[k] for k in of), (*compiled.resources, f"VMs with {licence.name}")
    return WithSets(
        replace(compiled, boxes=boxes, resources=resources, problem=changed),
        tuple(before.origin[k] for k in of),
        tuple(before.extra[k] + (paid - 1) * prices[k] for k, paid in rows),
    )


def _most_vms(compiled: Compiled, box: int, licence: Sets) -> int:
    """How many virtual machines in need of the licence a box holds at most: were each as small as the smallest in all."""
    problem = compiled.problem
    least = problem.sizes[list(licence.vms)].min(axis=0)
    fit = [room // size for room, size in zip(problem.capacity[box].tolist(), least.tolist(), strict=True) if size]
    return min([int(problem.demands[list(licence.vms)].sum()), *fit]) + bool(licence.helped)
