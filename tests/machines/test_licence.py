"""Licences: what is paid for on one machine, and the file that they are read from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.machines.catalogue import default_machine
from binpack.machines.licence import Licence, with_licences
from binpack.machines.licence_file import read_licences
from binpack.workload.application import Application, Component
from binpack.workload.monolith import as_monolith, as_parts
from binpack.workload.workload import Workload

BOX = replace(default_machine(), sockets=2, cores=24)


def read(tmp_path: Path, text: str) -> tuple[Licence, ...]:
    file = tmp_path / "licences.yaml"
    file.write_text(text, encoding="utf-8")
    return read_licences(str(file))


@pytest.mark.parametrize(
    ("licence", "units"),
    [
        (Licence("a", "core", 1), 24),
        (Licence("a", "core", 1, minimum_per_socket=16), 32),
        (Licence("a", "core", 1, minimum_per_host=40), 40),
        (Licence("a", "core", 1, covers_vms=2), 48),
        (Licence("a", "socket", 1), 2),
        (Licence("a", "socket", 1, minimum_per_host=4), 4),
        (Licence("a", "host", 1), 1),
        (Licence("a", "host", 1, covers_vms=1), 3),
        (Licence("a", "vm", 1), 4),
    ],
)
def test_units_on_a_machine_of_two_sockets_with_three_vms(licence: Licence, units: int) -> None:
    """24 cores; the system itself and three VMs need it: minima raise what is there, VMs beyond those covered add sets."""
    assert licence.units(BOX, systems=4, vms=3) == units
    assert licence.units(BOX, systems=0, vms=0) == 0


@given(
    st.sampled_from(("core", "socket")),
    st.integers(0, 20),
    st.integers(0, 40),
    st.none() | st.integers(1, 4),
    st.integers(0, 10),
    st.booleans(),
)
def test_units_are_those_of_sockets_one_by_one(  # type: ignore[no-untyped-def]
    per, per_socket: int, per_host: int, covers, vms: int, own: bool
) -> None:
    """Against adding up each socket's cores, then the host's minimum, once for every so many VMs."""
    licence = Licence("a", per, 1, per_socket if per == "core" else 0, per_host, covers)
    counted = sum(max(12, per_socket) if per == "core" else 1 for _ in range(2))
    sets, left = 0, vms
    while left > 0 or (own and not sets):
        sets, left = sets + 1, left - (covers or max(1, left))
    assert licence.units(BOX, vms + own, vms) == max(counted, per_host) * sets


def test_cores_that_are_not_known_are_not_nothing() -> None:
    """A rented machine's threads are not cores; hosts and VMs can be counted all the same."""
    hired = replace(BOX, cores=None, sockets=None)
    assert Licence("a", "core", 1).units(hired, 1, 0) is None
    assert Licence("a", "socket", 1).units(hired, 1, 0) is None
    assert Licence("a", "host", 1).units(hired, 1, 0) == 1


def test_a_file_says_everything(tmp_path: Path) -> None:
    """Prices by the month or the year, in millionths; minima, covered VMs, and what needs it."""
    found = read(
        tmp_path,
        """
licences:
  - name: windows
    per: core
    price_per_year: 66
    minimum_per_socket: 8
    minimum_per_host: 16
    covers_vms: 2
    needed_by: {os: windows}
  - {name: esx, per: socket, price_per_month: 0.5, minimum_per_host: 2, needed_by: {hypervisor: esxi}}
  - {name: db, per: vm, price_per_month: 400, needed_by: {applications: [shop/db, cache]}}
  - {name: agent, per: host, price_per_month: 1}
""",
    )
    assert found == (
        Licence("windows", "core", 5_500_000, 8, 16, 2, os="windows"),
        Licence("esx", "socket", 500_000, minimum_per_host=2, hypervisor="esxi"),
        Licence("db", "vm", 400_000_000, applications=("shop/db", "cache")),
        Licence("agent", "host", 1_000_000),
    )


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("{per: core, price_per_month: 1}", "without a name"),
        ("{name: a, per: thread, price_per_month: 1}", "core, socket, host or vm"),
        ("{name: a, per: core}", "price_per_month and price_per_year"),
        ("{name: a, per: core, price_per_month: 1, price_per_year: 1}", "one of price_per_month"),
        ("{name: a, per: core, price_per_month: -1}", "at least 0"),
        ("{name: a, per: vm, price_per_month: 1, covers_vms: 2}", "covers_vms of a licence per vm"),
        ("{name: a, per: host, price_per_month: 1, minimum_per_host: 2}", "minimum_per_host of a licence per host"),
        ("{name: a, per: core, price_per_month: 1, needed_by: {os: beos}}", "linux, windows"),
        ("{name: a, per: core, price_per_month: 1, needed_by: {os: linux, hypervisor: kvm}}", "several needs"),
        ("{name: a, per: core, price_per_month: 1, needs: {}}", "the key 'needs'"),
        ("{name: a, per: host, price_per_month: 1}, {name: a, per: host, price_per_month: 2}", "a second licence"),
    ],
)
def test_bad_licences_are_named_with_their_place(entry: str, said: str, tmp_path: Path) -> None:
    """One line for each fault, at its place."""
    with pytest.raises(InputError) as error:
        read(tmp_path, f"licences: [{entry}]")
    assert said in str(error.value)
    assert "licences.yaml:1:" in str(error.value)


def test_an_application_takes_its_licences_into_every_shape() -> None:
    """A process joined from several needs those of all; one that nobody knows is a mistake."""
    shop = Workload("shop", (Application("db", group="shop"), Application("web", group="shop"), Application("x")))
    known = with_licences(shop, [Licence("sql", "core", 1, applications=("db",))])
    named = {shape: {a.key for a in made(known).placed if a.licences} for shape, made in SHAPED.items()}
    assert named == {"parts": {"shop/db"}, "monolith": {"shop/shop as one process"}}
    with pytest.raises(InputError, match="'sql' for 'dbs'"):
        with_licences(shop, [Licence("sql", "core", 1, applications=("dbs",))])


def test_a_component_takes_its_licence_along_when_it_is_split_off() -> None:
    """A whole needs what one of its components needs; as services only that one does, and all do where the whole is named.
    Licences that are known stay when they are asked for again, under whatever names the applications have by then."""
    shop = Workload("shop", (Application("erp", group="shop", components=(Component("db"), Component("web"))),))
    asked = [Licence("sql", "core", 1, applications=("shop/erp-db",)), Licence("os", "core", 1, applications=("erp",))]
    known = with_licences(shop, asked)
    assert known.applications[0].licences == {"sql", "os"}
    parts = as_parts(known)
    assert {a.name: a.licences for a in parts.placed} == {"erp-db": {"sql", "os"}, "erp-web": {"os"}}
    beside = replace(shop, applications=(*shop.applications, Application("erp-db", group="other")))
    named = [
        Licence("sql", "core", 1, applications=("erp-db",))
    ]  # an application of that name comes before a component
    assert [a.licences for a in with_licences(beside, named).applications] == [frozenset(), {"sql"}]
    assert with_licences(parts, asked) == parts
    assert with_licences(as_monolith(known), asked) == as_monolith(known)


SHAPED = {"parts": as_parts, "monolith": as_monolith}
