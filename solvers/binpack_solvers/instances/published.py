"""Comparing an answer with what is published about its instance: neither may contradict the other."""

from __future__ import annotations

from binpack_solvers.instances.instance import Instance


def contradictions(instance: Instance, bins: int | None, lower_bound: int, infeasible: bool = False) -> list[str]:
    """What cannot be true together, in words. Published figures count bins, so only unit costs are compared."""
    known = instance.reference
    if infeasible:
        packed = "optimum" in known or bool(known.get("feasible"))
        return ["claimed infeasible, but a packing is published"] if packed else []
    if not instance.problem.unit_cost:
        return []
    least = [known[key] for key in ("optimum", "lower_bound") if key in known]
    most = [known[key] for key in ("optimum", "upper_bound", "best_heuristic") if key in known]
    found = []
    if bins is not None and least and bins < max(least):
        found.append(f"{bins} bins, but at least {max(least)} are published as necessary")
    if most and lower_bound > min(most):
        found.append(f"lower bound {lower_bound}, but a packing into {min(most)} bins is published")
    return found
