"""A slow obvious oracle for nested problems: every way of putting copies into boxes and boxes onto hosts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from binpack_solvers.nested.nested_problem import NestedProblem

Boxes = list[tuple[int, list[int]]]
"""Every box: its kind, and an item type for each copy in it."""


def least_cost(problem: NestedProblem) -> int | None:
    """The least cost of hosts; None where there is no packing."""
    inner = problem.inner
    forms = [group for group in inner.demand_groups for _ in range(int(inner.demands[group[0]]))]
    costs = [
        cost
        for copies in {tuple(sorted(chosen)) for chosen in product(*forms)}
        for groups in partitions(list(copies))
        for kinds in product(range(problem.inner.bin_types), repeat=len(groups))
        if boxes_keep_rules(problem, boxes := list(zip(kinds, groups, strict=True)))
        for cost in host_costs(problem, boxes)
    ]
    return min(costs, default=None)


def partitions(things: list[int]) -> Iterator[list[list[int]]]:
    """Every way of splitting a list into parts that are not empty."""
    if not things:
        yield []
        return
    for parts in partitions(things[1:]):
        yield [[things[0]], *parts]
        for k, part in enumerate(parts):
            yield [*parts[:k], [things[0], *part], *parts[k + 1 :]]


def boxes_keep_rules(problem: NestedProblem, boxes: Boxes) -> bool:
    """Capacity after setups, compatibility, exclusiveness, limits, who needs whom, and the number of boxes of each kind."""
    inner = problem.inner
    for kind, content in boxes:
        paid = [setup for setup in inner.setups if kind in setup.types and set(setup.members) & set(content)]
        for r in range(inner.resources):
            taken = sum(int(inner.sizes[i, r]) for i in content) + sum(setup.size[r] for setup in paid)
            if taken > inner.capacity[kind, r]:
                return False
        if not all(inner.compatible[i, kind] for i in content):
            return False
        if any(inner.exclusive[i] for i in content) and len(content) > 1:
            return False
        if any(i in content and content.count(j) > most for i, j, most, _ in inner.limits.tolist()):
            return False
        if any(i != j and i in content and j not in content for i, j, _ in inner.requires.tolist()):
            return False
    for i, j, _ in inner.requires.tolist():  # all copies of one that needs itself are in one box
        if i == j and sum(i in content for _, content in boxes) > 1:
            return False
    kinds = [kind for kind, _ in boxes]
    return all(a < 0 or kinds.count(kind) <= a for kind, a in enumerate(inner.available.tolist()))


def host_costs(problem: NestedProblem, boxes: Boxes) -> Iterator[int]:
    """What every way of putting these boxes onto hosts costs."""
    outer = problem.outer
    for groups in partitions(list(range(len(boxes)))):
        empty = max(0, outer.minimum_bins - len(groups))
        for types in product(range(outer.bin_types), repeat=len(groups) + empty):
            filled = list(zip(types, groups, strict=False))
            if any(0 <= a < types.count(t) for t, a in enumerate(outer.available.tolist())):
                continue
            if all(host_keeps_rules(problem, [boxes[b] for b in group], t) for t, group in filled):
                yield sum(int(outer.cost[t]) for t in types)


def host_keeps_rules(problem: NestedProblem, boxes: Boxes, host: int) -> bool:
    """Capacity, compatibility, exclusiveness, and what may stand together on one host."""
    outer = problem.outer
    for r in range(outer.resources):
        if sum(int(outer.sizes[kind, r]) for kind, _ in boxes) > outer.capacity[host, r]:
            return False
    if not all(outer.compatible[kind, host] for kind, _ in boxes):
        return False
    if any(outer.exclusive[kind] for kind, _ in boxes) and len(boxes) > 1:
        return False
    here = [i for _, content in boxes for i in content]
    if any(0 <= most < here.count(i) for i, most in enumerate(problem.most_per_host.tolist())):
        return False
    return not any(i in here and j in here for i, j in problem.apart)
