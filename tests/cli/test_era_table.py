"""What ``eras`` prints for people: the table at every width, the legend, colours, and commands to copy."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import shlex
import sys
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from threading import Thread

import pytest

from binpack.cli.main import main
from binpack.comparison import EraResult, Times
from binpack.era_plan import Machine, Plan
from binpack.report.colours import write_coloured
from binpack.report.era_table import era_table

ROOT = Path(__file__).resolve().parents[2]
WIDTHS = (60, 80, 90, 100, 110, 120, 160)
ERAS = ("physical", "physical_per_application", "virtual_machines", "containers", "kubernetes_on_vms")


def _row(era: str, machines: int, instances: int, cost: int | None = None) -> EraResult:
    plan = Plan(era, "parts", "optimal", (Machine("machine-1", "standard", {}, count=machines),), machines, machines)
    return EraResult(
        era=era,
        shape="parts",
        plan=plan,
        plus_one_spare=machines + 1,
        rack_units=Fraction(-(-machines // 2)),
        cabinets=1,
        nodes=0,
        virtual_machines=0,
        instances=instances,
        full_of="minimum nodes",
        full_share=None,
        utilisation={},
        overhead={"host_os": {"memory": machines << 30}},
        cost_per_month=cost,
        watts=machines * 60,
        times=Times(),
        start_words="seconds",
        updates="with 1 more machine",
        why="a rule",
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_the_table_fits_and_names_what_it_leaves_out(width: int) -> None:
    """At any width every column is shown, by its title or its short one, or named as left out; nothing is too long."""
    lines = era_table([_row(era, 640, 640) for era in ERAS], width)
    assert max(map(len, lines)) <= width
    said = " ".join(lines)
    for title in ("era", "machines", "proven", "+1", "racks", "overhead", "full of", "starts", "all", "updates", "kW"):
        assert title in said
    assert "per machine" in said or "each" in lines[0]


def test_columns_give_way_least_important_first() -> None:
    """Narrower never shows more; the era, the machines, the proof and what they are full of stay to the last."""
    rows = [_row(era, 640, 640) for era in ERAS]
    shown = [era_table(rows, width)[0].split() for width in (160, 120, 100, 80, 60, 30)]
    assert [len(titles) for titles in shown] == sorted((len(titles) for titles in shown), reverse=True)
    assert shown[-1] == ["era", "machines", "proven", "full", "of"]


def test_copies_per_machine_are_rounded() -> None:
    """640 copies on 14 machines are 46 each (45.7)."""
    [line] = [line for line in era_table([_row("virtual_machines", 14, 640)], 160) if line.startswith("virtual")]
    assert line.split()[6] == "46"


def test_the_legend_says_two_to_a_unit_only_where_they_are() -> None:
    """Machines of half a unit: two to a unit; others: rack units alone."""
    row = _row("containers", 10, 20)
    tall = EraResult(**{**row.__dict__, "rack_units": Fraction(20)})
    assert "racks: rack units, two machines to a unit" in "\n".join(era_table([row], 120))
    assert "two machines" not in "\n".join(era_table([tall], 120))


def test_colours_change_no_character() -> None:
    """Without the escape sequences the coloured text is the plain one, byte for byte."""
    text = "\n".join(era_table([_row(era, 640, 640) for era in ERAS], 100)) + "\n\nwhy      [a] rule\n"
    stream = io.StringIO()
    write_coloured(text, stream)
    assert "\x1b[" in stream.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()) == text


@pytest.fixture
def on_a_terminal(mine: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs ``binpack eras`` with a terminal of its own as standard output; what came out at the other end."""

    def run(**environment: str) -> str:
        master, slave = pty.openpty()
        found: list[bytes] = []
        reader = Thread(target=lambda: found.extend(iter(partial(_read, master), b"")))
        reader.start()
        with monkeypatch.context() as patch, open(slave, "w") as terminal:
            patch.setattr(sys, "stdout", terminal)
            for name, value in {"TERM": "xterm", **environment}.items():
                patch.setenv(name, value)
            assert main(["eras", mine, "--eras", "containers", "-q"]) == 0
        reader.join()
        os.close(master)
        return b"".join(found).decode()

    return run


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:  # Linux reports the closed other end so
        return b""


