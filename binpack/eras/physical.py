"""The physical era: an operating system a machine, and isolation by giving applications machines of their own."""

from __future__ import annotations

from dataclasses import replace

from binpack.eras.compilation import TENANCY, Compiled, Piece, SharedCharge, application_piece, compile_problem
from binpack.eras.era import Era, Setting, agent_charges, host_charges, machine_box
from binpack.workload.application import Application


class Physical(Era):
    """Every copy has a machine of its own; jobs may use what is left on any of them."""

    name = "physical"
    title = "physical"
    starts = "-"
    stages = ("machine",)

    def compile(self, setting: Setting) -> Compiled:
        """Tenancy is a resource of which a machine has one: each copy (or each application, once) takes it."""
        boxes = [
            machine_box(m, os, host_charges(os, setting) + agent_charges(setting.workload, os, m.arch), tenancy=1)
            for m in setting.machines
            for os in setting.families
        ]
        pieces = [self.piece(application) for application in setting.workload.placed]
        return compile_problem(boxes, pieces, self.shared(pieces), headroom=setting.options.headroom)

    def piece(self, application: Application) -> Piece:
        """One copy, which takes the machine's tenancy unless it is a job."""
        return bare_piece(application, rules={} if application.job else {TENANCY: 1})

    def shared(self, pieces: list[Piece]) -> list[SharedCharge]:
        """Nothing is shared."""
        return []


class PhysicalPerApplication(Physical):
    """Copies of one application share machines while they fit, but no application shares with another."""

    name = "physical_per_application"
    title = "physical, per application"

    def piece(self, application: Application) -> Piece:
        """More than one copy means at least two machines."""
        limit = application.replicas - 1 if application.replicas > 1 and not application.job else None
        return bare_piece(application, most=limit)

    def shared(self, pieces: list[Piece]) -> list[SharedCharge]:
        """An application takes the tenancy of a machine once, however many of its copies are there."""
        return [
            SharedCharge(f"tenancy of {p.name}", (p.name,), rules={TENANCY: 1})
            for p in pieces
            if p.application is not None and not p.application.job
        ]


def bare_piece(application: Application, rules: dict[str, int] | None = None, most: int | None = None) -> Piece:
    """One copy directly on the machine's own operating system."""
    limits = [limit for limit in (most, application.placement.max_per_host) if limit is not None]
    strictest = min(limits) if limits else None
    return replace(application_piece(application, "process"), rules=rules or {}, max_per_box=strictest)
