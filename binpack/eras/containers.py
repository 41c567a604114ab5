"""The era of containers: one kernel a machine, shared by all containers of its family; images on disk once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.era_plan import Charge, VirtualMachine
from binpack.eras.era import Era, Setting, agent_charges, host_charges, machine_box
from binpack.eras.images.images import agent_image_charges, layer_charges, with_own_layers
from binpack.eras.layers.charges import charges_of
from binpack.eras.layers.efficiency import CONTAINER, MICROVM, VM, inside, lost_cpu
from binpack.eras.layers.runtimes import sandbox_charges, sandboxed
from binpack.eras.layers.virtual_machine_sizes import hypervisor_charge
from binpack.eras.packing.compilation import (
    VCPUS,
    Box,
    Compiled,
    Piece,
    SharedCharge,
    application_of,
    application_piece,
    compile_problem,
)
from binpack.eras.virtual_machines import hypervisor_base_charge, vcpu_room, vm_piece
from binpack.machines.hypervisors import HOSTED, vm_memory_beyond, vm_memory_source
from binpack.machines.machine_type import MachineType
from binpack.machines.overheads import Overheads
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
    stages = ("container",)
    mixes_families = True  # whether a machine may run the other family by way of a VM

    def compile(self, setting: Setting) -> Compiled:
        """Process form on machines of one's own family, VM form elsewhere, as alternatives with one demand."""
        boxes = [self.box(machine, os, setting) for machine in setting.machines for os in setting.hosts(machine)]
        pieces = [piece for a in setting.workload.placed for piece in self.forms(a, setting)]
        layers_stored = layer_charges(pieces, setting.workload, setting.host_families)
        shared = [*layers_stored, *hypervisor_charges(pieces, setting), *self.helper(pieces, setting)]
        return compile_problem(
            boxes,
            [*pieces, *self.system(setting)],
            shared,
            minimum_boxes=self.minimum_machines(setting),
            room=setting.room,
        )

    def box(self, machine: MachineType, os: str, setting: Setting) -> Box:
        """A machine with host OS, engine and agents."""
        charges = host_charges(os, setting) + engine_charges(setting.overheads)
        charges += agent_charges(setting.workload, os, machine.arch)
        charges += agent_image_charges(setting.workload, os, machine.arch)
        return machine_box(machine, os, charges, **vcpu_room(machine.capacity, setting))

    def forms(self, application: Application, setting: Setting) -> list[Piece]:
        """The ways in which one copy may stand: as it asks, or where it asks nothing, as its kernel family allows."""
        in_sandbox, hosts = sandboxed(application, setting), setting.host_families
        if application.isolation == "vm" and not in_sandbox:
            return alternatives([with_own_layers(vm_on(os, application, setting)) for os in hosts])
        container = container_piece(application, setting)
        own = [container] * (application.os in hosts)
        if not self.mixes_families:
            return [container]
        if application.os == WINDOWS and LINUX in hosts:
            return alternatives([*own, with_own_layers(vm_on(LINUX, application, setting))])
        if application.os == LINUX and WINDOWS in hosts and not in_sandbox:  # no VM within the helper VM
            return alternatives([*own, helped_piece(application, setting)])
        return [container]

    def helper(self, pieces: Sequence[Piece], setting: Setting) -> list[SharedCharge]:
        """The small Linux VM that a Windows host needs once for all its Linux containers: a guest like any other, without
        steps of memory, as it grows with what is in it. Hyper-V's share for the containers' memory comes with each."""
        members = tuple(piece.name for piece in pieces if in_helper(piece))
        if not members:
            return []
        overheads = setting.overheads
        memory = overheads["linux_helper_vm.memory"]
        cpu, disk = charges_of("guest_os", f"guest_os.{LINUX}", (CPU, DISK), overheads)
        charges = (
            Charge("guest_os", overheads.source("linux_helper_vm.memory"), MEMORY, memory, HELPER_VM),
            cpu,
            replace(disk, inside=HELPER_VM),
            hypervisor_charge(memory, 1, overheads, HOSTED[WINDOWS]),
        )
        vm = VirtualMachine(HELPER_VM, HELPER_VM, {}, 1)
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
    """One copy as containers: a shim for each of them on the machine's kernel, or a sandbox around all of them."""
    if sandboxed(application, setting):
        charges = sandbox_charges(application, setting)
    else:
        charges = (process_charge(application, setting.overheads),)
    lost = lost_cpu(application.size, layers(application, setting), setting.overheads)
    return replace(application_piece(application, "container"), charges=(*charges, *lost))


def process_charge(application: Application, overheads: Overheads) -> Charge:
    """What each container of a copy takes beyond its processes: on Linux the engine's shim, on Windows the system's
    services that each has of its own."""
    row = "windows_container.memory" if application.os == WINDOWS else "shim.memory"
    amount = max(1, len(application.containers)) * overheads[row]
    return Charge("engine", overheads.source(row), MEMORY, amount)


def layers(application: Application, setting: Setting) -> tuple[str, ...]:
    """The layers between a container and the hardware that take CPU, the innermost first."""
    return (CONTAINER, *(MICROVM,) * sandboxed(application, setting), *(VM,) * setting.guest)


def helped_piece(application: Application, setting: Setting) -> Piece:
    """One copy of Linux containers in the helper VM of a Windows host, which has as many vCPUs as they ask for.

    Hyper-V's share is charged of each copy's memory by itself, rounded up: never less than of the VM as a whole.
    """
    overheads = setting.overheads
    lost = inside(lost_cpu(application.size, (CONTAINER, VM), overheads), HELPER_VM)
    [shim] = inside((process_charge(application, overheads),), HELPER_VM)
    piece = application_piece(application, HELPED)
    rules = {VCPUS: max(1, piece.requests.get(CPU, 0) + sum(charge.amount for charge in lost))}
    memory = piece.requests.get(MEMORY, 0) + shim.amount
    share = vm_memory_beyond(HOSTED[WINDOWS], memory, overheads)
    charges = (shim, *lost, Charge("hypervisor", vm_memory_source(HOSTED[WINDOWS], overheads), MEMORY, share))
    return replace(piece, runs_on=(WINDOWS,), rules=rules, charges=charges)


def vm_on(os: str, application: Application, setting: Setting) -> Piece:
    """One copy in a VM of its own beside containers, under the hypervisor that is part of the machine's system."""
    piece = vm_piece(application, setting, HOSTED[os])
    return replace(piece, name=f"{application.key}@vm on {os}", runs_on=(os,))


def alternatives(forms: Sequence[Piece]) -> list[Piece]:
    """Forms of one application that share its demand, if there is more than one."""
    if len(forms) == 1:
        return list(forms)
    return [replace(form, alternatives=application_of(form.name)) for form in forms]


def in_helper(piece: Piece) -> bool:
    """Whether the piece is a Linux container on a Windows host."""
    return piece.name.endswith(f"@{HELPED}")


def hypervisor_charges(pieces: Sequence[Piece], setting: Setting) -> list[SharedCharge]:
    """A machine that holds any VM beside its containers pays for the hypervisor of its family once."""
    shared = []
    for os in setting.host_families:
        members = tuple(p.name for p in pieces if os in p.runs_on and (p.vm is not None or in_helper(p)))
        if members:
            charge = hypervisor_base_charge(HOSTED[os], 0, setting)  # no hosted one takes more on a larger machine
            shared.append(SharedCharge(f"{HOSTED[os]} hypervisor", members, (charge,), runs_on=(os,)))
    return shared
