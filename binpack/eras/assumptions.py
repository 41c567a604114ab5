"""Everything a run takes for granted, with value and source, in the order in which a reader would ask."""

from __future__ import annotations

from binpack.eras.era import Setting
from binpack.machines.reservations import service_of
from binpack.units import format_amount, format_bytes
from binpack.workload.workload import Assumption


def assumptions(setting: Setting, size_by: str) -> tuple[Assumption, ...]:
    """Options first, then the overheads that the run has used, then what reading assumed."""
    options = setting.options
    headroom = ", ".join(f"{name} {float(share):.0%}" for name, share in options.headroom.items()) or "none"
    stated = [
        Assumption("size of an instance", size_by, "option --size-by"),
        Assumption("vCPUs per thread", f"{float(options.vcpu_overcommit):g}:1", "option --vcpu-overcommit"),
        Assumption("hypervisor", options.hypervisor, "option --hypervisor"),
        Assumption("container runtime", options.runtime, "option --runtime"),
        Assumption("overheads", options.overheads, "option --overheads"),
        Assumption("headroom", headroom, "option --headroom"),
        Assumption("Kubernetes reservations", f"{_services(setting)} formula", "option --provider"),
        Assumption(
            "control plane",
            f"{options.control_plane}, at least {options.minimum_nodes} nodes",
            "option --control-plane",
        ),
        Assumption("a rack", "is one rack unit, as in the story; 42 of them and 15 kW to a cabinet", "eras"),
    ]
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


def _services(setting: Setting) -> str:
    services = {service_of(machine, setting.options.provider): None for machine in setting.machines}
    return ", ".join(service.upper() for service in services)


def _capacity(capacity) -> str:  # type: ignore[no-untyped-def]
    return ", ".join(f"{format_amount(name, amount)} {name}" for name, amount in capacity.items())
