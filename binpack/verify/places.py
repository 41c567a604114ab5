"""Where a plan's machines stand: every slot once, no unit overfull, no cabinet too high or too hungry.

Machines of an entry are counted by cabinets, not one by one: in all between its first and its last they stand alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from binpack.machines.cabinet import Cabinet
from binpack.machines.machine_type import MachineType

Json = Mapping[str, Any]
USUAL = Cabinet()


class Stand(NamedTuple):
    """``each`` machines in every cabinet from ``cabinet`` to ``last``, slot by slot from ``unit`` and ``slot`` on.

    A machine takes ``high`` units, or one of ``slots`` slots of a unit.
    """

    cabinet: int
    last: int
    unit: int
    slot: int
    each: int
    name: str
    high: int
    slots: int
    watts: Fraction


def stands(plan: Json, types: Mapping[str, MachineType], cabinet: Cabinet = USUAL) -> list[Stand]:
    """Where the machines of every racked entry stand. They follow its first slot by slot, then unit by unit; where a cabinet
    has no room or no power left, they go on in the next."""
    entries = [m for m in plan["machines"] if m["cabinet"] is not None and m["type"] in types]
    entries.sort(key=lambda m: (m["cabinet"], m["rack_unit"], m["slot"]))
    found: list[Stand] = []
    drawn: dict[int, Fraction] = {}  # in the first and the last cabinet of an entry, where others may begin
    for entry in entries:
        here = _stands_of(entry, types[entry["type"]], drawn.get(entry["cabinet"], Fraction(0)), cabinet)
        for stand in (here[0], here[-1])[: len(here)]:
            drawn[stand.last] = drawn.get(stand.last, Fraction(0)) + stand.each * stand.watts
        found += here
    return found


def _stands_of(entry: Json, kind: MachineType, drawn: Fraction, limits: Cabinet) -> list[Stand]:
    """An entry's machines: in its first cabinet, of which others draw some watts; in full ones; in its last."""
    space, watts = kind.rack_units or Fraction(1), kind.watts_full or Fraction(0)
    high, slots = max(1, -(-space.numerator // space.denominator)), max(1, int(1 / space))

    def fit(unit: int, slot: int, drawn: Fraction) -> int:
        room = (limits.units + 1 - unit) // high * slots - slot
        power = (limits.watts - drawn) // watts if watts else room
        return max(1, min(room, power))

    def stand(first: int, last: int, unit: int, slot: int, count: int) -> Stand:
        return Stand(first, last, unit, slot, count, entry["name"], high, slots, watts)

    cabinet, left, each = entry["cabinet"], entry["count"], fit(1, 0, Fraction(0))
    count = min(left, fit(entry["rack_unit"], entry["slot"], drawn))
    found = [stand(cabinet, cabinet, entry["rack_unit"], entry["slot"], count)]
    full, rest = divmod(left - count, each)
    if full:
        found.append(stand(cabinet + 1, cabinet + full, 1, 0, each))
    if rest:
        found.append(stand(cabinet + full + 1, cabinet + full + 1, 1, 0, rest))
    return found


def place_faults(plan: Json, types: Mapping[str, MachineType], cabinet: Cabinet = USUAL) -> Iterator[str]:
    """Every broken rule of the cabinets; of places that do not exist nothing else is said."""
    for machine in plan["machines"]:
        placed = [machine[key] is not None for key in ("cabinet", "rack_unit", "slot")]
        racked = machine["type"] in types and types[machine["type"]].rack_units is not None
        if placed != [racked] * 3:
            yield f"{machine['name']}: a racked machine has cabinet, rack unit and slot, a rented one has none"
            return
    found = stands(plan, types, cabinet)
    strange = [
        f"{s.name}: no such place as {_where(s.cabinet, s.unit, s.slot)}"
        for s in found
        if not _exists(s, cabinet.units)
    ]
    yield from strange
    for together in _alike(() if strange else found):
        yield from _unit_faults(together)
        yield from _power_faults(together, cabinet.watts)


def _exists(stand: Stand, units: int) -> bool:
    rows = -(-(stand.slot + stand.each) // stand.slots)
    inside = stand.cabinet >= 1 and stand.unit >= 1 and stand.unit + rows * stand.high - 1 <= units
    return inside and 0 <= stand.slot < stand.slots


def _where(cabinet: int, unit: int, slot: int) -> str:
    return f"cabinet {cabinet}, unit {unit}, slot {slot}"


def _alike(found: Sequence[Stand]) -> Iterator[list[Stand]]:
    """The stands of each cabinet; where cabinets in a row have the same ones, those of the first of them."""
    changes = sorted({stand.cabinet for stand in found} | {stand.last + 1 for stand in found})
    waiting = sorted(found, key=lambda stand: stand.cabinet, reverse=True)
    here: list[Stand] = []
    for cabinet in changes:
        here = [stand for stand in here if stand.last >= cabinet]
        while waiting and waiting[-1].cabinet == cabinet:
            here.append(waiting.pop())
        yield [stand._replace(cabinet=cabinet) for stand in here]


def _unit_faults(together: Sequence[Stand]) -> Iterator[str]:
    """Slots of one cabinet that are taken twice, and units that hold more than one unit."""
    units: dict[int, list[tuple[int, int, Stand]]] = {}
    for stand in together:
        for unit, low, high in _slots_taken(stand):
            for other_low, other_high, other in units.get(unit, ()):
                if low < other_high and other_low < high:
                    place = _where(stand.cabinet, unit, max(low, other_low))
                    yield f"{stand.name}: another machine ({other.name}) is in {place}"
            units.setdefault(unit, []).append((low, high, stand))
    for unit, taken in units.items():
        slots: Counter[int] = Counter()
        for low, high, stand in taken:
            slots[stand.slots] += high - low
        whole = lcm(*slots)
        if sum(used * (whole // there) for there, used in slots.items()) > whole:
            yield f"cabinet {together[0].cabinet}, unit {unit}: more machines than fit into one unit"


def _slots_taken(stand: Stand) -> Iterator[tuple[int, int, int]]:
    """(unit, first slot, last slot + 1) of all units that the machines in one cabinet take something of."""
    low, left, unit = stand.slot, stand.each, stand.unit
    while left > 0:
        taken = min(left, stand.slots - low)
        for above in range(stand.high):
            yield unit + above, low, low + taken
        unit, low, left = unit + stand.high, 0, left - taken


def _power_faults(together: Sequence[Stand], most: Fraction) -> Iterator[str]:
    watts = sum((stand.each * stand.watts for stand in together), Fraction(0))
    if watts > most:
        where = f"cabinet {together[0].cabinet}"
        yield f"{where}: {float(watts):,.0f} W at full load; at most {float(most):,.0f} W"
