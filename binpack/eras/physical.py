"""The physical era: an operating system a machine, and isolation by giving applications machines of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from binpack.eras.containers import hypervisor_charges, vm_on
from binpack.eras.era import Era, Setting, agent_charges, host_charges, machine_box
from binpack.eras.packing.compilation import (
    TENANCY,
    Box,
    Compiled,
    Piece,
    SharedCharge,
    application_piece,
    compile_problem,
)
from binpack.eras.virtual_machines import vcpu_room
from binpack.machines.machine_type import MachineType
from binpack.workload.application import Application


class Physical(Era):
    """Every copy has a machine of its own; jobs may use what is left on any of them."""

    name = "physical"
    title = "physical"
    starts = "-"
    stages = ("machine",)

    def compile(self, setting: Setting) -> Compiled:
        """Tenancy is a resource of which a machine has one: each copy (or each application, once) takes it."""
        boxes = [physical_box(m, os, setting) for m in setting.machines for os in setting.hosts(m)]
        pieces = [self.piece(application, setting) for application in setting.workload.placed]
        shared = [*self.shared(pieces), *hypervisor_charges(pieces, setting)]
        return compile_problem(boxes, pieces, shared, room=setting.room)

    def piece(self, application: Application, setting: Setting) -> Piece:
        """One copy, which takes the machine's tenancy unless it is a job."""
        return bare_piece(application, setting, rules={} if application.job else {TENANCY: 1})

    def shared(self, pieces: list[Piece]) -> list[SharedCharge]:
        """Nothing is shared."""
        return []


class PhysicalPerApplication(Physical):
    """Copies of one application share machines while they fit, but no application shares with another."""

    name = "physical_per_application"
    title = "physical, per application"

    def piece(self, application: Application, setting: Setting) -> Piece:
        """More than one copy means at least two machines."""
        limit = application.replicas - 1 if application.replicas > 1 and not application.job else None
        return bare_piece(application, setting, most=limit)

    def shared(self, pieces: list[Piece]) -> list[SharedCharge]:
        """An application takes the tenancy of a machine once, however many of its copies are there."""
        return [
            SharedCharge(f"tenancy of {p.name}", (p.name,), rules={TENANCY: 1})
            for p in pieces
            if p.application is not None and not p.application.job
        ]


def physical_box(machine: MachineType, os: str, setting: Setting) -> Box:
    """A machine with its operating system, agents and one tenancy."""
    charges = host_charges(os, setting) + agent_charges(setting.workload, os, machine.arch)
    return machine_box(machine, os, charges, tenancy=1, **vcpu_room(machine.capacity, setting))


def bare_piece(
    application: Application, setting: Setting, rules: Mapping[str, int] | None = None, most: int | None = None
) -> Piece:
    """One copy directly on the machine's own operating system; where no machine has that of its family, in a VM of its own
    on the other one."""
    limits = [limit for limit in (most, application.placement.max_per_host) if limit is not None]
    strictest = min(limits) if limits else None
    piece = application_piece(application, "process")
    if application.os not in setting.host_families:
        piece = vm_on(setting.host_families[0], application, setting)
    return replace(piece, rules={**piece.rules, **(rules or {})}, max_per_box=strictest)
