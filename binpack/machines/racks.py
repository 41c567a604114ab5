"""Where machines stand: cabinet, rack unit and slot, filled from the first cabinet on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


def slots_per_unit(machine: MachineType) -> int:
    """Machines of a type that share a rack unit: 2 for half a unit, 1 for a unit or more."""
    return max(1, int(1 / machine.rack_units)) if machine.rack_units else 1


def units_high(machine: MachineType) -> int:
    """Rack units that a machine takes in a row, at least one."""
    return max(1, -(-(machine.rack_units or 0) // 1))


def rack_positions(
    groups: Sequence[tuple[MachineType, int]],
    units: int = UNITS_PER_CABINET,
    watts: Fraction = WATTS_PER_CABINET,
) -> list[list[RackPlace] | None]:
    """Per group of equal machines the place of each; None for rented ones. Groups of one type follow slot by slot.

    A machine of 1/n of a unit shares a unit with n - 1 of its own type; one of several units takes as many in a row and is
    named by the lowest. A cabinet has ``units`` of them and, where full-load watts are known, ``watts``; what is too much
    for the rest of a cabinet opens the next, so a single machine above the limit has a cabinet to itself.
    """
    totals: dict[str, int] = {}
    for machine, count in groups:
        if machine.rack_units is not None:
            totals[machine.name] = totals.get(machine.name, 0) + count
    types = {machine.name: machine for machine, _ in groups}
    cursor = _Cursor(units, watts)
    stock = {key: cursor.place(types[key], total) for key, total in totals.items()}
    handed = dict.fromkeys(stock, 0)
    result: list[list[RackPlace] | None] = []
    for machine, count in groups:
        if machine.rack_units is None:
            result.append(None)
            continue
        first = handed[machine.name]
        handed[machine.name] += count
        result.append(stock[machine.name][first : first + count])
    return result


def cabinets_needed(places: Sequence[Sequence[RackPlace] | None]) -> int:
    """Cabinets that ``rack_positions`` has filled."""
    return max((place.cabinet for group in places if group for place in group), default=0)


@dataclass
class _Cursor:
    """The first free unit of the cabinet that is being filled, and the watts in it."""

    units: int
    watts: Fraction
    cabinet: int = 1
    unit: int = 1
    drawn: Fraction = Fraction(0)

    def place(self, machine: MachineType, count: int) -> list[RackPlace]:
        """Places of ``count`` machines; the next type starts on a unit of its own."""
        per_unit, high, watts = slots_per_unit(machine), units_high(machine), machine.watts_full or Fraction(0)
        places: list[RackPlace] = []
        slot = 0
        for _ in range(count):
            full = self.unit + high - 1 > self.units or self.drawn + watts > self.watts
            if full and (self.unit, slot) != (1, 0):
                self.cabinet, self.unit, self.drawn, slot = self.cabinet + 1, 1, Fraction(0), 0
            places.append(RackPlace(self.cabinet, self.unit, slot))
            self.drawn += watts
            slot += 1
            if slot == per_unit:
                self.unit, slot = self.unit + high, 0
        self.unit += high if slot else 0
        return places
