"""Whether a row of a comparison says what its plan adds up to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from binpack.verify.facts import ORCHESTRATED, Facts
from binpack.verify.machines import taken
from binpack.verify.money import cost_bound_faults, money
from binpack.verify.places import stands
from binpack.verify.updates import update_faults

Json = Mapping[str, Any]


def row_faults(row: Json, plan: Json, facts: Facts | None = None) -> Iterator[str]:
    """Every figure of a row that its plan does not add up to. facts : for space, rack and money."""
    expected = {**_counts(plan), "overhead": _overhead(plan, facts), **(_from_types(plan, facts) if facts else {})}
    for key, value in expected.items():
        if row[key] != value:
            yield f"{key}: the row says {row[key]}, the plan {value}"
    use = _utilisation(plan)
    if set(use) != set(row["utilisation"]):
        yield f"utilisation is of {sorted(row['utilisation'])}, the machines have {sorted(use)}"
    for resource, value in use.items():
        if abs(row["utilisation"].get(resource, -1) - value) > 1e-6:
            yield f"utilisation of {resource}: the row says {row['utilisation'].get(resource)}, the plan {float(value)}"
    if facts is not None:
        yield from cost_bound_faults(row, facts)
        yield from update_faults(row, plan, facts)
    spare = row["plus_one_spare"]
    if spare is not None and spare <= row["machines"] and plan["machines"]:
        yield f"plus_one_spare: {spare} is not more than {row['machines']} machines"


def _counts(plan: Json) -> dict[str, Any]:
    machines = plan["machines"]
    by_type: dict[str, int] = {}
    for machine in machines:
        by_type[machine["type"]] = by_type.get(machine["type"], 0) + machine["count"]
    on_vms = plan["era"] == "kubernetes_on_vms"
    nodes = sum(m["count"] * (len(m["virtual_machines"]) if on_vms else 1) for m in machines)
    return {
        "era": plan["era"],
        "shape": plan["shape"],
        "machines": sum(by_type.values()),
        "machines_by_type": by_type,
        "nodes": nodes if plan["era"] in ORCHESTRATED else 0,
        "virtual_machines": sum(m["count"] * len(m["virtual_machines"]) for m in machines),
        "instances": sum(m["count"] * i["count"] for m in machines for i in m["instances"]),
        "lower_bound": plan["lower_bound"],
        "cost_lower_bound": plan["cost_lower_bound"],
        "status": plan["status"],
        "unplaced": plan["unplaced"],
        "images": plan["images"],
    }


def _overhead(plan: Json, facts: Facts | None) -> dict[str, dict[str, int]]:
    """The sums of all charges, and what the copies of a load balancer request."""
    proxy = facts.balancers.key if facts and facts.balancers else None
    sums: dict[str, dict[str, int]] = {}
    for machine in plan["machines"]:
        for charge in machine["overhead"]:
            kind = sums.setdefault(charge["what"], {})
            kind[charge["resource"]] = kind.get(charge["resource"], 0) + charge["amount"] * machine["count"]
        for instance in machine["instances"]:
            if instance["application"] == proxy:
                kind = sums.setdefault("load_balancers", {})
                for resource, amount in instance["requests"].items():
                    kind[resource] = kind.get(resource, 0) + amount * instance["count"] * machine["count"]
    return sums


def _utilisation(plan: Json) -> dict[str, Fraction]:
    whole: dict[str, int] = {}
    used: dict[str, int] = {}
    for machine in plan["machines"]:
        for resource, amount in machine["capacity"].items():
            whole[resource] = whole.get(resource, 0) + amount * machine["count"]
            used[resource] = used.get(resource, 0) + taken(machine, resource) * machine["count"]
    return {resource: Fraction(used[resource], amount) for resource, amount in whole.items() if amount}


def _from_types(plan: Json, facts: Facts) -> dict[str, Any]:
    """Rack units (halves round up), cabinets, money and watts; None where a machine has no space.
    Nothing is expected of types that are not known."""
    types = facts.machines
    if not all(machine["type"] in types for machine in plan["machines"]):
        return {}
    units, racked = Fraction(0), True
    for machine in plan["machines"]:
        kind = types[machine["type"]]
        racked = racked and kind.rack_units is not None
        units += (kind.rack_units or 0) * machine["count"]
    return {
        "rack_units": -(-units.numerator // units.denominator) if racked else None,
        "cabinets": max((stand.last for stand in stands(plan, types, facts.cabinet)), default=0) or None,
        **money(plan, facts),
    }
