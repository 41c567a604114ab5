"""How big a virtual machine is: whole vCPUs, memory in steps, a guest OS inside, the hypervisor's share outside."""

from __future__ import annotations

from collections.abc import Mapping

from binpack.era_plan import Charge, VirtualMachine
from binpack.eras.compilation import VCPUS
from binpack.eras.efficiency import VM, inside, lost_cpu
from binpack.machines.hypervisors import vm_memory, vm_memory_source
from binpack.machines.overheads import Overheads
from binpack.units import CPU, DISK, MEMORY, THREAD
from binpack.workload.application import Resources

INSIDE = "vm"  # stands for the VM's name until the plan gives it one


def application_vm(
    size: Resources, os: str, overheads: Overheads, hypervisor: str
) -> tuple[VirtualMachine, tuple[Charge, ...], Mapping[str, int]]:
    """A VM for one copy of ``size``: the VM, what it charges its machine beyond the copy itself, and its rule resources.

    vCPUs: CPU, with what the layer burns of it, rounded up to whole threads, at least one. Memory: copy + guest footprint,
    not below the guest's minimum, rounded up to the step. Guest OS = VM memory - copy. What an idle guest burns of CPU,
    the machine loses, not the copy.
    """
    lost = inside(lost_cpu(size, (VM,), overheads), INSIDE)
    vcpus = max(1, -(-(size.get(CPU, 0) + sum(charge.amount for charge in lost)) // THREAD))
    step = overheads["vm.memory_step"]
    wanted = size.get(MEMORY, 0) + overheads[f"guest_os.{os}.memory"]
    memory = -(-max(wanted, overheads[f"guest_os.{os}.minimum_memory"]) // step) * step
    guest_disk = overheads[f"guest_os.{os}.disk"]
    capacity = {**size, CPU: vcpus * THREAD, MEMORY: memory, DISK: size.get(DISK, 0) + guest_disk}
    charges = (
        Charge("guest_os", _guest_source(os, overheads), MEMORY, memory - size.get(MEMORY, 0), INSIDE),
        Charge("guest_os", overheads.source(f"guest_os.{os}.disk"), DISK, guest_disk, INSIDE),
        Charge("guest_os", overheads.source(f"guest_os.{os}.cpu"), CPU, overheads[f"guest_os.{os}.cpu"]),
        hypervisor_charge(memory, vcpus, overheads, hypervisor),
        *lost,
    )
    return VirtualMachine("", f"{vcpus} vCPU, {memory} bytes", capacity, vcpus), charges, {VCPUS: vcpus * THREAD}


def hypervisor_charge(memory: int, vcpus: int, overheads: Overheads, hypervisor: str) -> Charge:
    """What the hypervisor itself takes on the machine for one VM."""
    amount = vm_memory(hypervisor, memory, vcpus, overheads)
    return Charge("hypervisor", vm_memory_source(hypervisor, overheads), MEMORY, amount)


def _guest_source(os: str, overheads: Overheads) -> str:
    return f"{overheads.source(f'guest_os.{os}.memory')}; minimum, and memory in steps"
