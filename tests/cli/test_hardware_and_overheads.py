"""``--hardware`` and the options of overheads as a user calls them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from binpack.cli.main import main

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"
YEARS = ["--hardware", "2003,2010,2024"]


def rows(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, str]]:
    """The rows of ``eras --format csv``."""
    assert main(["eras", *arguments, "--format", "csv", "-q"]) in (0, 1)
    return list(csv.DictReader(io.StringIO(capsys.readouterr().out)))


def test_the_physical_era_is_the_same_count_and_ever_less_used(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A machine for each copy, whatever the year; what a copy leaves unused grows with the machines."""
    found = rows(capsys, mine, "--eras", "physical", *YEARS)
    assert [row["alternative"] for row in found] == ["2003", "2010", "2024"]
    assert [row["machines"] for row in found] == ["4"] * 3
    for used in ("cpu_used", "memory_used"):
        shares = [float(row[used]) for row in found]
        assert shares == sorted(shares, reverse=True)
        assert len(set(shares)) == 3


def test_old_machines_are_said_to_run_the_systems_of_today(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for one year and for several, none where machines are as new as the systems; low amounts fit in old ones."""
    parts = [mine, "--shape", "parts", "-q"]
    for years, said in (("2003", True), ("2003,2010", True), ("2024", False)):
        assert main(["eras", *parts, "--hardware", years, "--eras", "containers"]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert ("is of about 2021 on older machines too" in text) == said
    for level, placed in (("typical", "0"), ("low", "4")):
        [row] = rows(capsys, *parts, "--hardware", "2003", "--eras", "virtual_machines", "--overheads", level)
        assert row["instances"] == placed


def test_years_as_text_name_their_machines(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each year's machine, which year it is really of, what is not one's own, and a row for each era and year."""
    assert main(["eras", mine, *YEARS, "--eras", "physical,containers", "-q"]) == 0
    text = capsys.readouterr().out
    assert "2003  dell-poweredge-1655mc of 2002: 2 threads, 2 GiB as listed, 1/2 rack unit\n" in text
    assert "disk is no limit; --machines FILE for yours\n" in text
    assert "$/month" not in text
    assert text.count("physical ") == text.count("containers ") == 3


def test_years_as_json_follow_their_schema(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A comparison for each year, each as ``eras`` gives it."""
    assert main(["eras", mine, *YEARS, "--format", "json", "-q", "--eras", "containers"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "machine_choices.json").read_text()))
    for year in found["alternatives"]:
        jsonschema.validate(year["comparison"], json.loads((SCHEMAS / "eras.json").read_text()))


def test_a_benchmarks_disk_is_no_limit(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The server of 2010 was tested with 50 GB: guests of 40 GiB are as many on it as guests without a disk."""
    counts = [
        [row["machines"] for row in rows(capsys, mine, "--hardware", "2010", "--shape", "parts", "--overhead", disk)]
        for disk in ("guest_os.linux.disk=0", "guest_os.linux.disk=40GiB")
    ]
    assert counts[0] == counts[1]


def test_one_year_is_a_machine_like_any_other(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One year gives the ordinary table, and the assumptions say where the machine comes from."""
    assert main(["eras", mine, "--hardware", "2010", "--eras", "physical", "--assumptions", "-q"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "Same machine in every era: 24 threads, 12 GiB, dell-poweredge-r610" in text
    assert "SPECpower_ssj2008" in text
    assert main(["plan", mine, "--era", "physical", "--hardware", "2010", "-q"]) == 0


def test_cpu_of_another_year_takes_more_of_a_slower_thread(
    mine: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a thread of 2020 is more than half a thread of 2006, and itself in 2020."""
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["eras", mine, "--hardware", "2006,2020", "--cpu-of", "2020", "--eras", "containers", "-q"]) in (0, 1)
    lines = capsys.readouterr().out.splitlines()
    asked = {line[:4]: float(line.split("; ")[1].split()[0]) for line in lines if line.endswith("CPU requested")}
    assert asked["2020"] == 2.5 < asked["2006"]


def test_by_speed_a_year_has_the_nearest_server_that_was_measured(
    mine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No source gives the speed of the servers of 2002 and 2022: those of 2005 and 2021 stand for 2003 and 2024."""
    chosen = ["--hardware", "2003,2024", "--eras", "containers", "-q"]
    for more, years in (([], ("2002", "2022")), (["--cpu-of", "2010"], ("2005", "2021"))):
        assert main(["eras", mine, *chosen, *more]) in (0, 1)
        heads = [line for line in capsys.readouterr().out.splitlines() if " rack unit" in line and " of 20" in line]
        assert tuple(line.split(" of ")[1][:4] for line in heads) == years


def test_a_machine_that_its_own_system_overfills_holds_nothing(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The server of 2004 has a GiB, as much as a host OS takes today: nothing fits in any era, which is the answer."""
    found = rows(capsys, mine, "--hardware", "2004", "--shape", "parts")
    assert {row["machines"] for row in found} == {"0"}
    assert rows(capsys, mine, "--hardware", "2004", "--eras", "physical", "--overhead", "host_os.linux.memory=256MiB")


def test_machines_to_a_rack_unit(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Two of the default machine, as many as are asked for, and of a server of 2010 as well."""
    counts = {
        arguments: rows(capsys, mine, "--eras", "physical", "--shape", "parts", *arguments)[0]["rack_units"]
        for arguments in [(), ("--machines-per-unit", "1"), ("--machines-per-unit", "4", "--hardware", "2010")]
    }
    assert list(counts.values()) == ["2", "4", "1"]


@pytest.mark.parametrize(
    ("cabinet", "cabinets"), [("", "1"), ("kw=0.15", "3"), ("units=1", "4"), ("kw=1/20,units=1", "8")]
)
def test_cabinets(cabinet: str, cabinets: str, mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As many as the machines' units and watts at full load fill, counted again by the checker."""
    types = tmp_path / "types.yaml"
    machine = "{name: box, cpu: 4, memory: 16 GiB, rack_units: 1/2, watts_idle: 10, watts_full: 50}"
    types.write_text(f"machines: [{machine}]", encoding="utf-8")
    given = ["--cabinet", cabinet] if cabinet else []
    [row] = rows(
        capsys, mine, "--eras", "physical", "--shape", "parts", "--machines", str(types), "--copies", "2", *given
    )
    assert (row["machines"], row["cabinets"]) == ("8", cabinets)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--machines", "m5", "--cabinet", "kw=5"], "racked machines; rented ones are in no rack"),
        (["--cabinet", "amps=30"], "kw and units"),
        (["--cabinet", "kw=5,kw=6"], "each at most once"),
        (["--cabinet", "kw=0"], "more than 0 kilowatts"),
        (["--cabinet", "units=1.5"], "a whole number from 1 to 1000"),
        (["--cabinet", "kw"], "NAME=NUMBER"),
        (["--hardware", "2010", "--cabinet", "kw=0.1"], "at most 100 W in a cabinet; --cabinet kw=..."),
        (["--hardware", "soon"], "'soon'"),
        (["--hardware", "2003,"], "such as 2003"),
        (["--hardware", "1950"], "1992 to 2032"),
        (["--hardware", "2003", "--machines", "aws"], "--machines beside it"),
        (["--cpu-of", "2010"], "--hardware with it"),
        (["--hardware", "1994", "--cpu-of", "2010"], "1995 to 2031"),
        (["--machines", "m5", "--machines-per-unit", "2"], "racked machines"),
        (["--machines-per-unit", "0"], "1 or more"),
        (["--runtime", "hyperv"], "an application for windows"),
        (["--runtime", "gvisor"], "gvisor"),
        (["--guest-os", "windowsnt"], "--guest-os"),
        (["--cpu-efficiency", "vm"], "LAYER=SHARE"),
        (["--cpu-efficiency", "vm=150"], "vm=150"),
        (["--overheads", "none"], "none"),
        (["--overhead", "host_os.linux.memory"], "NAME=AMOUNT"),
        (["--overhead", "host_os.linux.ram=1GiB"], "host_os.linux.ram"),
        (["--overhead", "host_os.linux.memory=1 parsec"], "such as 128 MiB"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    arguments: list[str], said: str, mine: str, refused: Callable[..., str]
) -> None:
    """Exit 2, nothing on standard output, and the option with what it expects."""
    assert said in refused("eras", mine, *arguments)


def test_a_plan_is_of_one_year(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Several years are a comparison."""
    assert main(["plan", mine, "--era", "physical", *YEARS]) == 2
    assert "binpack eras takes several" in capsys.readouterr().err
