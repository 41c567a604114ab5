"""The era of virtual machines: one VM per copy, each with a guest OS of its own, many on a machine."""

from __future__ import annotations

from dataclasses import replace

from binpack.eras.compilation import VCPUS, Box, Compiled, Piece, application_piece, compile_problem
from binpack.eras.era import Era, Setting, agent_charges, host_charges, machine_box
from binpack.eras.virtual_machine_sizes import application_vm
from binpack.machines.machine_type import MachineType
from binpack.plan import Charge
from binpack.units import CPU, MEMORY, THREAD
from binpack.workload.application import LINUX, WINDOWS, Application


class VirtualMachines(Era):
    """One VM per copy on a hosted (``kvm``) or bare-metal (``esxi``) hypervisor; a guest may be of any kernel family."""

    name = "virtual_machines"
    title = "virtual machines"
    starts = "minutes"

    def compile(self, setting: Setting) -> Compiled:
        """Memory is not overcommitted; vCPUs are, but requested CPU never exceeds a machine's threads."""
        boxes = [hypervisor_box(machine, setting) for machine in setting.machines]
        pieces = [vm_piece(application, setting) for application in setting.workload.placed]
        return compile_problem(boxes, pieces, headroom=setting.options.headroom)


def hypervisor_box(machine: MachineType, setting: Setting) -> Box:
    """A machine with a hypervisor, and with a host OS under it where that is hosted."""
    charges = hypervisor_host_charges(setting) + agent_charges(setting.workload, LINUX, machine.arch)
    return machine_box(machine, LINUX, charges, **vcpu_room(machine, setting))


def vcpu_room(machine: MachineType, setting: Setting) -> dict[str, int]:
    """vCPUs that VMs on a machine may have together, in thousandths, but whole ones."""
    return {VCPUS: int(machine.capacity.get(CPU, 0) * setting.options.vcpu_overcommit) // THREAD * THREAD}


def hypervisor_host_charges(setting: Setting) -> tuple[Charge, ...]:
    """What a machine pays for being a host of VMs, before any VM."""
    own = hypervisor_base_charge(setting)
    return (own,) if setting.options.hypervisor == "esxi" else (*host_charges(LINUX, setting), own)


def hypervisor_base_charge(setting: Setting) -> Charge:
    """What the hypervisor takes on a machine before any VM."""
    name = f"hypervisor.{setting.options.hypervisor}.host_memory"
    return Charge("hypervisor", setting.overheads.source(name), MEMORY, setting.overheads[name])


def vm_piece(application: Application, setting: Setting) -> Piece:
    """One copy in a VM of its own, on any host of its architecture."""
    vm, charges, rules = application_vm(application.size, application.os, setting.overheads, setting.options)
    piece = application_piece(application, "vm")
    return replace(piece, charges=charges, rules=rules, vm=vm, runs_on=(LINUX, WINDOWS))
