"""All patterns of one bin by trying every content, and certificates judged by their definition from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import naive
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread

Pattern = tuple[int, ...]


def patterns(problem: Problem, k: int) -> Iterator[Pattern]:
    """Copies of every item type in one bin of type k, no more of a group than its demand: what breaks no rule that this bin
    alone can break, be it by its place in a domain."""
    p = naive.Plain(problem)
    for counts in product(*(range(copies + 1) for copies in p.demands)):
        copies = [i for i in range(p.m) for _ in range(counts[i])]
        if any(sum(counts[i] for i in group) > p.demands[group[0]] for group in p.groups):
            continue
        if any(naive._broken_inside(p, k, copies)):
            continue
        if any(not _declared(p, spread, k) and set(spread.carriers) & set(copies) for spread in p.spread):
            continue
        if any(level and i in copies and p.topology[k][level - 1] < 0 for i, _, level in p.requires):
            continue
        if all(_free(p, k, level) or i not in copies or counts[j] <= most for i, j, most, level in p.limits):
            yield counts


def _free(p: naive.Plain, k: int, level: int) -> bool:
    """Whether a bin of type k lacks the key of the level."""
    return level > 0 and p.topology[k][level - 1] < 0


def _declared(p: naive.Plain, spread: Spread, k: int) -> bool:
    """Whether a bin of type k is in a declared domain of the spread."""
    return (p.topology[k][spread.key - 1] if spread.key else k) in spread.domains


def worth(problem: Problem, k: int, pattern: Pattern, duals: Sequence[int], scale: int) -> int:
    """The duals of what is in the bin, less the price of the setups that it pays."""
    paid = [s for s in problem.setups if k in s.types and any(pattern[i] for i in s.members)]
    return sum(dual * count for dual, count in zip(duals, pattern, strict=True)) - scale * sum(s.cost for s in paid)


def wasteful(problem: Problem, k: int, pattern: Pattern, waste: Sequence[int]) -> bool:
    """Whether a bin of type k with this content leaves over more than ``waste`` of a resource (-1: any amount)."""
    paid = [s for s in problem.setups if k in s.types and any(pattern[i] for i in s.members)]
    for h, allowed in enumerate(waste):
        used = sum(int(problem.sizes[i, h]) * count for i, count in enumerate(pattern)) + sum(s.size[h] for s in paid)
        if 0 <= allowed < int(problem.capacity[k, h]) - used:
            return True
    return False


def best(problem: Problem, k: int, duals: Sequence[int], scale: int, waste: Sequence[int]) -> int | None:
    """What the best pattern is worth, the empty one among them; None if all of them waste too much."""
    values = [worth(problem, k, x, duals, scale) for x in patterns(problem, k) if not wasteful(problem, k, x, waste)]
    return max(values, default=None)


def shows_its_bound(problem: Problem, c: Certificate) -> bool:
    """Whether the certificate proves its bound, word for word as ``Certificate`` describes it."""
    waste = c.max_waste or [-1] * problem.resources
    total = sum(int(problem.demands[g[0]]) * min(c.duals[i] for i in g) for g in problem.demand_groups)
    for k in range(problem.bin_types):
        available, limit = int(problem.available[k]), c.best_pattern_value[k]
        total -= max(0, available) * c.availability_duals[k]
        if available < 0 < c.availability_duals[k]:
            return False
        if available == 0:
            continue
        value = best(problem, k, c.duals, c.scale, waste)
        if limit > c.scale * int(problem.cost[k]) + c.availability_duals[k] or (value is not None and value > limit):
            return False
    if c.max_waste is None:
        return total > c.scale * (c.bound - 1)
    for h, allowed in enumerate(c.max_waste):
        left = c.target_bins * int(problem.capacity[0, h]) - int(problem.sizes[:, h] @ problem.demands)
        if 0 <= allowed < left:
            return False
    cost = int(problem.cost[0])
    return total > c.scale * cost * c.target_bins and c.bound <= cost * (c.target_bins + 1)
