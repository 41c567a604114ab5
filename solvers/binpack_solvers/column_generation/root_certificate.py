"""The certificate of a root's relaxation."""

from __future__ import annotations

from binpack_solvers.column_generation.certificate import NO_WASTE_RULE, Certificate
from binpack_solvers.column_generation.node import SolvedNode, left_over
from binpack_solvers.column_generation.relaxation import Relaxation, feasible_share
from binpack_solvers.problem import UNLIMITED, Problem


def root_certificate(solved: SolvedNode, claimed: int) -> Certificate | None:
    """The certificate of a root's relaxation for a bound on cost of at most ``claimed``; None if its duals show nothing.

    The duals are scaled down until no configuration is worth more than it costs (Farley 1990) and rounded towards safety.
    """
    assert solved.relaxation is not None
    problem = solved.node.problem
    duals, fees, values = _scaled(solved, solved.relaxation)
    scale = solved.relaxation.duals.scale
    total = objective(problem, duals, fees)
    bound = min(claimed, -(-total // scale))
    if bound <= 0:
        return None
    waste = solved.pricer.waste.tolist()
    target_bins: int | None = None
    max_waste: tuple[int, ...] | None = None
    if any(w != NO_WASTE_RULE for w in waste):
        cost = int(problem.cost[0])
        target_bins = -(-bound // cost) - 1
        bound = cost * (target_bins + 1)
        max_waste = tuple(
            left_over(problem, target_bins, h) if w != NO_WASTE_RULE else NO_WASTE_RULE for h, w in enumerate(waste)
        )
    rules = rules_in_play(problem, max_waste is not None)
    return Certificate(scale, duals, fees, values, rules, target_bins, max_waste, bound)


def objective(problem: Problem, duals: tuple[int, ...], fees: tuple[int, ...]) -> int:
    """sum demand * dual - sum available * availability dual, alternatives with the least dual of their group."""
    covered = sum(int(problem.demands[group[0]]) * min(duals[i] for i in group) for group in problem.demand_groups)
    return covered - sum(max(0, a) * fee for a, fee in zip(problem.available.tolist(), fees, strict=True))


def rules_in_play(problem: Problem, waste: bool) -> tuple[str, ...]:
    """The rules that configurations of this problem keep, by name."""
    in_play = {
        "demands": True,
        "available": bool((problem.available != UNLIMITED).any()),
        "compatible": not problem.compatible.all(),
        "alternatives": any(len(group) > 1 for group in problem.demand_groups),
        "exclusive": bool(problem.exclusive.any()),
        "limits": bool((problem.limits[:, 3] == 0).any()),
        "setups": bool(problem.setups),
        "waste": waste,
    }
    return tuple(name for name, used in in_play.items() if used)


def _scaled(solved: SolvedNode, relaxation: Relaxation) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Duals, availability duals and best values that are feasible: profits cut down, fees raised."""
    configurations = solved.configurations
    share = feasible_share(solved.pricer, relaxation.duals, relaxation.worth)
    duals = [0] * solved.node.problem.item_types
    for i, group in zip(configurations.item.tolist(), configurations.group.tolist(), strict=True):
        duals[i] = int(relaxation.duals.profit[group] * share)
    fees = tuple(-int(-fee * share // 1) for fee in relaxation.duals.fee.tolist())
    return tuple(duals), fees, tuple(int(value * share) for value in relaxation.worth)
