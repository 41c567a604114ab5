"""CPU that a layer of virtualisation burns: what an application needs there beyond what it needs on bare metal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.era_plan import Charge
from binpack.machines.overheads import EFFICIENCY, WHOLE, Overheads
from binpack.units import CPU
from binpack.workload.application import Resources

CONTAINER = "container"
MICROVM = "microvm"
VM = "vm"
KINDS = {CONTAINER: "engine", MICROVM: "guest_os", VM: "hypervisor"}


def lost_cpu(size: Resources, layers: Sequence[str], overheads: Overheads) -> tuple[Charge, ...]:
    """One charge for each layer that is less than wholly efficient, the innermost first.

    Within a layer a copy needs its CPU divided by the layer's efficiency, rounded up; the charge is what that adds. An
    application that asks for no CPU loses none.
    """
    needed, charges = size.get(CPU, 0), []
    for layer in layers:
        share = overheads[EFFICIENCY + layer]
        more = -(-needed * WHOLE // share) - needed
        if more:
            source = f"CPU efficiency of a {layer} {share / WHOLE:g}: {overheads.source(EFFICIENCY + layer)}"
            charges.append(Charge(KINDS[layer], source, CPU, more))
        needed += more
    return tuple(charges)


def inside(charges: Sequence[Charge], vm: str) -> tuple[Charge, ...]:
    """The same charges within a VM."""
    return tuple(replace(charge, inside=vm) for charge in charges)
