"""How big the virtual machine of one copy is: made to measure (whole vCPUs, memory in steps) or of a catalogue; a guest OS
inside, the hypervisor's share outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from binpack.era_plan import Charge, VirtualMachine
from binpack.eras.layers.efficiency import VM, inside, lost_cpu
from binpack.eras.packing.compilation import VCPUS
from binpack.machines.hypervisors import vm_memory, vm_memory_source
from binpack.machines.overheads import Overheads
from binpack.machines.vm_size import VmSize
from binpack.units import CPU, DISK, MEMORY, THREAD
from binpack.workload.application import Resources

INSIDE = "vm"  # stands for the VM's name until the plan gives it one


def needed_size(size: Resources, os: str, overheads: Overheads) -> VmSize:
    """The least VM for one copy: whole vCPUs for its CPU and what the layer burns of it, at least one; memory of copy and
    guest's footprint, not below the guest's minimum; disk of both."""
    lost = lost_cpu(size, (VM,), overheads)
    vcpus = max(1, -(-(size.get(CPU, 0) + sum(charge.amount for charge in lost)) // THREAD))
    wanted = size.get(MEMORY, 0) + overheads[f"guest_os.{os}.memory"]
    memory = max(wanted, overheads[f"guest_os.{os}.minimum_memory"])
    return VmSize("", vcpus, memory, size.get(DISK, 0) + overheads[f"guest_os.{os}.disk"])


def made_to_measure(needed: VmSize, overheads: Overheads) -> VmSize:
    """The same with memory rounded up to the step in which it is given out."""
    step = overheads["vm.memory_step"]
    memory = -(-needed.memory // step) * step
    return VmSize(f"{needed.vcpus} vCPU, {memory} bytes", needed.vcpus, memory, needed.disk)


def smallest_that_holds(needed: VmSize, sizes: Sequence[VmSize]) -> VmSize | None:
    """The first of a catalogue, the smallest first, that is large enough; None if none is."""
    return next((size for size in sizes if size.holds(needed.vcpus, needed.memory, needed.disk or 0)), None)


def application_vm(
    size: Resources, os: str, chosen: VmSize, overheads: Overheads, hypervisor: str
) -> tuple[VirtualMachine, tuple[Charge, ...], Mapping[str, int]]:
    """A VM of the size chosen for one copy: the VM, what it charges its machine beyond the copy itself, and its rule
    resources.

    Guest OS = VM memory - copy, and so for disk. What an idle guest burns of CPU, the machine loses, not the copy.
    """
    lost = inside(lost_cpu(size, (VM,), overheads), INSIDE)
    disk = size.get(DISK, 0) + overheads[f"guest_os.{os}.disk"] if chosen.disk is None else chosen.disk
    capacity = {**size, CPU: chosen.vcpus * THREAD, MEMORY: chosen.memory, DISK: disk}
    guest_disk = overheads.source(f"guest_os.{os}.disk")
    charges = (
        Charge("guest_os", _guest_source(os, overheads), MEMORY, chosen.memory - size.get(MEMORY, 0), INSIDE),
        Charge("guest_os", guest_disk, DISK, disk - size.get(DISK, 0), INSIDE),
        Charge("guest_os", overheads.source(f"guest_os.{os}.cpu"), CPU, overheads[f"guest_os.{os}.cpu"]),
        hypervisor_charge(chosen.memory, chosen.vcpus, overheads, hypervisor),
        *lost,
    )
    vm = VirtualMachine("", chosen.name, capacity, chosen.vcpus)
    return vm, charges, {VCPUS: chosen.vcpus * THREAD}


def hypervisor_charge(memory: int, vcpus: int, overheads: Overheads, hypervisor: str) -> Charge:
    """What the hypervisor itself takes on the machine for one VM."""
    amount = vm_memory(hypervisor, memory, vcpus, overheads)
    return Charge("hypervisor", vm_memory_source(hypervisor, overheads), MEMORY, amount)


def _guest_source(os: str, overheads: Overheads) -> str:
    return f"{overheads.source(f'guest_os.{os}.memory')}; minimum, and memory of the size"