def test_colour_is_for_terminals_that_want_it(on_a_terminal: Callable[..., str]) -> None:
    """On a terminal there is colour, with NO_COLOR or TERM=dumb none."""
    coloured, without, dumb = on_a_terminal(NO_COLOR=""), on_a_terminal(NO_COLOR="1"), on_a_terminal(TERM="dumb")
    assert "\x1b[" in coloured
    assert "\x1b[" not in without + dumb
    assert without == dumb == re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert "Same machine in every era" in without


def test_next_steps_run_as_they_stand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command is one whole line with the user's own file, quoted, and the choices of this run; and it works."""
    monkeypatch.chdir(tmp_path)
    Path("my shop.yaml").write_text("applications: [{name: web, replicas: 2, cpu: 1, memory: 1 GiB}]")
    assert main(["eras", "my shop.yaml", "--copies", "2", "--machines", "m5", "-q", "--format", "json"]) == 0
    steps = json.loads(capsys.readouterr().out)["next_steps"]
    assert steps[0] == "binpack plan 'my shop.yaml' --era kubernetes --machines m5 --copies 2"
    assert main(["eras", "my shop.yaml", "--copies", "2", "--machines", "m5", "-q"]) == 0
    lines = [line[9:] for line in capsys.readouterr().out.splitlines()]
    assert [step for step in steps if step not in lines] == []
    for step in steps:
        assert main([*shlex.split(step)[1:], "-q"]) == 0


def test_the_monolith_line_has_no_comma_within_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    """Every entry between two commas is an era and its number."""
    assert main(["eras", "-q"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    listed = text.split("as one monolith, 10 copies: ")[1].split(" why ")[0]
    assert len(listed.split(", ")) == 7
    assert all(entry.split()[-1].isdigit() for entry in listed.split(", "))


def test_where_cost_decides_it_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four small machines are cheaper than one that holds everything: nothing cheaper, but smaller."""
    machines, workload = tmp_path / "machines.csv", tmp_path / "web.yaml"
    machines.write_text("name,cpu,memory,price_per_hour\nsmall,4,16 GiB,0.10\nlarge,32,128 GiB,2.00\n")
    workload.write_text("applications: [{name: web, replicas: 4, cpu: 3, memory: 1 GiB}]")
    assert main(["eras", str(workload), "--machines", str(machines), "--eras", "containers,physical", "-q"]) == 0
    text = capsys.readouterr().out
    assert "Containers need 4 machines" in text
    assert "Proven: nothing cheaper exists." in " ".join(text.split())
    assert "cost     is minimised, then machines" in text


def test_verbose_gives_each_row_its_proof_and_the_sources(capsys: pytest.CaptureFixture[str]) -> None:
    """``-v``: a line for each row with bound, proof and seconds, then where each kind of overhead comes from."""
    assert main(["eras", "mixed_estate", "--eras", "containers", "-v"]) == 0
    said = capsys.readouterr().err
    assert re.search(r"containers, parts: \d+ machines, at least \d+ by .*, (optimal|feasible), \d+\.\d\d s", said)
    assert "host_os charged by: " in said


def test_assumptions_fit_the_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """``--assumptions``: columns where there is room for them, else a paragraph for each; every source is there."""
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["eras", "--assumptions", "--eras", "containers", "-q"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert "hypervisor: kvm (option --hypervisor)" in text
    monkeypatch.setenv("COLUMNS", "400")
    assert main(["eras", "--assumptions", "--eras", "containers", "-q"]) == 0
    assert re.search(r"(?m)^assumption +value +source$", capsys.readouterr().out)


def test_csv_has_what_the_table_may_leave_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Copies per machine, overhead, starts, updates, power and racks stand in ``--format csv``, as the table says."""
    assert main(["eras", "--eras", "containers", "--shape", "parts", "--format", "csv", "-q"]) == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert main(["eras", "--eras", "containers", "--shape", "parts", "--format", "json", "-q"]) == 0
    [era] = json.loads(capsys.readouterr().out)["eras"]
    assert row["instances_per_machine"] == "213.333"
    assert int(row["overhead_memory"]) == sum(kind.get("memory", 0) for kind in era["overhead"].values())
    assert (row["starts"], row["start_seconds_low"]) == ("0.25 s", "0.25")
    for name in ("plus_one_spare", "rack_units", "watts", "updates_without_downtime"):
        assert row[name] == str(era[name])
