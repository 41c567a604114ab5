"""The era of virtual machines: one VM per copy, each with a guest OS of its own, many on a machine."""

from __future__ import annotations

from dataclasses import replace

from binpack.era_plan import Charge
from binpack.eras.era import Era, Setting, agent_charges, host_charges, machine_box
from binpack.eras.layers.virtual_machine_sizes import (
    INSIDE,
    application_vm,
    made_to_measure,
    needed_size,
    smallest_that_holds,
)
from binpack.eras.packing.compilation import VCPUS, Box, Compiled, Piece, application_piece, compile_problem
from binpack.machines.hypervisors import HYPERVISORS, host_memory, host_memory_source
from binpack.machines.machine_type import MachineType
from binpack.machines.vm_size import VmSize
from binpack.units import CPU, MEMORY, THREAD, format_bytes
from binpack.workload.application import LINUX, WINDOWS, Application, Resources


class VirtualMachines(Era):
    """One VM per copy on a hosted or a bare-metal hypervisor; a guest may be of any kernel family."""

    name = "virtual_machines"
    title = "virtual machines"
    starts = "minutes"
    stages = ("vm",)
    hosts_vms = True

    def compile(self, setting: Setting) -> Compiled:
        """vCPUs are overcommitted; memory is not, and requested CPU never exceeds a machine's threads, unless asked for."""
        boxes = [hypervisor_box(machine, setting) for machine in setting.machines]
        pieces = [self.piece(application, setting) for application in setting.workload.placed]
        return compile_problem(boxes, pieces, room=setting.room)

    def piece(self, application: Application, setting: Setting) -> Piece:
        """One copy in a VM of the catalogue, or, without one, made to measure."""
        if setting.options.vm_sizes:
            return catalogue_piece(application, setting)
        return vm_piece(application, setting, setting.options.hypervisor)


def hypervisor_box(machine: MachineType, setting: Setting) -> Box:
    """A machine with a hypervisor, and with a host OS under it where that is hosted."""
    os = hypervisor_family(setting)
    charges = hypervisor_host_charges(machine, setting) + agent_charges(setting.workload, os, machine.arch)
    return machine_box(machine, os, charges, **vcpu_room(machine.capacity, setting))


def vcpu_room(capacity: Resources, setting: Setting) -> dict[str, int]:
    """vCPUs that VMs on a machine of this capacity may have together, in thousandths, but whole ones."""
    return {VCPUS: int(capacity.get(CPU, 0) * setting.options.vcpu_overcommit) // THREAD * THREAD}


def hypervisor_family(setting: Setting) -> str:
    """The kernel family that a host of VMs counts as: its operating system's; Linux where it is bare metal."""
    return HYPERVISORS[setting.options.hypervisor] or LINUX


def hypervisor_host_charges(machine: MachineType, setting: Setting) -> tuple[Charge, ...]:
    """What a machine pays for being a host of VMs, before any VM."""
    hypervisor = setting.options.hypervisor
    own = hypervisor_base_charge(hypervisor, machine.capacity.get(MEMORY, 0), setting)
    host = HYPERVISORS[hypervisor]
    return (own,) if host is None else (*host_charges(host, setting), own)


def hypervisor_base_charge(hypervisor: str, memory: int, setting: Setting) -> Charge:
    """What a hypervisor takes on a machine of so much memory before any VM."""
    amount = host_memory(hypervisor, memory, setting.overheads)
    return Charge("hypervisor", host_memory_source(hypervisor, setting.overheads), MEMORY, amount)


def vm_piece(application: Application, setting: Setting, hypervisor: str) -> Piece:
    """One copy in a VM of its own, made to measure, on any host of its architecture."""
    needed = needed_size(application.peak, application.os, setting.overheads)
    return _in_vm(application, made_to_measure(needed, setting.overheads), setting, hypervisor)


def catalogue_piece(application: Application, setting: Setting) -> Piece:
    """One copy in the smallest VM of the catalogue that holds it and has no more vCPUs than some machine gives out."""
    needed = needed_size(application.peak, application.os, setting.overheads)
    most = max(vcpu_room(machine.capacity, setting)[VCPUS] for machine in setting.machines) // THREAD
    sizes = setting.options.vm_sizes
    chosen = smallest_that_holds(needed, [s for s in sizes if s.vcpus <= most]) or smallest_that_holds(needed, sizes)
    if chosen is None:
        piece = _in_vm(application, made_to_measure(needed, setting.overheads), setting, setting.options.hypervisor)
        return replace(piece, unfit=_beyond(needed, setting))
    return _in_vm(application, chosen, setting, setting.options.hypervisor)


def _beyond(needed: VmSize, setting: Setting) -> str:
    """What no VM of the catalogue has, in words."""
    largest = setting.options.vm_sizes[-1]
    wanted = f"{needed.vcpus} vCPUs, {format_bytes(needed.memory)} and {format_bytes(needed.disk or 0)} of disk"
    return f"no VM of the catalogue has {wanted}; {largest.name} has {largest.vcpus} and {format_bytes(largest.memory)}"


def _in_vm(application: Application, size: VmSize, setting: Setting, hypervisor: str) -> Piece:
    """Of a copy by curves the VM is as large as its peak; of that others have at other times what it leaves of CPU, but
    nothing of what a VM holds all the time."""
    vm, charges, rules = application_vm(application.peak, application.os, size, setting.overheads, hypervisor)
    piece = application_piece(application, "vm")
    shared = {resource: curve for resource, curve in piece.curves.items() if resource == CPU}
    beyond = {r: application.peak[r] - application.size.get(r, 0) for r in piece.curves if r not in shared}
    held = tuple(Charge("guest_os", "held for the copy's peak", r, amount, INSIDE) for r, amount in beyond.items())
    return replace(piece, charges=(*charges, *held), curves=shared, rules=rules, vm=vm, runs_on=(LINUX, WINDOWS))
