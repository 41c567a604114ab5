"""The certificate of a node's relaxation."""

from __future__ import annotations

from binpack_solvers.column_generation.certificate import NO_WASTE_RULE, Certificate
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.column_generation.node import SolvedNode, left_over
from binpack_solvers.column_generation.pricing import Duals
from binpack_solvers.column_generation.relaxation import Relaxation, feasible_share
from binpack_solvers.problem import UNLIMITED, Problem


def root_certificate(solved: SolvedNode, claimed: int) -> Certificate | None:
    """The certificate of a root's relaxation for a bound on cost of at most ``claimed``; None if its duals show nothing."""
    assert solved.relaxation is not None
    certificate = node_certificate(solved, solved.relaxation, claimed)
    return certificate if certificate.bound > 0 else None


def node_certificate(solved: SolvedNode, relaxation: Relaxation | None, claimed: int) -> Certificate:
    """The certificate of a node's relaxation for a bound on cost of at most ``claimed``; see ``tree.TreeNode``. Without a
    relaxation one that says nothing.

    The duals are scaled down until no configuration is worth more than it costs (Farley 1990) and rounded towards safety.
    """
    problem, at_least = solved.node.problem, solved.node.at_least.tolist()
    if relaxation is None:
        marked, nothing = sum(n > 0 for n in at_least), (0,) * problem.bin_types
        return Certificate(1, (0,) * (problem.item_types + marked), nothing, nothing, (), None, None, 0)
    duals, fees, values = feasible_duals(solved.configurations, relaxation.duals, relaxation.worth)
    scale = relaxation.duals.scale
    wanted = [max(0, -fee) for fee in fees]  # a bin of which there are at least some is worth that
    scarce = tuple(max(0, fee) for fee in fees)
    total = objective(problem, duals, scarce) + sum(n * worth for n, worth in zip(at_least, wanted, strict=True))
    bound = max(0, min(claimed, -(-total // scale)))
    target_bins, max_waste, bound = _waste_rule(solved, bound)
    return Certificate(
        scale,
        (*duals, *(worth for n, worth in zip(at_least, wanted, strict=True) if n)),
        scarce,
        tuple(value + worth for value, worth in zip(values, wanted, strict=True)),
        rules_in_play(problem, max_waste is not None),
        target_bins,
        max_waste,
        bound,
    )


def _waste_rule(solved: SolvedNode, bound: int) -> tuple[int | None, tuple[int, ...] | None, int]:
    """``target_bins``, ``max_waste`` and the bound; the first two None where the rule is not used."""
    problem, waste = solved.node.problem, solved.pricer.waste.tolist()
    if not bound or all(w == NO_WASTE_RULE for w in waste):
        return None, None, bound
    cost = int(problem.cost[0])
    bins = -(-bound // cost) - 1
    left = (left_over(problem, bins, h) if w != NO_WASTE_RULE else NO_WASTE_RULE for h, w in enumerate(waste))
    return bins, tuple(max(NO_WASTE_RULE, room) for room in left), cost * (bins + 1)


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


def feasible_duals(
    configurations: Configurations, duals: Duals, worth: list[int]
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Duals of item types, availability duals and best values that are feasible: profits cut down, fees raised."""
    share = feasible_share(configurations.problem, duals, worth)
    of_items = [0] * configurations.problem.item_types
    for i, group in zip(configurations.item.tolist(), configurations.group.tolist(), strict=True):
        of_items[i] = int(duals.profit[group] * share)
    fees = tuple(-int(-fee * share // 1) for fee in duals.fee.tolist())
    return tuple(of_items), fees, tuple(int(value * share) for value in worth)
