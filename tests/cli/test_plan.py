"""``binpack plan`` as a user calls it: the total, equal machines together, the fullest resource, and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path

import pytest

from binpack.cli.main import main

SHOP = """\
applications:
  - {name: web, replicas: 3, cpu: 500m, memory: 1 GiB}
  - {name: db, cpu: 2, memory: 8 GiB}
"""


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """Four copies of two applications."""
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP)
    return str(path)


def _text(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["plan", *arguments, "-q"]) == 0
    return capsys.readouterr().out


def test_a_total_first_then_each_machine(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The head proves, the total adds up, each machine lists its copies; the only group is not repeated at each name."""
    text = _text([shop, "--era", "containers"], capsys)
    lines = text.splitlines()
    assert lines[0] == "shop: containers, as parts: 1 machine (proven: nothing smaller exists)"
    assert lines[2].startswith("total: 1 machine, 4 copies, 1 rack unit in 1 cabinet")
    assert "  web x 3, db" in lines or "  db, web x 3" in lines


def test_the_default_workload_is_that_of_eras(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file: the built-in data set."""
    assert _text(["--era", "containers"], capsys).startswith("Train Ticket: containers, as parts: 3 machines")


def test_the_fullest_resource_is_marked(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In the total and on each machine one line is marked, and it has the largest share."""
    blocks = _text([shop, "--era", "kubernetes"], capsys).split("\n\n")[1:]
    machines = [block for block in blocks if ": standard" in block]
    assert machines
    for block in (blocks[0], *machines):
        shares = [
            (int(line.split("%")[0].split()[-1]), line[0])
            for line in block.splitlines()
            if line[:2] in ("> ", "  ") and "% " in line
        ]
        assert [mark for _, mark in shares].count(">") == 1
        assert max(shares)[0] == next(value for value, mark in shares if mark == ">")


def test_equal_machines_stand_together(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Three machines with a copy of web are one block, which names them all; ``--all`` gives each its own."""
    text = _text([shop, "--era", "physical"], capsys)
    assert "(3 of the same): standard" in text
    assert text.count(": standard") == 2
    everything = _text([shop, "--era", "physical", "--all"], capsys)
    assert everything.count(": standard") == 4
    assert "of the same" not in everything


def test_nodes_that_are_vms_are_listed(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each VM of a machine with its size and what runs in it."""
    found = json.loads(_text([shop, "--era", "kubernetes_on_vms", "--format", "json"], capsys))
    text = " ".join(_text([shop, "--era", "kubernetes_on_vms", "--all"], capsys).split())
    names = [vm["name"] for machine in found["machines"] for vm in machine["virtual_machines"]]
    assert names
    assert [name for name in names if f"{name}, VM of " not in text] == []


def test_csv_adds_up(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Per machine: copies, overhead and free room are the machine's capacity, for every resource; all copies are there."""
    found = json.loads(_text([shop, "--era", "kubernetes_on_vms", "--format", "json"], capsys))
    rows = list(csv.DictReader(io.StringIO(_text([shop, "--era", "kubernetes_on_vms", "--format", "csv"], capsys))))
    resources = list(found["machines"][0]["capacity"])
    for machine in found["machines"]:
        own = [row for row in rows if row["machine"] == machine["name"]]
        for resource in resources:
            total = sum(int(row[resource] or 0) * int(row["copies"] or 1) for row in own)
            assert total == machine["capacity"][resource]
    copies = Counter[str]()
    for row in rows:
        if row["kind"] == "application":
            copies[row["name"]] += int(row["copies"]) * int(row["machines"])
    assert copies == {"default/web": 3, "default/db": 1}


def test_what_has_no_place_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The honest answer is no: exit 1, the application, the reason and the nearest machine."""
    path = tmp_path / "big.yaml"
    path.write_text("applications: [{name: big, cpu: 64, memory: 1 GiB}, {name: web, cpu: 1, memory: 1 GiB}]")
    assert main(["plan", str(path), "--era", "containers", "-q"]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "(not everything fits)" in text
    assert "unplaced default/big x 1: cpu: a copy takes 64, " in text
    assert "(nearest machine: standard)" in text


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_lines_fit_the_terminal(
    width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, places and contents are wrapped; the use of a machine takes no more than 80 columns."""
    monkeypatch.setenv("COLUMNS", width)
    text = _text(["--era", "kubernetes_on_vms"], capsys)
    assert max(map(len, text.splitlines())) <= max(80, int(width))
