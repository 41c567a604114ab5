"""``eras``, ``plan`` and ``machines`` as a user calls them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from binpack.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "binpack" / "cli" / "schemas"
DATA = ROOT.parent / "shared" / "data"
MINE = """\
workload: shop
applications:
  - {name: web, replicas: 3, cpu: 500m, memory: 1 GiB}
  - {name: db, cpu: 2, memory: 8 GiB}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A small workload of the project's own form."""
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    return path


def _json(capsys: pytest.CaptureFixture[str], name: str) -> dict[str, Any]:
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / f"{name}.json").read_text()))
    return found  # type: ignore[no-any-return]


def test_the_default_run_tells_the_story(capsys: pytest.CaptureFixture[str]) -> None:
    """With no argument: headline, every era, monoliths, why, assumptions and what to try next; all of it proven."""
    assert main(["eras", "-q"]) == 0
    text = capsys.readouterr().out
    assert "Train Ticket: 64 x 10 copies = 640 instances" in text
    assert "a machine for each copy 640. Proven" in text
    for word in (
        "physical",
        "virtual machines",
        "Docker Swarm",
        "Kubernetes on VMs",
        "as one monolith",
        "why",
        "assumed",
        "next",
    ):
        assert word in text


@pytest.mark.parametrize("width", ["80", "120"])
def test_the_table_fits_the_terminal(
    width: str, mine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is longer than the terminal is wide."""
    monkeypatch.setenv("COLUMNS", width)
    assert main(["eras", str(mine), "-q"]) == 0
    paths = str(mine)  # a path longer than the terminal cannot be broken
    table = [line for line in capsys.readouterr().out.splitlines() if paths not in line]
    assert len(table) > 14
    assert [line for line in table if len(line) > int(width)] == []


def test_json_follows_its_schema(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``eras --format json`` has a row for every era and shape, with integers for amounts."""
    assert main(["eras", str(mine), "--format", "json", "-q"]) == 0
    found = _json(capsys, "eras")
    assert len(found["eras"]) == 14
    assert found["instances"] == 4


def test_plan_json_follows_its_schema(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``plan --format json`` names every pod in an order for the scheduler."""
    assert main(["plan", str(mine), "--era", "kubernetes", "--format", "json", "-q"]) == 0
    found = _json(capsys, "plan")
    assert sorted(found["order"]) == ["default/db-0", "default/web-0", "default/web-1", "default/web-2"]


def test_csv_has_a_line_per_row(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One header and fourteen rows."""
    assert main(["eras", str(mine), "--format", "csv", "-q"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 15


def test_what_does_not_fit_is_named_and_exits_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The honest answer is no: the application, the reason, the nearest machine."""
    path = tmp_path / "big.yaml"
    path.write_text("applications:\n  - {name: big, cpu: 64, memory: 1 GiB}\n  - {name: web, cpu: 1, memory: 1 GiB}\n")
    assert main(["eras", str(path), "-q"]) == 1
    text = capsys.readouterr().out
    assert "unplaced default/big x 1" in text
    assert "nearest machine: standard" in text


def test_rented_machines_show_a_cost(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a cloud's machines there is a price and no rack."""
    assert main(["eras", str(mine), "--machines", "m5", "-q", "--time-limit", "2"]) == 0
    text = capsys.readouterr().out
    assert "$/month" in text
    assert "racks" not in text.splitlines()[5]


def test_machines_lists_the_catalogue(capsys: pytest.CaptureFixture[str]) -> None:
    """By provider and as JSON that follows its schema."""
    assert main(["machines", "aws", "--format", "json"]) == 0
    found = _json(capsys, "machines")
    assert found["machines"]
    assert all(machine["provider"] == "aws" for machine in found["machines"])


BAD = {
    "broken YAML": ("a.yaml", "applications:\n  - {name: web, cpu: 1\n", "a.yaml:"),
    "unknown unit": ("a.yaml", "applications:\n  - {name: web, cpu: 1, memory: 1 parsec}\n", "a.yaml:2:"),
    "negative": ("a.yaml", "applications:\n  - {name: web, cpu: -1, memory: 1 GiB}\n", "a.yaml:2:"),
    "overflow": ("a.yaml", "applications:\n  - {name: web, cpu: 1, memory: 99999999999 GiB}\n", "a.yaml:2:"),
    "replicas no number": ("a.yaml", "applications:\n  - {name: web, replicas: many, cpu: 1}\n", "a.yaml:2:"),
    "unknown key": ("a.yaml", "applications:\n  - {name: web, cpus: 1}\n", "did you mean 'cpu'"),
    "empty": ("a.yaml", "", "empty"),
    "nothing to place": ("a.yaml", "applications: []\n", "nothing to place"),
    "foreign": ("a.yaml", "colour: blue\n", "a document with colour"),
    "column missing": ("a.csv", "name,cpu\nweb,1\n", "a.csv:1:1"),
    "bad cell": ("a.csv", "name,cpu,memory\nweb,1,much\n", "a.csv:2:3"),
    "compose memory": ("c.yaml", "services:\n  web:\n    mem_limit: 1parsec\n", "c.yaml:3:"),
    "compose replicas": ("c.yaml", "services:\n  web:\n    deploy: {replicas: many}\n", "c.yaml:3:"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_line_and_exit_2(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where, what was found, what was expected; nothing on standard output."""
    name, text, expected = BAD[case]
    path = tmp_path / name
    path.write_text(text)
    assert main(["eras", str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert expected in said.err
    assert len(said.err.splitlines()) == 1


def test_a_binary_file_and_a_missing_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both are refused in one line."""
    path = tmp_path / "picture.yaml"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9)
    assert main(["eras", str(path)]) == 2
    assert main(["eras", str(tmp_path / "missing.yaml")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_billion_laughs_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Aliases that stand for more values than memory holds are refused without expanding them."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 9)}]" for k in range(1, 12)]
    path = tmp_path / "laughs.yaml"
    path.write_text("\n".join(lines))
    assert main(["eras", str(path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--headroom", "cpu"],
        ["--headroom", "cpu=120%"],
        ["--headroom", "colour=10%"],
        ["--vcpu-overcommit", "0.5"],
        ["--machines", "nowhere"],
        ["--eras", "x"],
    ],
)
def test_options_that_make_no_sense(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The option is named, exit 2."""
    assert main(["eras", *arguments]) == 2
    assert arguments[0].lstrip("-")[:3] in capsys.readouterr().err


def test_a_closed_pipe_is_quiet(mine: Path) -> None:
    """``binpack eras --format json | head -1`` says nothing on standard error."""
    command = f"{sys.executable} -m binpack eras {mine} --format json -q | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout.strip() == "{"
    assert done.stderr == ""


def _real_files() -> list[Path]:
    return sorted(p for folder in ("manifests", "compose") for p in (DATA / folder).rglob("*") if p.is_file())


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")
def test_every_real_file_is_a_plan_or_a_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    """No manifest and no Compose file crashes the reader or an era."""
    answers = {0: 0, 1: 0, 2: 0}
    for path in _real_files():
        status = main(["eras", str(path), "-q", "--format", "csv"])
        said = capsys.readouterr()
        answers[status] += 1
        assert (status == 2) == bool(said.err), path
    assert answers[0] >= 40


PROVEN = ("online-boutique.yaml", "deathstarbench-hotel.yaml", "sock-shop.yaml", "kube-prometheus.yaml")


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")
@pytest.mark.parametrize("name", [*PROVEN, "train-ticket"])
def test_real_manifests_are_proven(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """All eras and both shapes of these are proven minimal."""
    folder = DATA / "manifests"
    paths = (
        [str(folder / f"train-ticket-part{k}.yaml") for k in (1, 2, 3)]
        if name == "train-ticket"
        else [str(folder / name)]
    )
    assert main(["eras", *paths, "-q", "--format", "json"]) == 0
    rows = _json(capsys, "eras")["eras"]
    assert len(rows) == 14
    assert {row["status"] for row in rows} == {"optimal"}
