"""Everything a run takes for granted, with value and source, in the order in which a reader would ask."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from binpack.eras.era import Setting
from binpack.machines.cabinet import Cabinet
from binpack.machines.cluster_fee import cluster_fee
from binpack.machines.machine_type import MachineType
from binpack.machines.price import MICRO
from binpack.machines.reservations import service_of
from binpack.machines.vm_size import VmSize
from binpack.units import format_amount, format_bytes
from binpack.workload.workload import Assumption


def assumptions(setting: Setting, size_by: str) -> tuple[Assumption, ...]:
    """Options first, then the overheads that the run has used, then what reading assumed."""
    options = setting.options
    headroom = ", ".join(f"{name} {float(share):.0%}" for name, share in options.headroom.items()) or "none"
    stated = [
        Assumption("size of an instance", size_by, "option --size-by"),
        Assumption("vCPUs per thread", _ratio(options.vcpu_overcommit), "option --vcpu-overcommit"),
        Assumption(
            "vCPUs per thread of nodes that are VMs", _ratio(options.node_overcommit), "option --node-overcommit"
        ),
        Assumption("CPU requested per thread", _ratio(options.cpu_overcommit), "option --cpu-overcommit"),
        Assumption("memory promised per byte", _ratio(options.memory_overcommit), "option --memory-overcommit"),
        Assumption("sizes of VMs", _sizes(options.vm_sizes), "option --vm-sizes"),
        Assumption("host OS", options.host_os or "as the applications need", "option --host-os"),
        Assumption("hypervisor", options.hypervisor, "option --hypervisor"),
        Assumption("container runtime", options.runtime, "option --runtime"),
        Assumption("overheads", options.overheads, "option --overheads"),
        Assumption("headroom", headroom, "option --headroom"),
        Assumption("Kubernetes reservations", f"{_services(setting)} formula", "option --provider"),
        Assumption(
            "control plane",
            f"{options.control_plane}, at least {options.minimum_nodes} nodes with Linux",
            "option --control-plane",
        ),
        Assumption(
            "starting and stopping",
            f"{options.parallel_starts} at a time on a machine, all machines at once, images there already",
            "option --parallel-starts",
        ),
        Assumption(
            "updates",
            "as asked, else by default; the only copy in Swarm start-first",
            "workload files",
        ),
        Assumption("a rack", "is one rack unit, as in the story", "eras"),
        Assumption("a cabinet", _cabinet(options.cabinet), "option --cabinet"),
    ]
    stated += _running(setting)
    for whose, rate in (("registry", options.bandwidth.registry), ("machine", options.bandwidth.machine)):
        if rate is not None:
            stated.append(Assumption(f"{whose} bandwidth", f"{format_bytes(rate)}/s", f"option --{whose}-bandwidth"))
    for machine in setting.machines[:3]:
        stated.append(Assumption(f"machine {machine.name}", _capacity(machine.capacity), machine.source or "the user"))
    for row in setting.overheads.rows_used():
        amount = format_bytes(row.amount) if row.unit == "bytes" else f"{row.amount:,} {row.unit}"
        source = row.source if row.evidence == "read" else f"parameter: {row.source}"
        stated.append(Assumption(row.name, amount, source))
    return (*stated, *setting.workload.assumptions)


def _running(setting: Setting) -> list[Assumption]:
    """What machines of one's own and software cost, the carbon of energy, and load balancers: what of these is asked for."""
    options, own = setting.options, setting.options.ownership
    stated = []
    if any(machine.purchase_price is not None for machine in setting.machines):
        stated.append(Assumption("purchase", f"spread over {own.years} years", "option --years"))
        energy = "not charged" if own.energy_price is None else f"{own.energy_price / MICRO:g} a kWh of machines bought"
        stated.append(Assumption("energy", energy, "option --energy-price"))
    if own.carbon is not None:
        stated.append(Assumption("carbon", f"{float(own.carbon):g} g for a kWh", "option --carbon"))
    if own.energy_price is not None or own.carbon is not None:
        stated.append(Assumption("the building's draw over its machines'", f"{float(own.pue):g}", "option --pue"))
    if options.control_plane == "managed":
        services = {service_of(machine, options.provider): None for machine in setting.machines if machine.rented}
        fees = [(service, fee) for service in services if (fee := cluster_fee(service))]
        stated += [
            Assumption(f"{service.upper()}'s fee of a cluster", f"{fee.per_month / MICRO:g} a month", fee.source)
            for service, fee in fees
        ]
    for licence in setting.licences:
        if licence.with_rent:
            stated += _rents(setting.machines)
            continue
        price = f"{licence.price / MICRO:g} a month for each {licence.per}"
        stated.append(Assumption(f"licence {licence.name}", price, "option --licence"))
    if options.load_balancers:
        text = f"{options.load_balancers}, where an orchestrator balances requests"
        stated.append(Assumption("load balancers", text, "option --load-balancers"))
    return stated


def _rents(machines: Sequence[MachineType]) -> list[Assumption]:
    """What machines cost that run Windows, or a virtual machine with it."""
    return [
        Assumption(f"{m.name} with Windows", f"{m.windows_price / MICRO:g} an hour for {m.price / MICRO:g}", m.source)
        for m in machines[:3]
        if m.price is not None and m.windows_price is not None
    ]


def _ratio(ratio: Fraction) -> str:
    return f"{float(ratio):g}:1"


def _cabinet(cabinet: Cabinet) -> str:
    return f"{cabinet.units} rack units and {float(cabinet.watts / 1000):g} kW at full load"


def _sizes(sizes: Sequence[VmSize]) -> str:
    if not sizes:
        return "any, whole vCPUs and memory in steps"
    shown = ", ".join(size.name for size in sizes[:3])
    return f"{len(sizes)} of a catalogue: {shown}{' ...' if len(sizes) > 3 else ''}"


def _services(setting: Setting) -> str:
    services = {service_of(machine, setting.options.provider): None for machine in setting.machines}
    return ", ".join(service.upper() for service in services)


def _capacity(capacity) -> str:  # type: ignore[no-untyped-def]
    return ", ".join(f"{format_amount(name, amount)} {name}" for name, amount in capacity.items())
