"""``eras --sweep`` as a user calls it."""

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
from binpack.cli.sweep_axes import POINTS, spaced

SCHEMA = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas" / "sweep.json"
ERAS = ["--eras", "physical_per_application,virtual_machines,containers"]


@pytest.fixture
def mine(tmp_path: Path) -> str:
    """Six copies of two applications."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        "applications:\n  - {name: web, replicas: 4, cpu: 2, memory: 4 GiB}\n"
        "  - {name: db, replicas: 2, cpu: 3, memory: 12 GiB}\n"
    )
    return str(path)


def swept(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What ``eras --format json`` says, which follows its schema."""
    assert main(["eras", *arguments, "--format", "json", "-q"]) in (0, 1)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    return found


def machines(eras: list[dict[str, Any]]) -> dict[str, int]:
    """Era -> machines."""
    return {era["era"]: era["machines"] for era in eras}


def test_each_value_is_the_run_with_that_option(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """At every value the eras are what ``eras`` gives when its option says the same."""
    options = {
        "load": lambda point: ["--copies", point["label"]],
        "vcpu_overcommit": lambda point: ["--vcpu-overcommit", point["label"]],
        "headroom.cpu": lambda point: ["--headroom", f"cpu={point['label']}"],
        "guest_os.linux.memory": lambda point: ["--overhead", f"guest_os.linux.memory={point['value']}"],
        "host_os.linux.cpu": lambda point: ["--overhead", f"host_os.linux.cpu={point['value']}m"],
        "overheads": lambda point: ["--overheads", point["label"]],
        "hypervisor": lambda point: ["--hypervisor", point["label"]],
        "machine": lambda point: ["--machines", point["label"]],
    }
    ranges = (
        "load=1..3,vcpu_overcommit=1..2.5,headroom.cpu=0..25%,guest_os.linux.memory=1..6GiB,host_os.linux.cpu=100..900m,"
        "overheads=low..high,hypervisor=kvm,xen,machine=standard,m5.4xlarge"
    )
    found = swept(capsys, mine, *ERAS, "--sweep", ranges, "--jobs", "1")
    assert {each["name"] for each in found["assumptions"]} == set(options)
    for each in found["assumptions"]:
        for point in (each["points"][0], each["points"][-1]):
            chosen = options[each["name"]](point)
            main(["eras", mine, *ERAS, "--shape", "parts", *chosen, "--format", "json", "-q"])
            assert machines(json.loads(capsys.readouterr().out)["eras"]) == machines(point["eras"]), each["name"]


def test_any_number_of_workers_gives_the_same(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One at a time in this process, or two at a time in others."""
    arguments = [mine, *ERAS, "--sweep", "load=1..6,headroom.memory=0..50%,overheads=low,high"]
    alone = swept(capsys, *arguments, "--jobs", "1")
    assert swept(capsys, *arguments, "--jobs", "2") == alone
    assert any(each["break_evens"] for each in alone["assumptions"])


def test_break_even_of_load_agrees_with_every_load(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Between the two loads of each break-even, neighbours, the order of the eras changes when every load is counted."""
    found = swept(capsys, mine, *ERAS, "--sweep", "load=1..5", "--jobs", "1")["assumptions"][0]
    every = swept(capsys, mine, *ERAS, "--sweep", "load=1,2,3,4,5", "--jobs", "1")["assumptions"][0]
    assert [point["value"] for point in every["points"]] == [1, 2, 3, 4, 5]
    assert found["break_evens"]
    for change in found["break_evens"]:
        assert change["above"]["value"] == change["below"]["value"] + 1
        assert change in every["break_evens"]


def test_text_is_a_page_and_csv_has_a_row_for_each_count(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The summary first, the run's own value marked; CSV with the rank of every era at every value."""
    arguments = ["eras", mine, *ERAS, "--sweep", "load=1..4,vcpu_overcommit=1..8", "--jobs", "1", "-q"]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "load matters most: from 1 to 4 the machines of an era change by" in " ".join(text.split())
    assert "\n  1 *  " in text
    assert max(map(len, text.splitlines())) <= 100
    assert main([*arguments, "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert {row["assumption"] for row in rows} == {"load", "vcpu_overcommit"}
    assert len({(row["assumption"], row["value"], row["era"]) for row in rows}) == len(rows)
    assert {row["rank"] for row in rows if row["era"] == "containers"} == {"1"}


def test_where_cost_is_sought_cost_is_compared(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Over machines of several prices eras are ranked by cost, and level where they cost the same."""
    found = swept(capsys, mine, *ERAS, "--machines", "m5", "--sweep", "load=1..2", "--jobs", "1")
    (load,) = found["assumptions"]
    assert load["compared"] == "cost"
    for point in load["points"]:
        costs = {era["era"]: era["cost_per_month"] for era in point["eras"]}
        ranks = {era["era"]: era["rank"] for era in point["eras"]}
        assert all((costs[a] < costs[b]) == (ranks[a] < ranks[b]) for a in costs for b in costs)


def test_points_of_a_range() -> None:
    """Both ends and a few between, by equal ratios or, from 0 on, by equal steps."""
    assert sorted(spaced(1, 16)) == [1, 2, 4, 8, 16]
    assert sorted(spaced(0, 400)) == [0, 100, 200, 300, 400]
    assert sorted(spaced(1, 2)) == [1, 2]
    assert len(spaced(2**28, 2**32)) == POINTS


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sweep", "luck=1..10"], "'luck'"),
        (["--sweep", "lod=1..10"], "did you mean load?"),
        (["--sweep", "load"], "ASSUMPTION=LOW..HIGH"),
        (["--sweep", ""], "ASSUMPTION=LOW..HIGH"),
        (["--sweep", "load=1..3,"], "ASSUMPTION=LOW..HIGH"),
        (["--sweep", "load=0..3"], "1 or more"),
        (["--sweep", "load=5..2"], "from low to high"),
        (["--sweep", "load=1..2,load=3"], "load twice"),
        (["--sweep", "overheads=high..low"], "from low to high"),
        (["--sweep", "overheads=low,high..typical"], "from low to high"),
        (["--sweep", "vcpu_overcommit=1..2.345"], "two decimals"),
        (["--sweep", "overheads=low..extreme"], "low, typical, high"),
        (["--sweep", "hypervisor=kvm..xen"], "kvm, esxi"),
        (["--sweep", "machine=standrd"], "standard"),
        (["--sweep", "vcpu_overcommit=0.5..2"], "at least 1"),
        (["--sweep", "vcpu_overcommit=1..many"], "at least 1"),
        (["--sweep", "headroom.cpu=0..100%"], "below 100%"),
        (["--sweep", "headroom.luck=0..10%"], "a resource of the machines"),
        (["--sweep", "guest_os.linux.memory=1..4parsec"], "such as 128 MiB"),
        (["--sweep", "runtime=runc,hyperv"], "an application for windows"),
        (["--sweep", "load=1..2", "--hardware", "2003,2010"], "one year"),
        (["--sweep", "machine=standard", "--hardware", "2010", "--cpu-of", "2020"], "--cpu-of beside it"),
        (["--jobs", "2"], "--sweep with it"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    arguments: list[str], said: str, mine: str, refused: Callable[..., str]
) -> None:
    """Exit 2, nothing on standard output, and what was expected."""
    jobs = [] if "--jobs" in arguments else ["--jobs", "1"]
    assert said in refused("eras", mine, *ERAS, *arguments, *jobs)
