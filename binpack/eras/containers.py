"""The era of containers: one kernel a machine, shared by all containers of its family; images on disk once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.eras.charges import charges_of
from binpack.eras.compilation import VCPUS, Box, Compiled, Piece, SharedCharge, application_piece, compile_problem
from binpack.eras.era import Era, Setting, agent_charges, host_charges, machine_box
from binpack.eras.virtual_machine_sizes import hypervisor_charge
from binpack.eras.virtual_machines import hypervisor_base_charge, vcpu_room, vm_piece
from binpack.machines.machine_type import MachineType
from binpack.machines.overheads import Overheads
from binpack.plan import Charge, VirtualMachine
from binpack.units import CPU, DISK, MEMORY
from binpack.workload.application import LINUX, WINDOWS, Application

HELPER_VM = "linux helper"
HELPED = "helped"  # the form of a Linux container in the helper VM of a Windows host


class Containers(Era):
    """A container engine on every machine. Another kernel family goes to other machines or into a VM, never silently:
    Linux containers on a Windows host share one small Linux VM under Hyper-V, a Windows application on a Linux host gets a
    VM of its own."""

    name = "containers"
    title = "containers"
    starts = "seconds"
    mixes_families = True  # whether a machine may run the other family by way of a VM

    def compile(self, setting: Setting) -> Compiled:
        """Process form on machines of one's own family, VM form elsewhere, as alternatives with one demand."""
        boxes = [self.box(machine, os, setting) for machine in setting.machines for os in setting.families]
        pieces = [piece for a in setting.workload.placed for piece in self.forms(a, setting)]
        shared = [*image_charges(pieces), *hypervisor_charges(pieces, setting), *self.helper(pieces, setting)]
        return compile_problem(
            boxes,
            [*pieces, *self.system(setting)],
            shared,
            minimum_boxes=self.minimum_machines(setting),
            headroom=setting.options.headroom,
        )

    def box(self, machine: MachineType, os: str, setting: Setting) -> Box:
        """A machine with host OS, engine and agents."""
        charges = host_charges(os, setting) + engine_charges(setting.overheads)
        charges += agent_charges(setting.workload, os, machine.arch)
        return machine_box(machine, os, charges, **vcpu_room(machine, setting))

    def forms(self, application: Application, setting: Setting) -> list[Piece]:
        """The ways in which one copy may stand: as it asks, or where it asks nothing, as its kernel family allows."""
        if application.isolation == "vm":
            return [vm_piece(application, setting)]
        container = container_piece(application, setting)
        if not self.mixes_families or len(setting.families) == 1:
            return [container]
        if application.os == LINUX:
            vcpus = {VCPUS: max(1, application.size.get(CPU, 0))}  # the helper VM has as many as its containers ask for
            helped = replace(container, name=f"{application.key}@{HELPED}", runs_on=(WINDOWS,), rules=vcpus)
            return [replace(form, alternatives=application.key) for form in (container, helped)]
        in_vm = replace(vm_piece(application, setting), runs_on=(LINUX,), alternatives=application.key)
        return [replace(container, alternatives=application.key), in_vm]

    def helper(self, pieces: Sequence[Piece], setting: Setting) -> list[SharedCharge]:
        """The small Linux VM that a Windows host needs once for all its Linux containers."""
        members = tuple(piece.name for piece in pieces if in_helper(piece))
        if not members:
            return []
        overheads = setting.overheads
        memory = overheads["linux_helper_vm.memory"]
        vm = VirtualMachine(HELPER_VM, HELPER_VM, {MEMORY: memory}, 1)
        charges = (
            Charge("guest_os", overheads.source("linux_helper_vm.memory"), MEMORY, memory, HELPER_VM),
            hypervisor_charge(memory, 1, overheads, setting.options),
        )
        return [SharedCharge(HELPER_VM, members, charges, runs_on=(WINDOWS,), vm=vm)]

    def system(self, setting: Setting) -> list[Piece]:
        """What the era itself runs; containers alone run nothing."""
        return []

    def minimum_machines(self, setting: Setting) -> int:
        """How many machines there are at least; containers alone ask for none."""
        return 0


def engine_charges(overheads: Overheads) -> tuple[Charge, ...]:
    """What an idle container engine takes."""
    return charges_of("engine", "engine", (CPU, MEMORY), overheads)


def container_piece(application: Application, setting: Setting) -> Piece:
    """One copy as containers on the machine's kernel: a shim for each of them."""
    overheads = setting.overheads
    shims = max(1, len(application.containers)) * overheads["shim.memory"]
    charge = Charge("engine", overheads.source("shim.memory"), MEMORY, shims)
    return replace(application_piece(application, "container"), charges=(charge,))


def in_helper(piece: Piece) -> bool:
    """Whether the piece is a Linux container on a Windows host."""
    return piece.name.endswith(f"@{HELPED}")


def hypervisor_charges(pieces: Sequence[Piece], setting: Setting) -> list[SharedCharge]:
    """A machine that holds any VM beside its containers pays for the hypervisor once."""
    members = tuple(piece.name for piece in pieces if piece.vm is not None or in_helper(piece))
    return [SharedCharge("hypervisor", members, (hypervisor_base_charge(setting),))] if members else []


def image_charges(pieces: Sequence[Piece]) -> list[SharedCharge]:
    """Images whose size is known are on a machine's disk once, whatever runs from them there."""
    by_image: dict[tuple[str, int], list[str]] = {}
    for piece in pieces:
        application = piece.application
        if application is not None and application.image_bytes and piece.vm is None:
            images = "+".join(c.image for c in application.containers) or application.key
            by_image.setdefault((images, application.image_bytes), []).append(piece.name)
    return [
        SharedCharge(f"image {image}", tuple(names), (Charge("engine", f"image {image}", DISK, size),))
        for (image, size), names in by_image.items()
    ]
