"""What a plan's machines cost and draw, computed again from the plan and what is known of its machine types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from binpack.machines.cluster_fee import cluster_fee
from binpack.machines.machine_type import MachineType
from binpack.machines.reservations import SERVICES, USUAL
from binpack.verify.facts import KUBERNETES, Facts
from binpack.verify.licences import HOURS_PER_MONTH, MICRO, licences
from binpack.verify.machines import taken

Json = Mapping[str, Any]
Costs = dict[str, int | None]

MONTHS_PER_YEAR = 12


def money(plan: Json, facts: Facts) -> dict[str, Any]:
    """The bill part by part, its sum, and the watts at the load planned, as a row has to say them; None for what is not
    known. Every machine type of the plan is known."""
    costs, paid = costs_of(plan, facts), licences(plan, facts)
    if paid:
        prices = [each["cost_per_month"] for each in paid]
        costs["licences"] = None if None in prices else sum(round(price * MICRO) for price in prices)
    known = [cost for cost in costs.values() if cost is not None]
    drawn = _watts(plan, facts.machines)
    return {
        "costs": {part: None if cost is None else cost / MICRO for part, cost in costs.items()},
        "cost_per_month": sum(known) / MICRO if len(known) == len(costs) else None,
        "licences": paid,
        "watts": None if drawn is None else round(drawn),
        "carbon_grams_per_month": _carbon(drawn, facts),
    }


def cost_bound_faults(row: Json, facts: Facts) -> Iterator[str]:
    """What was sought costs no less than its bound; what is optimal costs no more, where machines have several prices or
    licences are among what was sought. ``row`` adds up."""
    least, sought = row["cost_lower_bound_per_month"], row["sought"]
    if least is None or row["unplaced"]:
        return
    paid = sum(round(row["costs"][part] * MICRO) for part in sought)
    if round(least * MICRO) > paid:
        yield f"cost_lower_bound_per_month {least} is above {paid / MICRO}, which {' and '.join(sought)} cost"
    charged = "licences" in sought and any(licence.price or licence.with_rent for licence in facts.licences)
    prices = {kind.objective_cost for kind in facts.machines.values()}
    if row["status"] == "optimal" and round(least * MICRO) < paid and (charged or len(prices) > 1):
        yield f"optimal, though {' and '.join(sought)} may cost {least} in place of {paid / MICRO}"


def _carbon(watts: Fraction | None, facts: Facts) -> int | None:
    """Grams for the kWh of a month, the building's share included."""
    if watts is None or facts.ownership.carbon is None:
        return None
    return round(watts * HOURS_PER_MONTH / 1000 * facts.ownership.pue * facts.ownership.carbon)


def costs_of(plan: Json, facts: Facts) -> Costs:
    """Part of the bill -> micro-units a month."""
    machines, types, own = plan["machines"], facts.machines, facts.ownership
    costs: Costs = {"machines": 0}
    for machine in machines:
        each, so_far = _month(types[machine["type"]], facts), costs["machines"]
        costs["machines"] = None if each is None or so_far is None else so_far + each * machine["count"]
    bought = [machine for machine in machines if types[machine["type"]].purchase_price is not None]
    if bought and own.energy_price is not None:
        drawn = _watts({"machines": bought}, types)
        hours = Fraction(HOURS_PER_MONTH, 1000) * own.pue
        costs["energy"] = None if drawn is None else round(drawn * hours * own.energy_price)
    if fee := _cluster(plan, facts):
        costs["cluster"] = fee
    return costs


def _cluster(plan: Json, facts: Facts) -> int:
    """What the one provider of all rented machines asks for a cluster that it manages; 0 without one, or a fee."""
    if plan["era"] not in KUBERNETES or facts.control_plane != "managed":
        return 0
    providers = {types.provider for machine in plan["machines"] if (types := facts.machines[machine["type"]]).rented}
    services = {facts.provider or SERVICES.get(provider, USUAL) for provider in providers}
    fees = [cluster_fee(service) for service in services]
    return fees[0].per_month if len(fees) == 1 and fees[0] is not None else 0


def _month(kind: MachineType, facts: Facts) -> int | None:
    """Of a machine by the hour all hours of a month; of one that was bought its part, as long as its energy is known where
    that is charged."""
    if kind.purchase_price is None:
        return None if kind.price is None else kind.price * HOURS_PER_MONTH
    if facts.ownership.energy_price is not None and None in (kind.watts_idle, kind.watts_full):
        return None
    return round(Fraction(kind.purchase_price, facts.ownership.years * MONTHS_PER_YEAR))


def _watts(plan: Json, types: Mapping[str, MachineType]) -> Fraction | None:
    """Linear in the CPU taken, from idle to full, on each machine."""
    total = Fraction(0)
    for machine in plan["machines"]:
        idle, full = types[machine["type"]].watts_idle, types[machine["type"]].watts_full
        if idle is None or full is None:
            return None
        whole = machine["capacity"].get("cpu", 0)
        load = min(Fraction(1), Fraction(taken(machine, "cpu"), whole)) if whole else Fraction(0)
        total += (idle + (full - idle) * load) * machine["count"]
    return total
