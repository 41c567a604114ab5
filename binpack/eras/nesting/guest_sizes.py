"""Sizes of virtual machines that a machine can be cut into, and what a virtual machine of each size takes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from binpack.era_plan import Charge
from binpack.eras.era import Setting
from binpack.eras.layers.virtual_machine_sizes import hypervisor_charge
from binpack.eras.virtual_machines import hypervisor_host_charges
from binpack.machines.machine_type import MachineType
from binpack.machines.vm_size import VmSize
from binpack.units import CPU, DISK, MEMORY, THREAD
from binpack.workload.application import Resources

EQUAL_CUTS = (1, 2, 3, 4, 6, 8)
MOST_MACHINE_TYPES = 3
"""Of more types, equal cuts alone are sizes enough to choose from."""
RATIOS = (Fraction(1), Fraction(1, 2), Fraction(2))
"""Memory per vCPU, against the machine's own: balanced, lean and rich, as clouds offer their families."""


@dataclass(frozen=True)
class Guest:
    """A size of virtual machine of one machine type, seen as a machine type by the era inside.

    name : of the size, as a plan shows it. takes : what it takes of the machine, the hypervisor's share for it included.
    whole : nothing stands beside it.
    """

    machine: MachineType
    name: str
    size: MachineType
    takes: Resources
    whole: bool


def guests(machine: MachineType, setting: Setting) -> list[Guest]:
    """The sizes to choose from, each once, without those that offer nothing: those of the catalogue that fit the machine,
    or, without one, any (``_free_sizes``). Of a machine without room for any VM, what is left of it, so that it can be said
    what it lacks."""
    room = room_of(machine, setting)
    sizes = setting.options.vm_sizes
    found = _of_catalogue(machine, room, setting) if sizes else _free_sizes(machine, room, setting)
    return list(found) or [replace(largest_guest(machine, setting), takes={})]


def room_of(machine: MachineType, setting: Setting) -> dict[str, int]:
    """What a machine has for virtual machines and the hypervisor's shares for them, as often as it may be promised."""
    options = setting.options
    promised = {CPU: options.node_overcommit, MEMORY: options.memory_overcommit}
    room = {resource: int(amount * promised.get(resource, 1)) for resource, amount in machine.capacity.items()}
    for charge in hypervisor_host_charges(machine, setting):
        if charge.resource in room:  # of what is not stated, disk, there is as much as is asked for
            room[charge.resource] = max(0, room[charge.resource] - charge.amount)
    return room


def hypervisor(memory: int, vcpus: int, setting: Setting) -> Charge:
    """The hypervisor's share on the machine for one VM."""
    return hypervisor_charge(memory, vcpus, setting.overheads, setting.options.hypervisor)


def largest_guest(machine: MachineType, setting: Setting) -> Guest:
    """All of the machine as one VM, which has what any VMs on the machine have together: all threads, and the memory that
    is left by a hypervisor's share for one vCPU; where sizes are a catalogue's, whose memory is in no steps, up to a step
    more."""
    room = room_of(machine, setting)
    threads = room.get(CPU, 0) // THREAD
    memory = _most_memory(room.get(MEMORY, 0), 1, 1, setting)
    if setting.options.vm_sizes:
        memory = min(room.get(MEMORY, 0), memory + setting.overheads["vm.memory_step"])
    name = f"all of {machine.name}"
    size = replace(machine, name=name, capacity={**room, CPU: threads * THREAD, MEMORY: memory}, available=None)
    return Guest(machine, name, size, {}, True)


def guest_of_size(machine: MachineType, vcpus: int, memory: int, room: Resources, setting: Setting) -> Guest:
    """A VM of any size on a machine. room : the machine's (``room_of``)."""
    return _guest(machine, VmSize(f"{vcpus} vCPU, {memory >> 20} MiB", vcpus, memory), room, setting)


def _free_sizes(machine: MachineType, room: Resources, setting: Setting) -> Iterator[Guest]:
    """Equal cuts of the machine, and, with few machine types, 1, 2, 4, 8 ... vCPUs, or all but so many, with more or less
    memory."""
    seen = set()
    for name, vcpus, memory, whole in _sizes(machine, room, setting):
        if vcpus > 0 and memory > 0 and (vcpus, memory) not in seen:
            seen.add((vcpus, memory))
            yield _guest(machine, VmSize(f"{name} of {machine.name}", vcpus, memory), room, setting, whole)


