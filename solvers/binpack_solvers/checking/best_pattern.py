"""Whether any pattern of a bin type is worth more than a threshold, decided from the Problem alone.

A pattern keeps the rules of one bin: capacity with setups, compatible, exclusive, limits of level 0, what rules across bins
say of each bin, and no more copies of a demand group than there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.checking.one_bin import seen_in_one_bin
from binpack_solvers.checking.shadows import Shadow, best_sums, shadows_of
from binpack_solvers.kernels.best_pattern import FOUND, PROVED, Question, State, bounded_knapsack, search
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]
Answer = Literal["none", "one", "undecided"]

CELLS = 2 * 10**7
"""Entries of all tables together: 160 MB."""
COARSE = 4096
"""Units of a shadow where there are several resources: coarse enough for the processor's cache."""
CHUNK = 10**6
LARGEST_SUM = 2**61


class Item(NamedTuple):
    """An item type that the bin takes: copies at most, what a copy is worth, and its demand group."""

    item_type: int
    most: int
    worth: int
    group: int


class Budget:
    """Steps of the search that are left, over all bin types."""

    def __init__(self, steps: int) -> None:
        self.left = steps


def exceeded(
    problem: Problem, k: int, duals: Sequence[int], scale: int, waste: Sequence[int], threshold: int, budget: Budget
) -> Answer:
    """``one`` if a pattern of type k is worth more than ``threshold``, ``none`` if none is, or ``undecided``.

    Worth: the sum of ``duals``, less ``scale`` times the cost of the setups it pays. ``waste`` (d,): only patterns that
    leave over at most so much, -1: any.
    """
    problem = seen_in_one_bin(problem, k)
    items = items_of(problem, k, duals)
    price = sum(setup.cost * scale for setup in problem.setups)
    if _alone(problem, k, items, scale, waste, threshold):
        return "one"
    filling = any(w >= 0 for w in waste)  # what is worth nothing still fills up
    together = [i for i in items if not problem.exclusive[i.item_type] and i.most > 0 and (i.worth > 0 or filling)]
    most = sum(item.worth * item.most for item in together)
    if not together or 0 <= most <= threshold:
        return "none"
    if max(most + price, abs(threshold)) > LARGEST_SUM:
        return "undecided"
    return _search(problem, k, together, scale, waste, threshold, budget)


def items_of(problem: Problem, k: int, duals: Sequence[int]) -> list[Item]:
    """What a bin of type k takes, each by itself."""
    limited = {i: most for i, j, most, level in problem.limits.tolist() if i == j and level == 0}
    items = []
    for g, group in enumerate(problem.demand_groups):
        for i in group:
            if problem.compatible[i, k]:
                items.append(Item(i, min(fitting(problem, k, i), limited.get(i, LARGEST_SUM)), duals[i], g))
    return items


