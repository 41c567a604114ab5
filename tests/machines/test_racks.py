"""Places in racks: nothing overlaps, nothing sticks out, no cabinet draws too much."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.machines.cabinet import Cabinet
from binpack.machines.machine_type import MachineType
from binpack.machines.racks import RackPlace, RackPlaces, cabinets_needed, fits_cabinet, rack_positions


def machine(units: str | None, watts: int | None = None, name: str = "") -> MachineType:
    size = None if units is None else Fraction(units)
    full = None if watts is None else Fraction(watts)
    return MachineType(name or f"{units}u{watts}", {"cpu": 1000}, rack_units=size, watts_idle=full, watts_full=full)


def faults(placed: Iterable[tuple[MachineType, RackPlace]], units: int = 42, watts: int = 15_000) -> list[str]:
    """What is wrong with places: unit by unit and slot by slot, with no use of the code under test."""
    found: list[str] = []
    slots: dict[tuple[int, int, int], str] = {}
    kinds: dict[tuple[int, int], tuple[str, Fraction]] = {}
    drawn: dict[int, list[Fraction]] = {}
    for number, (kind, place) in enumerate(placed):
        size = kind.rack_units or Fraction(0)
        high = 1
        while high < size:
            high += 1
        for unit in range(place.rack_unit, place.rack_unit + high):
            if not 1 <= unit <= units:
                found.append(f"{number}: no unit {unit}")
            if kinds.setdefault((place.cabinet, unit), (kind.name, size))[0] != kind.name:
                found.append(f"{number}: unit {unit} is shared by two kinds")
            if not place.slot >= 0 or (place.slot + 1) * min(size, Fraction(1)) > 1:
                found.append(f"{number}: no slot {place.slot}")
            if slots.setdefault((place.cabinet, unit, place.slot), str(number)) != str(number):
                found.append(f"{number}: slot {place.slot} of unit {unit} is taken")
        drawn.setdefault(place.cabinet, []).append(kind.watts_full or Fraction(0))
    found += [f"cabinet {c}: too many watts" for c, all_of in drawn.items() if sum(all_of) > watts]
    if drawn and sorted(drawn) != list(range(1, max(drawn) + 1)):
        found.append("a cabinet is left out")
    return found


def pairs(groups: Sequence[tuple[MachineType, int]], places: Sequence) -> list[tuple[MachineType, RackPlace]]:
    return [(kind, place) for (kind, _), group in zip(groups, places, strict=True) for place in group or ()]


def listed(places: Sequence[RackPlaces | None]) -> list[list[RackPlace] | None]:
    return [None if group is None else list(group) for group in places]


def test_two_to_a_unit() -> None:
    """Half-unit machines stand two to a unit, slot by slot, from the first unit on."""
    (places,) = rack_positions([(machine("1/2"), 3)])
    assert places is not None
    assert list(places) == [(1, 1, 0), (1, 1, 1), (1, 2, 0)]


@pytest.mark.parametrize(
    ("units", "fit"), [("1/2", 84), ("1/3", 126), ("3/10", 126), ("1", 42), ("2", 21), ("4", 10), ("3/2", 21)]
)
def test_a_full_cabinet(units: str, fit: int) -> None:
    """So many fit in 42 units, and one more opens the next cabinet."""
    (places,) = rack_positions([(machine(units), fit + 1)])
    assert places is not None
    assert [place.cabinet for place in places] == [1] * fit + [2]
    assert places[-1] == (2, 1, 0)


def test_the_power_limit() -> None:
    """15 kW: 30 machines of 500 watts, in a cabinet that has room for more."""
    places = rack_positions([(machine("1", 500), 31)])
    assert places[0] is not None
    assert [place.cabinet for place in places[0]] == [1] * 30 + [2]
    assert cabinets_needed(places) == 2


def test_the_power_limit_counts_all_kinds() -> None:
    """What another kind of machine draws in the same cabinet counts as well."""
    groups = [(machine("1", 1000, "a"), 10), (machine("1", 1000, "b"), 10)]
    places = rack_positions(groups)
    assert not faults(pairs(groups, places))
    assert places[1] is not None
    assert [place.cabinet for place in places[1]] == [1] * 5 + [2] * 5


def test_what_no_cabinet_holds_or_feeds() -> None:
    """A machine fits if an empty cabinet has its units and its watts; of a rented one nothing is asked."""
    low = Cabinet(2, Fraction(1000))
    kinds = [machine("2", 1000), machine("5/2"), machine("1", 1001), machine("2"), machine(None, 9999)]
    assert [fits_cabinet(kind, low) for kind in kinds] == [True, False, False, True, True]


def test_rented_machines_need_no_rack() -> None:
    """They have no place, and take none from others."""
    groups = [(machine(None), 5), (machine("1/2"), 1)]
    assert listed(rack_positions(groups)) == [None, [(1, 1, 0)]]
    assert cabinets_needed(rack_positions([(machine(None), 5)])) == 0


def test_groups_of_one_kind_follow_each_other() -> None:
    """A group goes on where the last of its kind ended, also in the middle of a unit."""
    box, other = machine("1/2"), machine("1")
    places = rack_positions([(box, 1), (other, 1), (box, 1)])
    assert listed(places) == [[(1, 1, 0)], [(1, 2, 0)], [(1, 1, 1)]]


def test_the_oracle_refuses_a_third_machine_in_a_unit() -> None:
    """The judge of the tests below sees the faults that it is there for."""
    box = machine("1/2")
    good = [(box, RackPlace(1, 1, 0)), (box, RackPlace(1, 1, 1))]
    assert not faults(good)
    assert faults([*good, (box, RackPlace(1, 1, 2))])
    assert faults([*good, (box, RackPlace(1, 1, 1))])
    assert faults([*good, (machine("1"), RackPlace(1, 1, 0))])
    assert faults([(machine("2"), RackPlace(1, 42, 0))])
    assert faults([(machine("1", 8000), RackPlace(1, 1, 0)), (machine("1", 8000), RackPlace(1, 2, 0))])


KINDS = [machine("1/2", 80), machine("1/3"), machine("1", 900), machine("2", 2000), machine("5/2", 400), machine(None)]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 60)), max_size=8))
def test_places_are_always_sound(groups: list[tuple[MachineType, int]]) -> None:
    """Every racked machine has one place; no fault in any mixture; the same places each time."""
    places = rack_positions(groups)
    assert not faults(pairs(groups, places))
    assert [0 if p is None else len(p) for p in places] == [0 if k.rack_units is None else n for k, n in groups]
    assert places == rack_positions(groups)


def one_by_one(
    groups: Sequence[tuple[MachineType, int]], units: int, limit: int
) -> dict[str, list[tuple[int, int, int]]]:
    """Kind -> the place of every machine, each put into the next slot that its cabinet has room and power for."""
    cabinet, unit, slot, drawn = 1, 1, 0, Fraction(0)
    found: dict[str, list[tuple[int, int, int]]] = {kind.name: [] for kind, _ in groups}
    kinds = {kind.name: kind for kind, _ in groups}
    for name, kind in kinds.items():
        size, watts = kind.rack_units or Fraction(0), kind.watts_full or Fraction(0)
        high, slots = max(1, ceil(size)), max(1, floor(1 / size)) if size else 1
        for _ in range(sum(count for other, count in groups if other.name == name) if size else 0):
            if unit + high - 1 > units or drawn + watts > limit:
                cabinet, unit, slot, drawn = cabinet + 1, 1, 0, Fraction(0)
            found[name].append((cabinet, unit, slot))
            drawn += watts
            unit, slot = (unit + high, 0) if slot + 1 == slots else (unit, slot + 1)
        unit, slot = (unit + high, 0) if slot else (unit, 0)
    return found


@given(
    st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 200)), max_size=8),
    st.integers(3, 50),
    st.integers(2000, 20_000),
)
def test_the_rule_gives_what_counting_slot_by_slot_gives(
    groups: list[tuple[MachineType, int]], units: int, watts: int
) -> None:
    """For any mixture, height and power of cabinets."""
    expected = one_by_one(groups, units, watts)
    found: dict[str, list[tuple[int, int, int]]] = {name: [] for name in expected}
    for kind, place in pairs(groups, rack_positions(groups, Cabinet(units, Fraction(watts)))):
        found[kind.name].append(place)
    assert found == expected


def test_places_are_worked_out_when_asked_for() -> None:
    """A million million machines are no more work than one; parts and single places are those of the whole."""
    [places] = rack_positions([(machine("1/2"), 10**12)])
    assert places is not None
    assert (places[0], places[-1]) == ((1, 1, 0), (-(-(10**12) // 84), (10**12 - 1) % 84 // 2 + 1, 1))
    assert list(places[83:85]) == [(1, 42, 1), (2, 1, 0)]
    assert cabinets_needed([places]) == -(-(10**12) // 84)
    with pytest.raises(IndexError):
        places[10**12]