def _sizes(machine: MachineType, room: Resources, setting: Setting) -> Iterator[tuple[str, int, int, bool]]:
    """Name, vCPUs, memory, and whether that is all."""
    threads, memory = room.get(CPU, 0) // THREAD, room.get(MEMORY, 0)
    own = _own_threads(machine)
    for slots in EQUAL_CUTS:
        name, vcpus = f"1/{slots}" if slots > 1 else "all", min(own, threads // slots)
        yield name, vcpus, _most_memory(memory, slots, vcpus, setting), slots == 1
    threads = min(own, threads)
    if len(setting.machines) > MOST_MACHINE_TYPES:
        return
    powers = [2**k for k in range(threads.bit_length()) if 2**k < threads]
    for vcpus in dict.fromkeys([*powers, *(threads - v for v in powers)]):
        for ratio in RATIOS:
            wanted = int(ratio * memory * vcpus / threads)
            amount = _most_memory(min(memory, wanted), 1, vcpus, setting)
            yield f"{vcpus} vCPU, {amount >> 20} MiB", vcpus, amount, False


def _of_catalogue(machine: MachineType, room: Resources, setting: Setting) -> Iterator[Guest]:
    """The catalogue's sizes that the machine has room for, one of each shape, and the largest of them once more as VMs that
    have the machine to themselves."""
    shapes = {(s.vcpus, s.memory, s.disk): s for s in reversed(setting.options.vm_sizes)}
    found = [_guest(machine, size, room, setting) for size in reversed(shapes.values())]
    own = _own_threads(machine) * THREAD
    fitting = [g for g in found if all(room.get(r, n) >= n for r, n in g.takes.items()) and g.takes[CPU] <= own]
    yield from fitting
    for guest in fitting:
        if not any(_outdoes(other, guest) for other in fitting):
            size = replace(guest.size, name=f"{guest.size.name} alone")
            yield replace(guest, size=size, whole=True)


def _own_threads(machine: MachineType) -> int:
    """More vCPUs than its machine has threads make no VM faster, however often they are promised."""
    return machine.capacity.get(CPU, 0) // THREAD


def _outdoes(one: Guest, other: Guest) -> bool:
    """Whether a VM has at least as much of everything as another, and more of something."""
    more, less = one.size.capacity, other.size.capacity
    return more != less and all(more.get(r, 0) >= amount for r, amount in less.items())


def _most_memory(free: int, slots: int, vcpus: int, setting: Setting) -> int:
    """The most memory, in steps, with which so many equal VMs and the hypervisor's share for them fit."""
    step = setting.overheads["vm.memory_step"]
    memory = free // slots // step * step
    while memory > 0 and slots * (memory + hypervisor(memory, vcpus, setting).amount) > free:
        memory -= step
    return max(0, memory)


def _guest(machine: MachineType, chosen: VmSize, room: Resources, setting: Setting, whole: bool = False) -> Guest:
    """What else there is, GPUs, or disk where the size does not say it, is divided by vCPUs."""
    threads = max(1, room.get(CPU, 0) // THREAD)
    capacity = {resource: amount * min(chosen.vcpus, threads) // threads for resource, amount in room.items()}
    capacity |= {CPU: chosen.vcpus * THREAD, MEMORY: chosen.memory}
    if chosen.disk is not None:
        capacity[DISK] = chosen.disk
    of_catalogue = f"{chosen.name} on {machine.name}" if setting.options.vm_sizes else chosen.name
    counted = (CPU, DISK) if any(size.disk is not None for size in setting.options.vm_sizes) else (CPU,)
    takes = {r: capacity[r] for r in counted if r in capacity}
    takes[MEMORY] = chosen.memory + hypervisor(chosen.memory, chosen.vcpus, setting).amount
    size = replace(machine, name=of_catalogue, capacity=capacity, available=None)
    return Guest(machine, chosen.name, size, takes, whole)
