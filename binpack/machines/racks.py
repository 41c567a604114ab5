"""Where machines stand: cabinet, rack unit and slot, filled from the first cabinet on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple, overload

from binpack.machines.cabinet import Cabinet
from binpack.machines.machine_type import MachineType

USUAL = Cabinet()


class RackPlace(NamedTuple):
    """Cabinet and rack unit count from 1, the slot within a unit from 0."""

    cabinet: int
    rack_unit: int
    slot: int


@dataclass(frozen=True)
class RackPlaces(Sequence[RackPlace]):
    """The places of equal machines in a row, by a rule: as with ``range``, only those asked for are worked out.

    The row begins with the first slot of ``rack_unit`` in ``cabinet``, which takes ``in_first`` of them; every further
    cabinet takes ``per_cabinet``, from its first unit on. A unit has ``per_unit`` slots, the next one is ``high`` units
    above. numbers : which machines of the row these are, counted from 0.
    """

    cabinet: int
    rack_unit: int
    in_first: int
    per_cabinet: int
    per_unit: int
    high: int
    numbers: range

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, k: int) -> RackPlace: ...

    @overload
    def __getitem__(self, k: slice) -> RackPlaces: ...

    def __getitem__(self, k: int | slice) -> RackPlace | RackPlaces:
        if isinstance(k, slice):
            return replace(self, numbers=self.numbers[k])
        cabinet, first_unit, number = self.cabinet, self.rack_unit, self.numbers[k]
        if number >= self.in_first:
            further, number = divmod(number - self.in_first, self.per_cabinet)
            cabinet, first_unit = cabinet + 1 + further, 1
        above, slot = divmod(number, self.per_unit)
        return RackPlace(cabinet, first_unit + above * self.high, slot)


def slots_per_unit(machine: MachineType) -> int:
    """Machines of a type that share a rack unit: 2 for half a unit, 1 for a unit or more."""
    return max(1, int(1 / machine.rack_units)) if machine.rack_units else 1


def units_high(machine: MachineType) -> int:
    """Rack units that a machine takes in a row, at least one."""
    return max(1, -(-(machine.rack_units or 0) // 1))


def fits_cabinet(machine: MachineType, cabinet: Cabinet) -> bool:
    """Whether an empty cabinet has room and power for one; rented ones need none."""
    return machine.rack_units is None or _fitting(machine, cabinet.units, cabinet.watts) > 0


def rack_positions(groups: Sequence[tuple[MachineType, int]], cabinet: Cabinet = USUAL) -> list[RackPlaces | None]:
    """Per group of equal machines, of which each fits an empty cabinet, the place of each; None for rented ones. Groups of
    one type follow slot by slot.

    A machine of 1/n of a unit shares a unit with n - 1 of its own type; one of several units takes as many in a row and is
    named by the lowest. What is too much for the units left of a cabinet, or, where full-load watts are known, for its
    power, opens the next.
    """
    totals: dict[str, int] = {}
    for machine, count in groups:
        if machine.rack_units is not None:
            totals[machine.name] = totals.get(machine.name, 0) + count
    types = {machine.name: machine for machine, _ in groups}
    cursor = _Cursor(cabinet.units, cabinet.watts)
    stock = {key: cursor.place(types[key], total) for key, total in totals.items()}
    handed = dict.fromkeys(stock, 0)
    result: list[RackPlaces | None] = []
    for machine, count in groups:
        if machine.rack_units is None:
            result.append(None)
            continue
        first = handed[machine.name]
        handed[machine.name] += count
        result.append(stock[machine.name][first : first + count])
    return result


def cabinets_needed(places: Sequence[RackPlaces | None]) -> int:
    """Cabinets that ``rack_positions`` has filled."""
    return max((group[-1].cabinet for group in places if group), default=0)


@dataclass
class _Cursor:
    """The first free unit of the cabinet that is being filled, and the watts in it."""

    units: int
    watts: Fraction
    cabinet: int = 1
    unit: int = 1
    drawn: Fraction = Fraction(0)

    def place(self, machine: MachineType, count: int) -> RackPlaces:
        """Places of ``count`` machines; the next type starts on a unit of its own."""
        per_cabinet = _fitting(machine, self.units, self.watts)
        here = _fitting(machine, self.units - self.unit + 1, self.watts - self.drawn)
        if count and not here:
            self._go_on(1)
            here = per_cabinet
        row = self.cabinet, self.unit, here, per_cabinet, slots_per_unit(machine), units_high(machine), range(count)
        if count > here:
            further, last = divmod(count - here - 1, per_cabinet)
            self._go_on(1 + further)
            count = last + 1
        self.unit += -(-count // slots_per_unit(machine)) * units_high(machine)
        self.drawn += count * (machine.watts_full or 0)
        return RackPlaces(*row)

    def _go_on(self, cabinets: int) -> None:
        self.cabinet, self.unit, self.drawn = self.cabinet + cabinets, 1, Fraction(0)


def _fitting(machine: MachineType, units: int, watts: Fraction) -> int:
    """How many machines of a type so many units and watts take."""
    space = units // units_high(machine) * slots_per_unit(machine)
    return min(space, watts // machine.watts_full) if machine.watts_full else space
