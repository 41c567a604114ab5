"""The server that stands for a year, and the speed of its threads."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.machines.catalogue import default_machine, load_catalogue, servers
from binpack.machines.hardware import machine_of_year, measured_machine_of_year, speed_ratio
from binpack.machines.machine_type import DEFAULT_DISK
from binpack.units import CPU, DISK, GIB, MEMORY

YEARS = sorted({int(server.family) for server in servers()})


@given(st.integers(YEARS[0] - 10, YEARS[-1] + 10))
def test_no_year_on_record_is_nearer(year: int) -> None:
    """The nearest year with a server, the earlier of two, and none of that year is lower."""
    machine = machine_of_year(year)
    found = int(machine.family)
    assert all((abs(found - year), found) <= (abs(other - year), other) for other in YEARS)
    assert all(s.rack_units >= machine.rack_units for s in servers() if s.family == machine.family)  # type: ignore[operator]
    assert machine.source.startswith(machine.family)
    assert str(year) in machine.source.split(":")[0]


def test_the_machine_is_in_the_middle() -> None:
    """Of the servers of a year that are as low, as many have fewer threads as have more, or one less."""
    for year in YEARS:
        machine = machine_of_year(year)
        low = [s for s in servers() if s.family == str(year) and s.rack_units == machine.rack_units]
        sizes = sorted((s.capacity[CPU], s.capacity[MEMORY]) for s in low)
        assert sizes[len(sizes) // 2] == (machine.capacity[CPU], machine.capacity[MEMORY])


def test_known_machines() -> None:
    """2003 is answered by a blade of 2002, two to a unit; disk is no limit, whatever drive a benchmark had."""
    machine = machine_of_year(2003)
    assert (machine.name, machine.family, machine.rack_units) == ("dell-poweredge-1655mc", "2002", Fraction(1, 2))
    assert machine.capacity[MEMORY] == 2 * GIB
    assert machine.watts_full is None
    assert "nearest to 2003" in machine.source
    for found in (machine, machine_of_year(2010), measured_machine_of_year(2010)):
        assert DISK not in found.capacity
        assert found.source.endswith("memory as listed, disk as much as is asked for")
        assert "stated parameter" not in found.source
    assert machine_of_year(2010).capacity[CPU] == 24_000


def test_a_server_by_name_has_its_disk() -> None:
    """The one of its source, or the stated one where no source gives any."""
    disks = {machine.name: machine.capacity[DISK] for machine in load_catalogue().group("servers")}
    assert disks["dell-poweredge-r610"] == 50 * 10**9
    assert disks["dell-poweredge-1655mc"] == DEFAULT_DISK


def test_threads_became_faster() -> None:
    """By SPECpower's own figures a thread of 2010 does the work of seven of 2005, and the ratio is exact."""
    old, new = measured_machine_of_year(2005), measured_machine_of_year(2010)
    assert old.ssj_ops == 86_082
    ratio = speed_ratio(new, old)
    assert ratio == Fraction(new.ssj_ops or 0, new.capacity[CPU]) / Fraction(86_082, 16_000)
    assert 6 < ratio < 8
    assert speed_ratio(old, new) * ratio == 1 == speed_ratio(old, old)


def test_what_has_not_been_measured_is_no_reference() -> None:
    """No speed is made up: the machine is named, and the years that were measured."""
    for unmeasured in (machine_of_year(2003), replace(default_machine(), ssj_ops=None)):
        with pytest.raises(InputError, match=r"speed no source gives.*2005 to 2021"):
            speed_ratio(measured_machine_of_year(2010), unmeasured)


@pytest.mark.parametrize("year", [1950, 2100])
def test_a_year_far_from_all_is_refused(year: int) -> None:
    """The message says which years can be answered."""
    with pytest.raises(InputError, match="1992 to 2032"):
        machine_of_year(year)
