"""How many nodes each zone needs by itself, where any so many may fail: a spread over zones leaves it no other help."""

from __future__ import annotations

import numpy as np
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Flags, Int64, Problem

from binpack.kubernetes.planning.node_class import ZONE
from binpack.kubernetes.planning.planner import NodePlan
from binpack.kubernetes.planning.spare_bound import priced_alike


def nodes_of_zones(plan: NodePlan, lost: int, seconds: float) -> int:
    """A number that no plan over these zones goes below if it survives the loss of any so many nodes; 0: nothing is known.

    What is left in a zone after a loss holds at least what ``_floors`` says. A zone that is lost whole is no domain any
    more, so the lost nodes count only in a zone that needs more than these. Where prices differ no number is a bound.
    """
    problem = plan.problem
    zones = [c.node.labels.get(ZONE) for c in plan.classes]
    if None in zones or not priced_alike(problem):
        return 0
    places = [np.array([zone == name for zone in zones]) for name in dict.fromkeys(zones)]

    needs = [_needed(problem, here, seconds / len(places)) for here in places]
    return sum(least + lost if least > lost else least for least in needs)


def _needed(problem: Problem, here: Flags, seconds: float) -> int:
    """The least number of nodes in a zone. here : (t,) the bin types in it."""
    floors = _floors(problem, here)
    if not floors.any():
        return 0
    within = problem.replace(
        demands=floors,
        available=np.where(here, problem.available, 0),
        spread=(),
        requires=problem.requires[:0],
        minimum_bins=0,
    )
    return solve(within, "auto", seconds).lower_bound


def _floors(problem: Problem, here: Flags) -> Int64:
    """(m,) copies of each item type that a zone has at the least, before a loss and after it.

    Of a spread over zones with a skew of 1 that counts its own copies alone it is the mean, rounded down. After a loss too:
    all copies come again, and while a zone has fewer than the others none of them comes anywhere else.
    """
    floors = np.zeros(problem.item_types, np.int64)
    for spread in problem.spread:
        if not spread.key or spread.max_skew > 1 or spread.min_domains > 1 or spread.counted != spread.carriers:
            continue
        column = problem.topology[:, spread.key - 1]
        domain = int(column[here][0])
        alone = (column[here] == domain).all() and not (column[~here] == domain).any()
        if alone and domain in spread.domains:
            [item] = spread.carriers
            floors[item] = max(floors[item], problem.demands[item] // len(spread.domains))
    return floors
