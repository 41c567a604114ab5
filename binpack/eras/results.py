"""From a placement to a row of the comparison: everything that follows from the machines of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from binpack.comparison import EraResult
from binpack.era_plan import Machine, Plan
from binpack.eras.era import Era, Setting
from binpack.eras.explanation import explain
from binpack.eras.placement import Placement
from binpack.eras.spares import plus_one_spare
from binpack.eras.start_times import start_time
from binpack.machines.machine_type import MachineType
from binpack.machines.power import watts
from binpack.machines.price import price_per_month
from binpack.units import CPU
from binpack.workload.application import Application
from binpack.workload.workload import Workload


def era_result(era: Era, plan: Plan, placement: Placement, cabinets: int | None, setting: Setting) -> EraResult:
    """One row. Counts, overheads, use, money and power are sums over the plan's machines; ``cabinets`` is counted."""
    types = {machine.name: machine for machine in setting.machines}
    use = utilisation(plan.machines)
    reason = explain(placement.bound, use)
    start = start_time(era, plan.machines, setting)
    return EraResult(
        era=era.name,
        shape=plan.shape,
        plan=plan,
        plus_one_spare=None if plan.unplaced else plus_one_spare(plan.machines, types),
        rack_units=rack_units(plan.machines, types),
        cabinets=cabinets,
        nodes=nodes(era, plan.machines),
        virtual_machines=sum(m.count * len(m.virtual_machines) for m in plan.machines),
        instances=sum(m.count * i.count for m in plan.machines for i in m.instances),
        full_of=reason.full_of,
        full_share=use.get(reason.resource) if reason.resource else None,
        utilisation=use,
        overhead=overhead_sums(plan.machines),
        cost_per_month=cost_per_month(plan.machines, types),
        watts=watts_drawn(plan.machines, types),
        start=start,
        update=None,
        destroy=None,
        start_words=era.starts,
        updates=updates(era, plan.machines, setting.workload),
        why=reason.why,
    )


def nodes(era: Era, machines: Sequence[Machine]) -> int:
    """What the orchestrator schedules on: machines, or the VMs on them where those are its nodes; 0 without one."""
    if not era.orchestrated:
        return 0
    return sum(m.count * (len(m.virtual_machines) if era.nodes_are_vms else 1) for m in machines)


def utilisation(machines: Sequence[Machine]) -> dict[str, Fraction]:
    """Requests and overhead over capacity, per resource, over all machines; only what some machine has."""
    capacity: dict[str, int] = {}
    taken: dict[str, int] = {}
    for machine in machines:
        for resource, amount in machine.capacity.items():
            capacity[resource] = capacity.get(resource, 0) + amount * machine.count
            taken[resource] = taken.get(resource, 0) + taken_on(machine, resource) * machine.count
    return {resource: Fraction(taken[resource], whole) for resource, whole in capacity.items() if whole}


def taken_on(machine: Machine, resource: str) -> int:
    """What instances and overhead take of a resource on one machine."""
    requested = sum(i.requests.get(resource, 0) * i.count for i in machine.instances)
    return requested + sum(c.amount for c in machine.overhead if c.resource == resource)


def overhead_sums(machines: Sequence[Machine]) -> dict[str, dict[str, int]]:
    """Kind -> resource -> amount, over all machines."""
    sums: dict[str, dict[str, int]] = {}
    for machine in machines:
        for charge in machine.overhead:
            kind = sums.setdefault(charge.what, {})
            kind[charge.resource] = kind.get(charge.resource, 0) + charge.amount * machine.count
    return sums


def rack_units(machines: Sequence[Machine], types: dict[str, MachineType]) -> Fraction | None:
    """Rack units that the machines fill: two half-unit machines to a unit, so halves round up; None if any is rented."""
    total = Fraction(0)
    for machine in machines:
        units = types[machine.type].rack_units
        if units is None:
            return None
        total += units * machine.count
    return Fraction(-(-total // 1))


def cost_per_month(machines: Sequence[Machine], types: dict[str, MachineType]) -> int | None:
    """Micro-dollars a month; None if a price is unknown."""
    prices = [(types[m.type].price, m.count) for m in machines]
    if any(price is None for price, _ in prices):
        return None
    return sum(price_per_month(price) * count for price, count in prices if price is not None)


def watts_drawn(machines: Sequence[Machine], types: dict[str, MachineType]) -> int | None:
    """Watts of all machines at the CPU use planned, rounded; None without a power model."""
    total = Fraction(0)
    for machine in machines:
        capacity = machine.capacity.get(CPU, 0)
        load = Fraction(taken_on(machine, CPU), capacity) if capacity else Fraction(0)
        drawn = watts(types[machine.type], load)
        if drawn is None:
            return None
        total += drawn * machine.count
    return round(total)


def updates(era: Era, machines: Sequence[Machine], workload: Workload) -> str:
    """Updates without downtime: an orchestrator starts a new copy before it stops the old one, if there is room for it."""
    if not era.orchestrated:
        return "no"
    long_lived = [application for application in workload.placed if not application.job]
    fits = all(any(has_room(machine, application) for machine in machines) for application in long_lived)
    return "yes" if fits else "with 1 more machine"


def has_room(machine: Machine, application: Application) -> bool:
    """Whether a machine could take one more copy of an application."""
    limit = application.placement.max_per_host
    here = sum(i.count for i in machine.instances if i.application == application.key)
    if limit is not None and here >= limit:
        return False
    needs = application.size.items()
    return all(machine.capacity.get(r, 0) - taken_on(machine, r) >= amount for r, amount in needs if amount)
