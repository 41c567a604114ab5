"""Machines of a plan that hold the same, together; and what one holds: virtual machines and copies, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from binpack.era_plan import Instance, Machine, VirtualMachine

Contents = tuple[tuple[str, int], ...]
"""Application and copies, in the order in which they were placed."""


@dataclass(frozen=True)
class MachineGroup:
    """Equal machines: the first of them, and the names of all as ranges of their numbers."""

    first: Machine
    names: tuple[str, ...]
    count: int


def grouped(machines: Sequence[Machine]) -> list[MachineGroup]:
    """Machines of one type with the same charges and contents, in the order of their first."""
    alike: dict[object, list[Machine]] = {}
    for machine in machines:
        alike.setdefault(_likeness(machine), []).append(machine)
    return [
        MachineGroup(entries[0], tuple(_ranges(entries)), sum(machine.count for machine in entries))
        for entries in alike.values()
    ]


def each(machine: Machine) -> Iterator[Machine]:
    """Every machine of an entry that stands for several, each with its name, its place and the names of its VMs."""
    stem, _, first = machine.name.rpartition("-")
    for k in range(machine.count):
        places = machine.places and machine.places[k : k + 1]
        yield replace(_with_vms_of(machine, k), name=f"{stem}-{int(first) + k}", places=places, count=1)


def _with_vms_of(machine: Machine, k: int) -> Machine:
    """The names of the VMs, and of what is inside, on the k-th machine of an entry: those that end in numbers are numbered
    on, from machine to machine."""
    parted = {vm.name: vm.name.rpartition("-") for vm in machine.virtual_machines}
    alike = Counter(stem for stem, _, _ in parted.values())
    names: dict[str | None, str] = {
        name: f"{stem}-{int(number) + k * alike[stem]}"
        for name, (stem, _, number) in parted.items()
        if number.isdecimal()
    }
    if k == 0 or not names:
        return machine
    return replace(
        machine,
        virtual_machines=tuple(replace(vm, name=names.get(vm.name, vm.name)) for vm in machine.virtual_machines),
        instances=tuple(replace(i, inside=names.get(i.inside, i.inside)) for i in machine.instances),
    )


def contents(instances: Iterable[Instance]) -> Contents:
    """Application -> copies."""
    copies: Counter[str] = Counter()
    for instance in instances:
        copies[instance.application] += instance.count
    return tuple(copies.items())


def virtual_machines(machine: Machine) -> list[tuple[int, VirtualMachine, Contents]]:
    """(how many, the first of them, its contents) of the VMs that are alike, in the order of their first."""
    inside: dict[str | None, list[Instance]] = {}
    for instance in machine.instances:
        inside.setdefault(instance.inside, []).append(instance)
    alike: dict[object, list[tuple[VirtualMachine, Contents]]] = {}
    for vm in machine.virtual_machines:
        found = contents(inside.get(vm.name, []))
        alike.setdefault((_size(vm), frozenset(found)), []).append((vm, found))
    return [(len(vms), *vms[0]) for vms in alike.values()]


def _size(vm: VirtualMachine) -> object:
    return vm.vcpus, frozenset(vm.capacity.items())


def _likeness(machine: Machine) -> object:
    """What two machines have in common if a person would call them the same."""
    charges: Counter[tuple[str, str]] = Counter()
    for charge in machine.overhead:
        charges[charge.what, charge.resource] += charge.amount
    vms = frozenset((times, _size(vm), frozenset(found)) for times, vm, found in virtual_machines(machine))
    return (
        machine.type,
        frozenset(machine.capacity.items()),
        frozenset(charges.items()),
        vms,
        frozenset(contents(machine.instances)),
    )


def _ranges(machines: Sequence[Machine]) -> list[str]:
    """``machine-1 to machine-10``, ``machine-12``: names are numbered through, an entry's in a row."""
    runs: list[list[int]] = []
    for machine in machines:
        first = int(machine.name.rpartition("-")[2])
        if runs and runs[-1][1] == first - 1:
            runs[-1][1] = first + machine.count - 1
        else:
            runs.append([first, first + machine.count - 1])
    stem = machines[0].name.rpartition("-")[0]
    return [f"{stem}-{low}" if low == high else f"{stem}-{low} to {stem}-{high}" for low, high in runs]
