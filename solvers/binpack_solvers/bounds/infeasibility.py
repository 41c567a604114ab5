"""What shows that no packing exists: an item type that fits nowhere, or too few bins for what has to be packed."""

from __future__ import annotations

import numpy as np

from binpack_solvers.bounds.bound import Reason
from binpack_solvers.bounds.covering import cover
from binpack_solvers.bounds.demands import PLENTY, Demands, available_of


def obstacle(demands: Demands, volume: list[int]) -> tuple[str, Reason] | None:
    """Words and reason of the first obstacle found, or None; None proves nothing."""
    problem = demands.problem
    available = available_of(problem)
    found = _misfits(demands) or _too_few_copies(demands, available)
    if found is not None:
        return found
    for h, total in enumerate(volume):
        room = problem.capacity[:, h].tolist()
        if cover(total, room, [0] * len(room), available) is None:
            words = f"{problem.resource_name(h)}: {total} is needed, which the available bins do not have"
            return words, Reason("availability", h, amount=total)
    if PLENTY not in available and sum(available) < problem.minimum_bins:
        words = f"at least {problem.minimum_bins} bins are asked for, {sum(available)} are available"
        return words, Reason("minimum bins")
    return None


def _misfits(demands: Demands) -> tuple[str, Reason] | None:
    """A group of which no bin takes a copy, or not all copies where they must be in one bin."""
    for g in np.flatnonzero((demands.most <= 0).all(axis=1)).tolist():
        return _misfit(demands, g), Reason("misfit", item=demands.item[g])
    problem = demands.problem
    if not len(problem.requires):
        return None
    group_of = {members[0]: g for g, members in enumerate(demands.members) if len(members) == 1}
    for i, j, level in problem.requires.tolist():
        if i != j or level != 0 or i not in group_of:
            continue
        most, copies = int(demands.most[group_of[i]].max()), demands.demand[group_of[i]]
        if most < copies:
            words = f"all {copies} copies of {problem.item_name(i)} must stand in one bin, which takes {most}"
            return words, Reason("misfit", item=i)
    return None


def _too_few_copies(demands: Demands, available: list[int]) -> tuple[str, Reason] | None:
    """A group of which all available bins together take too few."""
    unlimited = [k for k, bins in enumerate(available) if bins == PLENTY]
    for g in np.flatnonzero((demands.most[:, unlimited] <= 0).all(axis=1)).tolist():
        row, copies = demands.most[g].tolist(), demands.demand[g]
        if cover(copies, row, [0] * len(row), available) is None:
            name = demands.problem.item_name(demands.item[g])
            words = f"the bins that are available take too few of the {copies} copies of {name}"
            return words, Reason("availability", item=demands.item[g])
    return None


def _misfit(demands: Demands, g: int) -> str:
    problem = demands.problem
    members = demands.members[g]
    name = " or ".join(problem.item_name(i) for i in members)
    forbidden = {i for i, j, cap, level in problem.limits.tolist() if i == j and cap == 0 and level == 0}
    if forbidden.issuperset(members):
        return f"a limit allows no copy of {name}"
    if not problem.compatible[list(members)].any():
        return f"{name} is compatible with no bin type"
    return f"{name} fits no bin type"
