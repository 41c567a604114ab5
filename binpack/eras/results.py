"""From a placement to a row of the comparison: everything that follows from the machines of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from binpack.comparison import EraResult
from binpack.era_plan import Machine, Plan
from binpack.eras.costs.bill import Bill
from binpack.eras.costs.costs import total, watts_drawn
from binpack.eras.era import Era, Setting
from binpack.eras.explanation import explain
from binpack.eras.operation.balancers import KIND, balancers_overhead
from binpack.eras.operation.spares import plus_one_spare
from binpack.eras.operation.times import times
from binpack.eras.operation.updates import updates
from binpack.eras.packing.placement import Placement
from binpack.eras.use import utilisation
from binpack.machines.machine_type import MachineType
from binpack.machines.ownership import carbon_per_month


def era_result(
    era: Era, plan: Plan, placement: Placement, cabinets: int | None, bill: Bill, setting: Setting
) -> EraResult:
    """One row. Counts, overheads, use, money and power are sums over the plan's machines; ``cabinets`` is counted."""
    types = setting.types
    use = utilisation(plan.machines)
    reason = explain(placement.bound, use)
    drawn = watts_drawn(plan.machines, types)
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
        overhead=overhead_sums(plan.machines, setting.options.load_balancers > 0),
        cost_per_month=total(bill.costs.values()),
        watts=None if drawn is None else round(drawn),
        times=times(era, plan.machines, setting),
        start_words=era.starts,
        updates="no" if plan.unplaced else updates(era, plan.machines, placement.bound.compiled, setting),
        why=reason.why,
        costs=bill.costs,
        sought=bill.sought,
        cost_lower_bound_per_month=bill.least,
        licences=bill.licences,
        carbon_per_month=None if drawn is None else carbon_per_month(setting.options.ownership, drawn),
    )


def nodes(era: Era, machines: Sequence[Machine]) -> int:
    """What the orchestrator schedules on: machines, or the VMs on them where those are its nodes; 0 without one."""
    if not era.orchestrated:
        return 0
    return sum(m.count * (len(m.virtual_machines) if era.nodes_are_vms else 1) for m in machines)


def overhead_sums(machines: Sequence[Machine], balanced: bool) -> dict[str, dict[str, int]]:
    """Kind -> resource -> amount, over all machines. balanced : there may be load balancers, whose requests are a kind."""
    sums: dict[str, dict[str, int]] = {}
    for machine in machines:
        for charge in machine.overhead:
            kind = sums.setdefault(charge.what, {})
            kind[charge.resource] = kind.get(charge.resource, 0) + charge.amount * machine.count
    if balanced and (own := balancers_overhead(machines)):
        sums[KIND] = own
    return sums


def rack_units(machines: Sequence[Machine], types: Mapping[str, MachineType]) -> Fraction | None:
    """Rack units that the machines fill: two half-unit machines to a unit, so halves round up; None if any is rented."""
    total = Fraction(0)
    for machine in machines:
        units = types[machine.type].rack_units
        if units is None:
            return None
        total += units * machine.count
    return Fraction(-(-total // 1))
