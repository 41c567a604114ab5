"""Sizes of virtual machines that a machine can be cut into, and what a virtual machine of each size takes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from binpack.era_plan import Charge
from binpack.eras.era import Setting
from binpack.eras.virtual_machine_sizes import hypervisor_charge
from binpack.eras.virtual_machines import hypervisor_host_charges
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, MEMORY, THREAD

EQUAL_CUTS = (1, 2, 3, 4, 6, 8)
MOST_MACHINE_TYPES = 3
"""Of more types, equal cuts alone are sizes enough to choose from."""
RATIOS = (Fraction(1), Fraction(1, 2), Fraction(2))
"""Memory per vCPU, against the machine's own: balanced, lean and rich, as clouds offer their families."""


@dataclass(frozen=True)
class Guest:
    """A size of virtual machines of one machine type, seen as a machine type by the era inside.

    takes : CPU and memory of the machine, the hypervisor's share for it included. whole : nothing stands beside it.
    """

    machine: MachineType
    size: MachineType
    takes: tuple[int, int]
    whole: bool


def guests(machine: MachineType, setting: Setting) -> list[Guest]:
    """The sizes to choose from, each once, without those that offer nothing: equal cuts of the machine, and, with few
    machine types, 1, 2, 4, 8 ... vCPUs, or all but so many, with more or less memory. Of a machine without room for any
    VM, what is left of it, so that it can be said what it lacks."""
    free = free_of(machine, setting)
    threads = free.get(CPU, 0) // THREAD
    found: dict[tuple[int, int], Guest] = {}
    for name, vcpus, memory in _sizes(machine, threads, free.get(MEMORY, 0), setting):
        if vcpus > 0 and memory > 0 and (vcpus, memory) not in found:
            found[vcpus, memory] = _guest(machine, name, vcpus, memory, free, setting)
    left = {**free, CPU: threads * THREAD, MEMORY: 0}
    none = Guest(machine, replace(machine, name=f"all of {machine.name}", capacity=left, available=None), (0, 0), True)
    return list(found.values()) or [none]


def free_of(machine: MachineType, setting: Setting) -> dict[str, int]:
    """What a machine has for virtual machines and the hypervisor's shares for them."""
    free = dict(machine.capacity)
    for charge in hypervisor_host_charges(machine, setting):
        free[charge.resource] = max(0, free.get(charge.resource, 0) - charge.amount)
    return free


def hypervisor(memory: int, vcpus: int, setting: Setting) -> Charge:
    """The hypervisor's share on the machine for one VM."""
    return hypervisor_charge(memory, vcpus, setting.overheads, setting.options.hypervisor)


def _sizes(machine: MachineType, threads: int, memory: int, setting: Setting) -> Iterator[tuple[str, int, int]]:
    """Name, vCPUs and memory."""
    for slots in EQUAL_CUTS:
        name = f"1/{slots} of {machine.name}" if slots > 1 else f"all of {machine.name}"
        yield name, threads // slots, _most_memory(memory, slots, threads // slots, setting)
    if len(setting.machines) > MOST_MACHINE_TYPES:
        return
    powers = [2**k for k in range(threads.bit_length()) if 2**k < threads]
    for vcpus in dict.fromkeys([*powers, *(threads - v for v in powers)]):
        for ratio in RATIOS:
            wanted = int(ratio * memory * vcpus / threads)
            amount = _most_memory(min(memory, wanted), 1, vcpus, setting)
            yield f"{vcpus} vCPU, {amount >> 20} MiB of {machine.name}", vcpus, amount


def _most_memory(free: int, slots: int, vcpus: int, setting: Setting) -> int:
    """The most memory, in steps, with which so many equal VMs and the hypervisor's share for them fit."""
    step = setting.overheads["vm.memory_step"]
    memory = free // slots // step * step
    while memory > 0 and slots * (memory + hypervisor(memory, vcpus, setting).amount) > free:
        memory -= step
    return max(0, memory)


def _guest(machine: MachineType, name: str, vcpus: int, memory: int, free: dict[str, int], setting: Setting) -> Guest:
    """What else there is, disk or GPUs, is divided by vCPUs."""
    threads = free[CPU] // THREAD
    share = {resource: amount * vcpus // threads for resource, amount in free.items()}
    size = replace(machine, name=name, capacity={**share, CPU: vcpus * THREAD, MEMORY: memory}, available=None)
    takes = (vcpus * THREAD, memory + hypervisor(memory, vcpus, setting).amount)
    return Guest(machine, size, takes, vcpus == threads)
