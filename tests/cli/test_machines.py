"""``binpack machines`` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from binpack.cli.main import main
from binpack.machines.catalogue import load_catalogue, select_machines
from binpack.machines.own_machines import read_machines

SCHEMA = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas" / "machines.json"


def test_without_a_name_there_is_an_overview(capsys: pytest.CaptureFixture[str]) -> None:
    """The default machine, each provider with its families, the servers: on one screen."""
    assert main(["machines"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) < 20
    for word in ("standard", "aws", "azure", "gcp", "servers", "m5"):
        assert word in text


def test_json_holds_every_machine_and_keeps_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get everything, without a name too; what is unknown is null, not 0."""
    assert main(["machines", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    assert [m["name"] for m in found["machines"]] == [m.name for m in load_catalogue().machines]
    assert found["machines"][0]["price_per_hour"] is None
    assert found["machines"][0]["rack_units"] == "1/2"


def test_one_machine_is_shown_in_full_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    """Price, memory and where the figures come from."""
    assert main(["machines", "m5.large"]) == 0
    text = capsys.readouterr().out
    for words in ("8 GiB", "$0.096 an hour", "us-east-1", "max pods   29", "pricing_aws.go"):
        assert words in text


def test_a_family_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each type and one above."""
    assert main(["machines", "m5"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(select_machines(["m5"]))


@pytest.mark.parametrize("name", ["aws", "servers", "openb_nodes"])
def test_csv_reads_again(name: str, tmp_path: Path) -> None:
    """The CSV is a file for --machines that stands for the same machines."""
    file = tmp_path / "machines.csv"
    assert main(["machines", name, "--format", "csv", "-o", str(file)]) == 0
    assert read_machines(str(file)) == select_machines([name])


def test_an_unknown_name_is_bad_input(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 2 and one line that names the nearest."""
    assert main(["machines", "m5.lage"]) == 2
    streams = capsys.readouterr()
    assert not streams.out
    assert streams.err.count("\n") == 1
    assert "m5.large" in streams.err
