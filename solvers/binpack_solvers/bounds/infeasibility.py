"""What shows that no packing exists: an item type that fits nowhere, or too few bins for what has to be packed."""

from __future__ import annotations

from binpack_solvers.bounds.bound import Reason
from binpack_solvers.bounds.covering import cover
from binpack_solvers.bounds.demands import PLENTY, Demands, available_of


def obstacle(demands: Demands, volume: list[int]) -> tuple[str, Reason] | None:
    """Words and reason of the first obstacle found, or None; None proves nothing."""
    problem = demands.problem
    available = available_of(problem)
    one_bin = {i for i, j, level in problem.requires.tolist() if i == j and level == 0}
    for g, item in enumerate(demands.item):
        most = demands.most[g].tolist()
        name, copies = problem.item_name(item), demands.demand[g]
        if not any(most):
            return _misfit(demands, g), Reason("misfit", item=item)
        if len(demands.members[g]) == 1 and item in one_bin and max(most) < copies:
            return f"all {copies} copies of {name} must stand in one bin, which takes {max(most)}", Reason(
                "misfit", item=item
            )
        if cover(copies, most, [0] * len(most), available) is None:
            return f"the bins that are available take too few of the {copies} copies of {name}", Reason(
                "availability", item=item
            )
    for h, total in enumerate(volume):
        room = problem.capacity[:, h].tolist()
        if cover(total, room, [0] * len(room), available) is None:
            return f"resource {h}: {total} is needed, which the available bins do not have", Reason("availability", h)
    if PLENTY not in available and sum(available) < problem.minimum_bins:
        return f"at least {problem.minimum_bins} bins are asked for, {sum(available)} are available", Reason(
            "minimum bins"
        )
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
