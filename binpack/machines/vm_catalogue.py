"""Catalogues of sizes of virtual machines: a file of one's own, or what a provider offers.

A file is one as ``--machines`` takes it (``name``, ``vcpus`` or ``cpu``, ``memory``, ``disk`` if a size has a disk of its
own); of machines and rented types only the size counts, not the price.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from binpack.errors import InputError, InputProblem, input_error
from binpack.machines.catalogue import load_catalogue, unknown_name
from binpack.machines.machine_type import MachineType
from binpack.machines.own_machines import Entry, entries_of
from binpack.machines.vm_size import VmSize
from binpack.units import CPU, DISK, MEMORY, THREAD
from binpack.workload.source_text import read_text

NEEDED = ("name", CPU, MEMORY)


def select_vm_sizes(names: Sequence[str]) -> tuple[VmSize, ...]:
    """The sizes that the names stand for, the smallest memory first; two of one name that differ are refused.

    A name is a file, a provider (``aws``), a family (``m5``) or a rented type; of a provider or a family the ordinary types
    count, as they do for ``--machines``.
    """
    chosen: dict[str, VmSize] = {}
    for name in names:
        for size in read_vm_sizes(name) if Path(name).is_file() else _rented(name):
            if chosen.setdefault(size.name, size) != size:
                raise input_error("--vm-sizes", f"two sizes named {size.name!r}", "a name for each", "rename one")
    return smallest_first(chosen.values())


def smallest_first(sizes: Iterable[VmSize]) -> tuple[VmSize, ...]:
    """By memory, which is never overcommitted unless asked, then by vCPUs, disk and name."""
    return tuple(sorted(sizes, key=lambda s: (s.memory, s.vcpus, s.disk or 0, s.name)))


def read_vm_sizes(path: str) -> list[VmSize]:
    """The sizes of a file, in its order; InputError lists every fault with its place."""
    source = read_text(path)
    sizes: list[VmSize] = []
    problems: list[InputProblem] = []
    for entry in entries_of(source):
        try:
            sizes.append(_size(entry, [size.name for size in sizes]))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    if not sizes:
        raise input_error(source.name, "no sizes of virtual machines", "a CSV with name,vcpus,memory")
    return sizes


def _size(entry: Entry, taken: Sequence[str]) -> VmSize:
    fields = entry.fields
    if missing := [key for key in NEEDED if key not in fields]:
        raise input_error(entry.place, f"a size without {' and '.join(missing)}", "name, vcpus and memory")
    name, cpu, memory = fields["name"].text, fields[CPU].amount(CPU), fields[MEMORY].amount(MEMORY)
    if name in taken:
        raise fields["name"].error("a name for each size", f"{name} is there already")
    if cpu < THREAD or cpu % THREAD:
        raise fields[CPU].error("whole vCPUs, at least one")
    if not memory:
        raise fields[MEMORY].error("more than 0 memory")
    disk = fields[DISK].amount(DISK) if DISK in fields else None
    return VmSize(name, cpu // THREAD, memory, disk)


def _rented(name: str) -> list[VmSize]:
    """A rented type, or the ordinary ones of a provider or a family."""
    catalogue = load_catalogue()
    machine = catalogue.type(name)
    found = [machine] if machine is not None else catalogue.group(name)
    rented = [m for m in found if m.rented]
    if not rented:
        raise unknown_name("--vm-sizes", name, "a file, a provider, a family or a rented type", catalogue)
    return [_of_machine(m) for m in rented]


def _of_machine(machine: MachineType) -> VmSize:
    return VmSize(machine.name, machine.capacity[CPU] // THREAD, machine.capacity[MEMORY], machine.capacity.get(DISK))
