"""VMs on rented machines, which are VMs themselves and run no others unless their type allows it.

Rows with such VMs stay in a comparison, with a note: they are what the same VMs take on types of that size that do allow it.
(Kubernetes on VMs is left out of one on rented machines for another reason: its nodes would be what Kubernetes' are.)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from binpack.era_plan import Machine
from binpack.listing import listed
from binpack.machines.machine_type import MachineType

GUEST = "guest_os"
AWS = "aws"
NESTING = ("c8i", "m8i", "r8i", "c8i-flex", "m8i-flex", "r8i-flex")
"""Families of AWS that run VMs, by ``CpuOptions.NestedVirtualization`` of EC2's API (documentation of Pulumi's AWS provider,
InstanceCpuOptions)."""
_SHOWN = 3


def nesting_notes(plans: Iterable[tuple[str, Sequence[Machine]]], types: Mapping[str, MachineType]) -> tuple[str, ...]:
    """A sentence about all plans, each with its era's title, that put VMs, or sandboxes that are VMs, on such machines."""
    eras: dict[str, None] = {}
    hosts: dict[str, None] = {}
    for title, machines in plans:
        for machine in machines:
            if any(charge.what == GUEST for charge in machine.overhead) and not _runs_vms(types[machine.type]):
                eras[title] = hosts[machine.type] = None
    if not eras:
        return ()
    found = f"VMs within rented machines ({listed(list(hosts), _SHOWN)}), which not every type runs"
    aws = (
        ": of AWS's only C8i, M8i, R8i and bare metal do" if any(types[name].provider == AWS for name in hosts) else ""
    )
    return (f"{', '.join(eras)}: {found}{aws}",)


def _runs_vms(machine: MachineType) -> bool:
    """Whether a type is known to: one's own, bare metal, or of a family that does."""
    family, _, size = machine.name.partition(".")
    return not machine.rented or (machine.provider == AWS and (family in NESTING or size.startswith("metal")))
