"""Where a plan's machines stand: every slot once, no unit overfull, no cabinet too high or too hungry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from binpack.machines.machine_type import MachineType

Json = Mapping[str, Any]

UNITS_PER_CABINET = 42
WATTS_PER_CABINET = 15_000


class Stand(NamedTuple):
    """One machine's place; it takes ``high`` units from ``unit`` on, or one of ``slots`` slots of a unit."""

    cabinet: int
    unit: int
    slot: int
    name: str
    high: int
    slots: int
    watts: Fraction


def stands(plan: Json, types: Mapping[str, MachineType]) -> list[Stand]:
    """The place of every racked machine, one by one. Those of an entry follow its first slot by slot, then unit by unit;
    where a cabinet has no room or no power left, they go on in the next."""
    entries = [m for m in plan["machines"] if m["cabinet"] is not None and m["type"] in types]
    entries.sort(key=lambda m: (m["cabinet"], m["rack_unit"], m["slot"]))
    drawn: dict[int, Fraction] = {}
    found: list[Stand] = []
    for entry in entries:
        space = types[entry["type"]].rack_units or Fraction(1)
        watts = types[entry["type"]].watts_full or Fraction(0)
        high, slots = max(1, -(-space.numerator // space.denominator)), max(1, int(1 / space))
        cabinet, unit, slot = entry["cabinet"], entry["rack_unit"], entry["slot"]
        for k in range(entry["count"]):
            full = unit + high - 1 > UNITS_PER_CABINET or drawn.get(cabinet, 0) + watts > WATTS_PER_CABINET
            if k and full and (unit, slot) != (1, 0):
                cabinet, unit, slot = cabinet + 1, 1, 0
            found.append(Stand(cabinet, unit, slot, entry["name"], high, slots, watts))
            drawn[cabinet] = drawn.get(cabinet, Fraction(0)) + watts
            slot += 1
            if slot == slots:
                unit, slot = unit + high, 0
    return found


def place_faults(plan: Json, types: Mapping[str, MachineType]) -> Iterator[str]:
    """Every broken rule of the cabinets. A machine above the power limit may have a cabinet to itself."""
    for machine in plan["machines"]:
        placed = [machine[key] is not None for key in ("cabinet", "rack_unit", "slot")]
        racked = machine["type"] in types and types[machine["type"]].rack_units is not None
        if placed != [racked] * 3:
            yield f"{machine['name']}: a racked machine has cabinet, rack unit and slot, a rented one has none"
            return
    share: dict[tuple[int, int], Fraction] = {}
    slots: set[tuple[int, int, int]] = set()
    power: dict[int, list[Fraction]] = {}
    for stand in stands(plan, types):
        where = f"cabinet {stand.cabinet}, unit {stand.unit}, slot {stand.slot}"
        if stand.cabinet < 1 or stand.unit < 1 or stand.unit + stand.high - 1 > UNITS_PER_CABINET:
            yield f"{stand.name}: no such place as {where}"
        if not 0 <= stand.slot < stand.slots:
            yield f"{stand.name}: no such place as {where}"
        if (stand.cabinet, stand.unit, stand.slot) in slots:
            yield f"{stand.name}: another machine is in {where}"
        slots.add((stand.cabinet, stand.unit, stand.slot))
        for unit in range(stand.unit, stand.unit + stand.high):
            share[stand.cabinet, unit] = share.get((stand.cabinet, unit), Fraction(0)) + Fraction(1, stand.slots)
        power.setdefault(stand.cabinet, []).append(stand.watts)
    for (cabinet, unit), filled in share.items():
        if filled > 1:
            yield f"cabinet {cabinet}, unit {unit}: more machines than fit into one unit"
    for cabinet, watts in power.items():
        if sum(watts) > WATTS_PER_CABINET and len(watts) > 1:
            yield f"cabinet {cabinet}: {float(sum(watts)):,.0f} W at full load; at most {WATTS_PER_CABINET:,} W"
