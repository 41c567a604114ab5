"""What machines of one's own cost a month: the purchase over the years, and energy at the load planned."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from eras.estates import BOX, app, estates, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.comparison import EraResult
from binpack.eras.options import EraOptions
from binpack.errors import InputError
from binpack.machines.machine_type import MachineType
from binpack.machines.ownership import Ownership, owned
from binpack.planning import compare_eras
from binpack.workload.application import Application
from binpack.workload.workload import Workload

MICRO = 10**6
RENTED = replace(BOX, provider="aws", price=100_000, rack_units=None)
WITH_WINDOWS = replace(RENTED, windows_price=184_000)
LIT = replace(BOX, watts_idle=Fraction(100), watts_full=Fraction(260))


def test_a_month_is_the_twelfth_part_of_a_year() -> None:
    """5,256 dollars over 5 years are 87.60 a month, 0.12 an hour; 8 of 16 threads draw 180 W, 131.4 kWh a month."""
    own = Ownership({"box": 5_256 * MICRO}, 5, MICRO // 4, Fraction(3, 2))
    row = rows([app("web", 1, cpu=7_750)], ("physical",), LIT, ownership=own)["physical"]
    assert row.watts == 180
    assert row.costs == {"machines": 87_600_000, "energy": round(131.4 * 1.5 * 250_000)}
    assert row.cost_per_month == 87_600_000 + 49_275_000


def naive_bill(row: EraResult, machine: MachineType, own: Ownership) -> dict[str, int]:
    """Machine by machine: its part of the price, and kWh at the CPU taken on it."""
    month = round(Fraction(own.purchase[""], own.years * 12))
    drawn = Fraction(0)
    for each in row.plan.machines:
        used = sum(i.requests.get("cpu", 0) * i.count for i in each.instances)
        used += sum(charge.amount for charge in each.overhead if charge.resource == "cpu")
        load = Fraction(used, machine.capacity["cpu"])
        idle, full = machine.watts_idle or Fraction(0), machine.watts_full or Fraction(0)
        drawn += sum([idle + (full - idle) * load] * each.count, Fraction(0))
    energy = drawn * 730 / 1000 * own.pue * (own.energy_price or 0)
    return {"machines": month * row.machines, "energy": round(energy)}


@settings(max_examples=25, deadline=None)
@given(
    estates(),
    st.integers(0, 10**10),
    st.integers(1, 12),
    st.integers(0, 10**6),
    st.fractions(1, 2, max_denominator=20),
)
def test_the_bill_is_the_sum_over_machines(
    estate: list[Application], purchase: int, years: int, kwh: int, pue: Fraction
) -> None:
    """Against a count machine by machine, in every era that places all."""
    own = Ownership({"": purchase}, years, kwh, pue)
    for row in rows(estate, ("physical", "virtual_machines", "containers"), LIT, ownership=own).values():
        if row.plan.machines:
            assert row.costs == naive_bill(row, LIT, own)
            assert row.cost_per_month == sum(naive_bill(row, LIT, own).values())


def test_what_is_not_known_is_not_charged_as_nothing() -> None:
    """No purchase price: no cost; energy charged but watts unknown: no cost; no energy price: the purchase alone."""
    estate = [app("web", 2)]
    assert rows(estate, ("containers",), LIT)["containers"].cost_per_month is None
    assert rows(estate, ("containers",), LIT, ownership=Ownership(energy_price=1))["containers"].costs == {
        "machines": None
    }
    dark = rows(estate, ("containers",), BOX, ownership=Ownership({"": MICRO}, 1, 1))["containers"]
    assert (dark.costs, dark.cost_per_month) == ({"machines": None, "energy": None}, None)
    bare = rows(estate, ("containers",), BOX, ownership=Ownership({"": 8_760 * MICRO}, 1))["containers"]
    assert bare.costs == {"machines": 730 * MICRO}


def test_the_cheaper_of_two_machines_is_bought() -> None:
    """Of equal machines the one that costs less to buy, or less to keep on; both count."""
    twin = replace(LIT, name="twin", watts_idle=Fraction(120))
    workload = Workload("test", (app("web", 2),))
    for purchase, chosen in (({"": 8_760_000_000}, "box"), ({"": 8_760_000_000, "twin": 8_000_000_000}, "twin")):
        own = Ownership(purchase, 1, 1_000_000)
        found = compare_eras(
            workload, [LIT, twin], eras=("containers",), options=EraOptions(time_limit=0.2, ownership=own)
        )
        assert set(found.rows[0].machines_by_type) == {chosen}
        assert found.cost_first


def test_bought_machines_are_not_held_against_unpriced_ones() -> None:
    """Neither cost nor number would say which is better; rented ones keep their price."""
    rented = MachineType("hired", BOX.capacity, provider="aws", price=7)
    with pytest.raises(InputError, match="no price of twin beside machines with one"):
        owned([BOX, replace(BOX, name="twin")], Ownership({"box": MICRO}))
    box, hired = owned([BOX, rented], Ownership({"": 8_760 * MICRO}, 1))
    assert (box.price, box.purchase_price, hired.price, hired.purchase_price) == (MICRO, 8_760 * MICRO, 7, None)


@pytest.mark.parametrize(
    ("era", "control_plane", "machine", "fee"),
    [
        ("kubernetes", "managed", RENTED, 73 * MICRO),
        ("kubernetes", "nodes", RENTED, None),
        ("docker_swarm", "managed", RENTED, None),
        ("kubernetes", "managed", LIT, None),
    ],
)
def test_a_managed_control_plane_costs_the_providers_fee(
    era: str, control_plane: str, machine: MachineType, fee: int | None
) -> None:
    """$0.10 an hour a cluster, whatever its nodes; of Kubernetes on rented machines only."""
    row = rows([app("web", 2)], (era,), machine, control_plane=control_plane)[era]
    assert row.costs.get("cluster") == fee
    assert row.cost_per_month == (None if machine is LIT else 100_000 * 730 * 3 + (fee or 0))


def test_that_windows_costs_more_on_rented_machines_is_said() -> None:
    """Where only the price with Linux is known, in every plan with Windows on machines with a rent, else never."""
    said = [
        any(
            "only the price with Linux is known of box" in note
            for note in rows([app("web", os=os)], ("containers",), machine)["containers"].plan.notes
        )
        for os, machine in (("windows", RENTED), ("windows", WITH_WINDOWS), ("linux", RENTED), ("windows", LIT))
    ]
    assert said == [True, False, False, False]


@settings(max_examples=15, deadline=None)
@given(estates())
def test_a_rented_machine_pays_for_windows_once(estate: list[Application]) -> None:
    """Each machine that runs Windows, as its own system or in any of its VMs, and no other; the bound is no higher."""
    families = {application.key: application.os for application in estate}
    for row in rows(estate, ("physical", "virtual_machines", "containers", "docker_swarm"), WITH_WINDOWS).values():
        dearer = sum(
            m.count
            for m in row.plan.machines
            if "windows" in (m.labels["kubernetes.io/os"], *(families[i.application] for i in m.instances))
        )
        paid = {"licences": dearer * 84_000 * 730} if "windows" in families.values() else {}
        assert row.costs == {"machines": row.machines * 100_000 * 730, **paid}
        assert row.cost_lower_bound_per_month is None or row.cost_lower_bound_per_month <= sum(row.costs.values())


def test_machines_of_ones_own_pay_no_rent_for_windows() -> None:
    """Beside rented ones whose price with Windows is known: a blade that is cheaper has nothing to pay, and no unit."""
    for years, chosen, units in ((2, "blade", 0), (1, "box", 1)):
        found = compare_eras(
            Workload("test", (app("old", os="windows"),)),
            [WITH_WINDOWS, replace(BOX, name="blade")],
            eras=("containers",),
            options=EraOptions(time_limit=0.2, ownership=Ownership({"blade": 2_000 * MICRO}, years)),
        )
        row = found.rows[0]
        assert row.machines_by_type == {chosen: 1}
        assert [each.units for each in row.licences] == [units]
        assert row.costs["licences"] == units * 84_000 * 730


def test_the_price_with_windows_is_sought() -> None:
    """Of two types, one cheaper with Linux, the other with Windows: where a machine may run both systems it is the second,
    where it may not, each system is on its own."""
    twin = replace(WITH_WINDOWS, name="twin", price=110_000, windows_price=120_000)
    workload = Workload("test", (app("web"), app("old", os="windows")))
    found = {}
    for era in ("containers", "docker_swarm"):
        comparison = compare_eras(workload, [WITH_WINDOWS, twin], eras=(era,), options=EraOptions(time_limit=0.2))
        assert comparison.cost_first
        found[era] = comparison.rows[0]
    assert found["containers"].machines_by_type == {"twin": 1}
    assert found["containers"].cost_per_month == 120_000 * 730
    swarm = {(m.type, m.labels["kubernetes.io/os"]) for m in found["docker_swarm"].plan.machines}
    assert swarm == {("box", "linux"), ("twin", "windows")}
