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


def grouped(machines: Sequence[Machine], everything: bool = False) -> list[MachineGroup]:
    """Machines of one type with the same charges and contents, in the order of their first; or each by itself."""
    alike: dict[object, list[Machine]] = {}
    for k, machine in enumerate(_each(machines) if everything else machines):
        alike.setdefault(k if everything else _likeness(machine), []).append(machine)
    return [
        MachineGroup(entries[0], tuple(_ranges(entries)), sum(machine.count for machine in entries))
        for entries in alike.values()
    ]


def _each(machines: Iterable[Machine]) -> Iterator[Machine]:
    """Every machine of entries that stand for several; only the first of an entry says where it stands."""
    for machine in machines:
        stem, _, first = machine.name.rpartition("-")
        yield replace(machine, count=1)
        for number in range(int(first) + 1, int(first) + machine.count):
            yield replace(machine, name=f"{stem}-{number}", count=1, cabinet=None, rack_unit=None, slot=None)


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
