"""What the machines of a plan cost a month, part by part, and the watts that they draw."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from binpack.era_plan import Machine
from binpack.eras.options import EraOptions
from binpack.eras.use import taken_on
from binpack.machines.cluster_fee import cluster_fee
from binpack.machines.machine_type import MachineType
from binpack.machines.ownership import Ownership, energy_per_month
from binpack.machines.power import watts
from binpack.machines.reservations import service_of
from binpack.units import CPU

Types = Mapping[str, MachineType]
Costs = dict[str, int | None]


def costs_per_month(machines: Sequence[Machine], types: Types, ownership: Ownership) -> Costs:
    """Part of the bill -> micro-units a month, None where a figure is missing. Energy is of machines that were bought: the
    price of others has it in it."""
    found: Costs = {"machines": _rent(machines, types)}
    bought = [machine for machine in machines if types[machine.type].purchase_price is not None]
    if ownership.energy_price is not None and bought:
        drawn = watts_drawn(bought, types)
        found["energy"] = None if drawn is None else energy_per_month(ownership, drawn)
    return found


def cluster_per_month(machines: Sequence[MachineType], options: EraOptions) -> int | None:
    """Micro-dollars a month that the service of the rented machines asks for a cluster whose control plane it manages;
    None where it does not, where no fee is known, or where machines are of several services."""
    services = {service_of(machine, options.provider) for machine in machines if machine.rented}
    if options.control_plane != "managed" or len(services) != 1:
        return None
    fee = cluster_fee(services.pop())
    return None if fee is None else fee.per_month


def total(costs: Collection[int | None]) -> int | None:
    """All together; None where one is not known."""
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def watts_drawn(machines: Sequence[Machine], types: Types) -> Fraction | None:
    """Watts of all machines at the CPU use planned; None without a power model."""
    drawn = Fraction(0)
    for machine in machines:
        capacity = machine.capacity.get(CPU, 0)
        load = Fraction(taken_on(machine, CPU), capacity) if capacity else Fraction(0)
        each = watts(types[machine.type], load)
        if each is None:
            return None
        drawn += each * machine.count
    return drawn


def _rent(machines: Sequence[Machine], types: Types) -> int | None:
    """Prices of rented machines, and the parts of a month of what others were bought for."""
    prices = [(types[machine.type].price_per_month, machine.count) for machine in machines]
    return total([None if price is None else price * count for price, count in prices])
