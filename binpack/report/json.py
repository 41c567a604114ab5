"""A Comparison or a Plan as JSON objects, with a schema name; see ``binpack/cli/schemas``."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from binpack.comparison import COMPARISON_SCHEMA, Comparison, Duration, EraResult, IsolationPrice
from binpack.era_plan import PLAN_SCHEMA, Instance, Machine, Plan
from binpack.report.images_json import images_json
from binpack.workload.workload import Assumption

PLACE = ("cabinet", "rack_unit", "slot")


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """All rows; amounts are integers (CPU in thousandths of a thread, bytes), shares are numbers, money is dollars."""
    return {
        "schema": COMPARISON_SCHEMA,
        "workload": comparison.workload,
        "instances": comparison.instances,
        "assumed_share": _number(comparison.assumed_share),
        "eras": [era_json(row) for row in comparison.rows],
        "assumptions": [_assumption(a) for a in comparison.assumptions],
        "isolation": [_isolation(price) for price in comparison.isolation],
        "notes": list(comparison.notes),
        "next_steps": list(comparison.next_steps),
    }


def _isolation(price: IsolationPrice) -> dict[str, Any]:
    return {
        "isolation": price.isolation,
        "applications": list(price.applications),
        "copies": price.copies,
        "eras": [
            {
                "era": row.era,
                "machines": row.machines,
                "machines_without": without.machines,
                "cost_per_month": _dollars(row.cost_per_month),
                "cost_per_month_without": _dollars(without.cost_per_month),
                "proven": row.plan.status == without.plan.status == "optimal",
            }
            for row, without in price.rows
        ],
    }


def _dollars(amount: int | None) -> float | None:
    return None if amount is None else amount / 10**6


def era_json(row: EraResult) -> dict[str, Any]:
    """One row."""
    return {
        "era": row.era,
        "shape": row.shape,
        "machines": row.machines,
        "machines_by_type": row.machines_by_type,
        "plus_one_spare": row.plus_one_spare,
        "rack_units": None if row.rack_units is None else _number(row.rack_units),
        "cabinets": row.cabinets,
        "nodes": row.nodes,
        "virtual_machines": row.virtual_machines,
        "instances": row.instances,
        "lower_bound": row.plan.lower_bound,
        "cost_lower_bound": row.plan.cost_lower_bound,
        "status": row.plan.status,
        "full_of": row.full_of,
        "utilisation": {name: _number(value) for name, value in row.utilisation.items()},
        "overhead": {kind: dict(amounts) for kind, amounts in row.overhead.items()},
        "cost_per_month": _dollars(row.cost_per_month),
        "costs": {part: _dollars(cost) for part, cost in row.costs.items()},
        "sought": list(row.sought),
        "cost_lower_bound_per_month": _dollars(row.cost_lower_bound_per_month),
        "licences": [
            {"name": each.name, "per": each.per, "units": each.units, "cost_per_month": _dollars(each.cost_per_month)}
            for each in row.licences
        ],
        "watts": row.watts,
        "carbon_grams_per_month": row.carbon_per_month,
        **{f"{name}_seconds": _duration(found) for name, found in row.times._asdict().items()},
        "updates_without_downtime": row.updates,
        "why": row.why,
        "images": images_json(row.plan.images),
        "unplaced": _unplaced(row.plan),
    }


def plan_json(
    plan: Plan, cost_per_month: int | None = None, costs: Mapping[str, int | None] | None = None
) -> dict[str, Any]:
    """Every machine with everything that is on it. capacity = requests + overhead + free, exactly."""
    found: dict[str, Any] = {
        "schema": PLAN_SCHEMA,
        "era": plan.era,
        "shape": plan.shape,
        "status": plan.status,
        "lower_bound": plan.lower_bound,
        "cost_lower_bound": plan.cost_lower_bound,
        "cost_per_month": _dollars(cost_per_month),
        "costs": {part: _dollars(cost) for part, cost in (costs or {}).items()},
        "machines": [_machine(machine) for machine in plan.machines],
        "images": images_json(plan.images),
        "unplaced": _unplaced(plan),
        "assumptions": [_assumption(a) for a in plan.assumptions],
        "notes": list(plan.notes),
    }
    if plan.order:
        found["order"] = list(plan.order)
    return found


def _machine(machine: Machine) -> dict[str, Any]:
    return {
        "name": machine.name,
        "type": machine.type,
        "count": machine.count,
        **{name: getattr(machine.place, name, None) for name in PLACE},
        "labels": dict(machine.labels),
        "capacity": dict(machine.capacity),
        "overhead": [
            {"what": c.what, "source": c.source, "resource": c.resource, "amount": c.amount, "inside": c.inside}
            for c in machine.overhead
        ],
        "virtual_machines": [
            {"name": vm.name, "type": vm.type, "capacity": dict(vm.capacity), "vcpus": vm.vcpus}
            for vm in machine.virtual_machines
        ],
        "instances": [_instance(instance) for instance in machine.instances],
    }


def _instance(instance: Instance) -> dict[str, Any]:
    return {
        "application": instance.application,
        "replica": instance.replica,
        "count": instance.count,
        "requests": dict(instance.requests),
        "containers": [dict(container) for container in instance.containers],
        "inside": instance.inside,
    }


def _unplaced(plan: Plan) -> list[dict[str, Any]]:
    return [
        {"application": u.application, "count": u.count, "reason": u.reason, "nearest": u.nearest}
        for u in plan.unplaced
    ]


def _assumption(assumption: Assumption) -> dict[str, str]:
    return {"name": assumption.name, "value": assumption.value, "source": assumption.source}


def _duration(duration: Duration | None) -> dict[str, Any] | None:
    if duration is None:
        return None
    ends = {"low": _number(duration.low), "high": _number(duration.high)}
    return {**ends, "source": duration.source, "unknown_for": list(duration.unknown)}


def _number(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else round(float(value), 6)
