"""Item types that hold the first bins alone among themselves, and the order in which item types number their bins."""

from __future__ import annotations

import numpy as np

from binpack_solvers.problem import MUST_BE_PACKED, Int64, Problem


def leading_order(problem: Problem, first: list[int]) -> list[int]:
    """Item types: ``first`` as they come, then the bulkiest first; equal bins of a type are numbered by the first of them
    that they hold."""
    largest = [max(1, int(c)) for c in problem.capacity.max(axis=0)]
    bulk = [max(int(s) / c for s, c in zip(row, largest, strict=True)) for row in problem.sizes]
    rest = sorted(set(range(problem.item_types)) - set(first), key=lambda i: (-bulk[i], i))
    return [*first, *rest]


def clique(problem: Problem, most: list[list[int]], slots: list[int]) -> dict[int, list[int]]:
    """Item types that must be packed and of which no two copies share a bin, found greedily; for each the room beside it:
    how many copies of every item type could stand in its bin.

    First in the leading order, their copies hold the first bins, one each, in any packing so numbered. That needs bins
    of a single type: otherwise there are none.
    """
    types = [k for k, count in enumerate(slots) if count]
    if len(types) != 1:
        return {}
    k = types[0]
    alone = {group[0] for group in problem.demand_groups if len(group) == 1}
    open_to = np.array(
        [i in alone and most[i][k] == 1 and problem.optional[i] == MUST_BE_PACKED for i in range(problem.item_types)]
    )
    found: dict[int, list[int]] = {}
    for i in leading_order(problem, []):
        if open_to[i]:
            room = _room_beside(problem, i, k, np.array([row[k] for row in most]))
            open_to &= room == 0
            found[i] = room.tolist()
    return found


def _room_beside(problem: Problem, leader: int, k: int, most: Int64) -> Int64:
    """(m,): copies of each item type that a bin of type k could hold beside one copy of the leader, 0 of the leader."""
    free = problem.capacity[k] - problem.sizes[leader]
    fits = np.where(problem.sizes > 0, free // np.maximum(problem.sizes, 1), most[:, None])
    room = np.minimum(most, fits.min(axis=1))
    for i, j, limit, level in problem.limits.tolist():
        if level == 0 and i == leader:
            room[j] = min(room[j], limit)
        elif level == 0 and j == leader and limit == 0:
            room[i] = 0
    if problem.exclusive[leader]:
        room[:] = 0
    room[problem.exclusive] = 0
    room[leader] = 0
    return room
