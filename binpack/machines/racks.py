"""Where machines stand: cabinet, rack unit and slot, filled from the first cabinet on."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from binpack.machines.machine_type import MachineType

UNITS_PER_CABINET = 42
WATTS_PER_CABINET = Fraction(15_000)


class RackPlace(NamedTuple):
    """Cabinet and rack unit count from 1, the slot within a unit from 0."""

    cabinet: int
    rack_unit: int
    slot: int


def rack_places(machine: MachineType, count: int, start: RackPlace | None = None) -> list[RackPlace]:
    """Places of ``count`` equal machines that have ``rack_units``, from ``start`` (default: the very first place) on.

    1/n of a unit: n of them to a unit. Several units: as many in a row, named by the lowest. A cabinet holds 42 units and,
    where full-load watts are known, 15 kW; a machine that is too much for the rest of a cabinet opens the next.
    """
    units = machine.rack_units
    assert units is not None
    per_unit = int(1 / units) if units < 1 else 1
    high = max(1, int(units))
    by_power = int(WATTS_PER_CABINET // machine.watts_full) if machine.watts_full else None
    cabinet, unit, slot = start or RackPlace(1, 1, 0)
    held = 0
    places = []
    for _ in range(count):
        if slot >= per_unit:
            unit, slot = unit + high, 0
        if unit + high - 1 > UNITS_PER_CABINET or (by_power is not None and held >= max(1, by_power)):
            cabinet, unit, slot, held = cabinet + 1, 1, 0, 0
        places.append(RackPlace(cabinet, unit, slot))
        slot, held = slot + 1, held + 1
    return places


def next_start(last: RackPlace, machine: MachineType) -> RackPlace:
    """The first free unit after a machine's place: different machine types do not share a unit."""
    high = max(1, int(machine.rack_units or 1))
    return RackPlace(last.cabinet, last.rack_unit + high, 0)


def rack_positions(groups: Sequence[tuple[MachineType, int]]) -> list[list[RackPlace] | None]:
    """Per group of equal machines the place of each; None for rented ones. Groups of one type follow slot by slot."""
    totals: dict[str, int] = {}
    types: dict[str, MachineType] = {}
    for machine, count in groups:
        totals[machine.name] = totals.get(machine.name, 0) + count
        types[machine.name] = machine
    stock: dict[str, list[RackPlace]] = {}
    start = None
    for name, machine in types.items():
        if machine.rack_units is not None and totals[name]:
            stock[name] = rack_places(machine, totals[name], start)
            start = next_start(stock[name][-1], machine)
    handed = dict.fromkeys(types, 0)
    result: list[list[RackPlace] | None] = []
    for machine, count in groups:
        first = handed[machine.name]
        handed[machine.name] += count
        places = stock.get(machine.name)
        result.append(places[first : first + count] if places is not None else None)
    return result
