"""The checker of places: it counts by cabinets, and says what looking at every machine says."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from binpack.machines.cabinet import Cabinet
from binpack.machines.machine_type import MachineType
from binpack.machines.racks import cabinets_needed, fits_cabinet, rack_positions
from binpack.verify.places import Stand, place_faults, stands


def kind(name: str, units: str, watts: int | None = None) -> MachineType:
    full = None if watts is None else Fraction(watts)
    return MachineType(name, {"cpu": 1000}, rack_units=Fraction(units), watts_idle=full, watts_full=full)


KINDS = {
    k.name: k
    for k in (
        kind("half", "1/2", 80),
        kind("third", "1/3"),
        kind("hungry", "1", 900),
        kind("high", "5/2", 2000),
        kind("too hungry", "1", 20_000),
    )
}


def entry(name: str, type_name: str, count: int, cabinet: int, unit: int, slot: int) -> dict[str, Any]:
    return {"name": name, "type": type_name, "count": count, "cabinet": cabinet, "rack_unit": unit, "slot": slot}


def machines(found: list[Stand]) -> Iterator[tuple[int, int, int, Stand]]:
    """Cabinet, unit, slot of every single machine, and the stand that it is of."""
    for stand in found:
        for cabinet in range(stand.cabinet, stand.last + 1):
            for k in range(stand.slot, stand.slot + stand.each):
                yield cabinet, stand.unit + k // stand.slots * stand.high, k % stand.slots, stand


def sound(found: list[Stand]) -> bool:
    """Whether every machine has a place of its own in a cabinet that holds and feeds it."""
    slots: set[tuple[int, int, int]] = set()
    share: dict[tuple[int, int], Fraction] = {}
    power: dict[int, list[Fraction]] = {}
    for cabinet, unit, slot, stand in machines(found):
        units = range(unit, unit + stand.high)
        if cabinet < 1 or unit < 1 or units[-1] > 42 or stand.slot >= stand.slots or (cabinet, unit, slot) in slots:
            return False
        slots.add((cabinet, unit, slot))
        for one in units:
            share[cabinet, one] = share.get((cabinet, one), Fraction(0)) + Fraction(1, stand.slots)
        power.setdefault(cabinet, []).append(stand.watts)
    fed = all(sum(watts) <= 15_000 for watts in power.values())
    return fed and all(filled <= 1 for filled in share.values())


FITTING = sorted(name for name, kind in KINDS.items() if fits_cabinet(kind, Cabinet()))
CABINETS = st.builds(Cabinet, st.integers(3, 60), st.integers(2000, 30_000).map(Fraction))


@given(st.lists(st.tuples(st.sampled_from(FITTING), st.integers(1, 250)), max_size=6), CABINETS)
def test_the_places_that_machines_get_are_accepted(groups: list[tuple[str, int]], cabinet: Cabinet) -> None:
    """Each machine is where the rule of places says, and the last cabinet is the last that it fills, whatever cabinets are
    like."""
    places = rack_positions([(KINDS[name], count) for name, count in groups], cabinet)
    named = [(f"machine-{k}", *group) for k, group in enumerate(groups)]
    plan = {"machines": [entry(*group, *row[0]) for group, row in zip(named, places, strict=True) if row]}
    assert list(place_faults(plan, KINDS, cabinet)) == []
    found = stands(plan, KINDS, cabinet)
    expected = sorted(place for row in places for place in row or ())
    assert sorted(machine[:3] for machine in machines(found)) == expected
    assert max((stand.last for stand in found), default=0) == cabinets_needed(places)


ENTRIES = st.tuples(
    st.sampled_from(sorted(KINDS)), st.integers(1, 250), st.integers(0, 4), st.integers(0, 43), st.integers(0, 2)
)


@given(st.lists(ENTRIES, max_size=5))
def test_any_places_are_refused_if_looking_at_every_machine_refuses_them(
    drawn: list[tuple[str, int, int, int, int]],
) -> None:
    """Slots taken twice, units and cabinets that hold or feed too much, and places that do not exist."""
    plan = {"machines": [entry(f"machine-{k}", *one) for k, one in enumerate(drawn)]}
    assert (not list(place_faults(plan, KINDS))) == sound(stands(plan, KINDS))


def test_a_third_machine_in_a_unit_is_refused_among_millions() -> None:
    """It stands in the middle of a row of ten million million machines, of which no list is made."""
    row = entry("machine-1", "half", 10**13, 1, 1, 0)
    other = entry("machine-0", "third", 1, 5_000_000, 7, 2)
    assert list(place_faults({"machines": [row]}, KINDS)) == []
    assert list(place_faults({"machines": [row, other]}, KINDS)) == [
        "cabinet 5000000, unit 7: more machines than fit into one unit"
    ]