def fitting(problem: Problem, k: int, i: int) -> int:
    """Copies of an item type that the room of the bin takes, its own setups paid, within its demand."""
    copies = int(problem.demands[i])
    for h, (size, room) in enumerate(zip(problem.sizes[i].tolist(), problem.capacity[k].tolist(), strict=True)):
        left = room - sum(s.size[h] for s in problem.setups if k in s.types and i in s.members)
        if left < 0:
            return 0
        if size:
            copies = min(copies, left // size)
    return copies


def _alone(problem: Problem, k: int, items: list[Item], scale: int, waste: Sequence[int], threshold: int) -> bool:
    """Whether the empty bin, or copies of one item type by themselves, answer the question: exact for the exclusive."""
    if threshold < 0 and _little_left(problem.capacity[k].tolist(), waste):
        return True
    for item in items:
        copies = min(item.most, 1) if problem.exclusive[item.item_type] else item.most
        if copies < 1:
            continue
        paid = [s for s in problem.setups if k in s.types and item.item_type in s.members]
        worth = copies * item.worth - sum(s.cost * scale for s in paid)
        left = [
            room - copies * size - sum(s.size[h] for s in paid)
            for h, (room, size) in enumerate(
                zip(problem.capacity[k].tolist(), problem.sizes[item.item_type].tolist(), strict=True)
            )
        ]
        if worth > threshold and _little_left(left, waste):
            return True
    return False


def _little_left(left: Sequence[int], waste: Sequence[int]) -> bool:
    return all(w < 0 or room <= w for room, w in zip(left, waste, strict=True))


def _search(
    problem: Problem, k: int, items: list[Item], scale: int, waste: Sequence[int], threshold: int, budget: Budget
) -> Answer:
    question, state, _ = search_from_empty(problem, k, items, scale, waste, threshold)
    while budget.left > 0:
        answer, steps = search(question, state, min(CHUNK, budget.left))
        budget.left -= int(steps)
        if answer == FOUND:
            return "one"
        if answer == PROVED:
            return "none"
    return "undecided"


def search_from_empty(
    problem: Problem, k: int, items: list[Item], scale: int, waste: Sequence[int], threshold: int
) -> tuple[Question, State, list[Item]]:
    """The arrays of the search, its state at the empty bin, and the items in its order."""
    items, shadows = _arranged(problem, k, items, threshold)
    free = [-1] * problem.resources  # setups fill up too, which the tables do not know
    setups = [setup if k in setup.types else None for setup in problem.setups]
    weight = _weights([problem.sizes[item.item_type].tolist() for item in items], shadows)
    worth = np.array([item.worth for item in items], np.int64)
    most = np.array([item.most for item in items], np.int64)
    row = {item.item_type: n for n, item in enumerate(items)}
    limits = [(row[i], row[j], most, level) for i, j, most, level in problem.limits.tolist() if i in row and j in row]
    after_ptr, after, after_most = _compressed(
        [(i, j, c) for i, j, c, level in limits if not level and i != j], len(row)
    )
    before_ptr, before, before_most = _compressed(
        [(j, i, c) for i, j, c, level in limits if not level and i != j], len(row)
    )
    pays = [(row[i], s, 0) for s, setup in enumerate(setups) if setup for i in setup.members if i in row]
    pay_ptr, pay, _ = _compressed(pays, len(row))
    groups = {g: n for n, g in enumerate(dict.fromkeys(item.group for item in items))}
    question = Question(
        weight=weight,
        worth=worth,
        most=most,
        group=np.array([groups[item.group] for item in items], np.int64),
        demand=np.array([int(problem.demands[problem.demand_groups[g][0]]) for g in groups], np.int64),
        after_ptr=after_ptr,
        after=after,
        after_most=after_most,
        before_ptr=before_ptr,
        before=before,
        before_most=before_most,
        pay_ptr=pay_ptr,
        pay=pay,
        pay_weight=_weights([list(s.size) if s else [0] * problem.resources for s in setups], shadows),
        pay_price=np.array([s.cost * scale if s else 0 for s in setups], np.int64),
        table=_tables(weight[:, problem.resources :], worth, most, shadows, free if problem.setups else waste),
        waste=np.array(waste, np.int64),
        threshold=threshold,
    )
    state = State(
        numbers=np.zeros(3, np.int64),
        room=np.array([*problem.capacity[k].tolist(), *(shadow.room for shadow in shadows)], np.int64),
        copies=np.zeros(len(items), np.int64),
        covered=np.zeros(len(question.demand), np.int64),
        paying=np.zeros(len(problem.setups), np.int64),
        stack=np.zeros(len(items), np.int64),
    )
    return question, state, items


def _arranged(problem: Problem, k: int, items: list[Item], threshold: int) -> tuple[list[Item], list[Shadow]]:
    """The items in the order of the search, and the shadows.

    One resource: the largest first. Several: first what is worth most for what it takes of the scarce ones.
    """
    share = problem.sizes[[item.item_type for item in items]] / np.maximum(1.0, problem.capacity[k])
    worth = np.array([item.worth for item in items], float)
    sums = best_sums(share, worth / max(1, threshold), np.array([item.most for item in items], float))
    keys = worth / np.maximum(share @ np.array(sums[0]), 1e-9) if sums else share[:, 0]
    width = max(1, CELLS // ((len(items) + 1) * (problem.resources + len(sums))) - 1)
    units = min(width, COARSE) if sums else width
    ordered = [items[n] for n in np.argsort(-keys, kind="stable").tolist()]
    return ordered, shadows_of(problem.capacity[k].tolist(), sums, units)


def _weights(sizes: list[list[int]], shadows: list[Shadow]) -> Int64:
    """(x, D): sizes in resources, then in shadows."""
    rows = [[*size, *(shadow.of(size) for shadow in shadows)] for size in sizes]
    return np.array(rows, np.int64).reshape(len(sizes), len(shadows[0].capacity) + len(shadows))


def _tables(weight: Int64, worth: Int64, most: Int64, shadows: list[Shadow], waste: Sequence[int]) -> Int64:
    """(D - d, n + 1, W + 1): of each shadow; only a resource as it is knows how much may be left over."""
    table = np.zeros((len(shadows), len(worth) + 1, max(shadow.room for shadow in shadows) + 1), np.int64)
    for s, shadow in enumerate(shadows):
        left = waste[s] if shadow.exact else -1
        column = np.ascontiguousarray(weight[:, s])
        table[s, :, : shadow.room + 1] = bounded_knapsack(column, worth, most, shadow.room, left)
    return table


def _compressed(rows: list[tuple[int, int, int]], n: int) -> tuple[Int64, Int64, Int64]:
    """(row, column, value) as pointers (n + 1,), columns and values."""
    rows = sorted(rows)
    flat = np.array(rows, np.int64).reshape(-1, 3)
    pointers = np.searchsorted(flat[:, 0], np.arange(n + 1))
    return pointers.astype(np.int64), np.ascontiguousarray(flat[:, 1]), np.ascontiguousarray(flat[:, 2])
