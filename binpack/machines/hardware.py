"""Hardware of a year: the server of ``datasets/servers`` that stands for it, and how fast its threads are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from binpack.errors import input_error
from binpack.machines.catalogue import servers
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, DISK, MEMORY

FARTHEST = 10  # years from the nearest server on record


def machine_of_year(year: int) -> MachineType:
    """Of the servers of the nearest year (of two, the earlier), the one in the middle of the lowest ones.

    In the middle by threads, then by memory; of an even number the larger. A benchmark's configuration is not what people
    bought: memory is as listed, and disk, of which a benchmark needs next to none, is no limit. InputError for a year far
    from any on record.
    """
    return _stated(_middle(_nearest(year, servers(), "--hardware")), year)


def measured_machine_of_year(year: int) -> MachineType:
    """The same of servers whose speed has been measured (SPECpower_ssj2008)."""
    return _stated(_middle(_nearest(year, [s for s in servers() if s.ssj_ops], "--cpu-of")), year)


def speed_ratio(reference: MachineType, machine: MachineType) -> Fraction:
    """Threads of a machine that do the work of one thread of the reference: ssj_ops per thread over ssj_ops per thread.

    InputError where either has not been measured.
    """
    return _speed(reference) / _speed(machine)


def _nearest(year: int, known: Sequence[MachineType], option: str) -> list[MachineType]:
    """The servers of the nearest year, the earlier of two."""
    years = sorted({int(server.family) for server in known})
    nearest = min(years, key=lambda each: (abs(each - year), each))
    if abs(nearest - year) > FARTHEST:
        raise input_error(option, str(year), f"a year from {years[0] - FARTHEST} to {years[-1] + FARTHEST}")
    return [server for server in known if int(server.family) == nearest]


def _middle(found: Sequence[MachineType]) -> MachineType:
    height = min(server.rack_units or 0 for server in found)
    low = [server for server in found if server.rack_units == height]
    low.sort(key=lambda server: (server.capacity[CPU], server.capacity[MEMORY], server.name))
    return low[len(low) // 2]


def _stated(machine: MachineType, year: int) -> MachineType:
    """The machine without its disk, with a source that says so, and which year it stands for."""
    nearest = "" if machine.family == str(year) else f", nearest to {year}"
    source = f"{machine.family}{nearest}: {machine.source}; memory as listed, disk as much as is asked for"
    return replace(machine, capacity={r: n for r, n in machine.capacity.items() if r != DISK}, source=source)


def _speed(machine: MachineType) -> Fraction:
    if machine.ssj_ops is None:
        measured = sorted(int(server.family) for server in servers() if server.ssj_ops)
        expected = f"a machine measured by SPECpower_ssj2008 ({measured[0]} to {measured[-1]})"
        raise input_error("--cpu-of", f"{machine.name}, whose speed no source gives", expected)
    return Fraction(machine.ssj_ops, machine.capacity[CPU])
