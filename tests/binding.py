"""Which rules of a problem bind: those without which its best value would be another. Slow and obvious, by naive.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import naive
import numpy as np
from binpack_solvers.problem import Problem


def _above(rows, levels):
    """The rows at the levels in ``levels`` taken out."""
    return [row for row in rows.tolist() if (row[-1] > 0) not in levels] or None


def _spread(problem: Problem, above: bool) -> Problem:
    return problem.replace(spread=[s for s in problem.spread if (s.key > 0) != above])


WITHOUT: dict[str, Callable[[Problem], Problem]] = {
    "capacity": lambda p: p.replace(capacity=p.capacity + 1_000),
    "demands": lambda p: p.replace(demands=[min(1, d) for d in p.demands.tolist()]),
    "available": lambda p: p.replace(available=[a if k in _standing(p) else -1 for k, a in enumerate(p.available)]),
    "compatible": lambda p: p.replace(compatible=None),
    "alternatives": lambda p: _first_of_each_group(p),
    "optional": lambda p: p.replace(optional=None),
    "exclusive": lambda p: p.replace(exclusive=None),
    "limits in a bin": lambda p: p.replace(limits=_above(p.limits, (False,))),
    "limits in a domain": lambda p: p.replace(limits=_above(p.limits, (True,))),
    "requires in a bin": lambda p: p.replace(requires=_above(p.requires, (False,))),
    "requires in a domain": lambda p: p.replace(requires=_above(p.requires, (True,))),
    "size of setups": lambda p: p.replace(setups=[replace(s, size=tuple(0 for _ in s.size)) for s in p.setups]),
    "cost of setups": lambda p: p.replace(setups=[replace(s, cost=0) for s in p.setups]),
    "spread over bins": lambda p: _spread(p, False),
    "spread over domains": lambda p: _spread(p, True),
    "fixed content": lambda p: p.replace(initial=[replace(s, fixed=False) for s in p.initial]),
    "cost": lambda p: p.replace(cost=[1] * p.bin_types),
    "move_cost": lambda p: p.replace(move_cost=[0] * p.item_types),
    "minimum_bins": lambda p: p.replace(minimum_bins=0),
}
"""Rule -> the same problem without it."""


def _first_of_each_group(problem: Problem) -> Problem:
    """Only the first of the alternatives may meet the demand: as many copies, no choice."""
    firsts = {group[0] for group in problem.demand_groups}
    demands = [d if i in firsts else 0 for i, d in enumerate(problem.demands.tolist())]
    return problem.replace(alternatives=None, demands=demands)


def _standing(problem: Problem) -> set[int]:
    return {s.bin_type for s in problem.initial}


def binding(problem: Problem) -> set[str]:
    """The rules without which the optimum (every level of the objective, or that there is none) would differ."""
    best = naive.optimum(problem)
    freer = {rule: without(problem) for rule, without in WITHOUT.items()}
    return {rule for rule, other in freer.items() if not _same(problem, other) and naive.optimum(other) != best}


def _same(one: Problem, other: Problem) -> bool:
    """Whether the rule was not in play at all, so that nothing was taken out."""
    pairs = [(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__]
    return all(np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b for a, b in pairs)
