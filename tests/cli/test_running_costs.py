"""What machines cost, as a user asks for it: purchase, years, energy; and what makes no sense."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from eras.estates import BOX, app, rows

from binpack.cli.main import main
from binpack.machines.licence import licences_of_rent
from binpack.machines.machine_type import MachineType
from binpack.machines.ownership import Ownership
from binpack.report.json import era_json, plan_json
from binpack.verify import verify_row
from binpack.verify.facts import Facts

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"
BOUGHT = ["--purchase-price", "6000", "--energy-price", "0.25"]


def eras(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """``eras --format json``, held against its schema."""
    assert main(["eras", *arguments, "--shape", "parts", "--format", "json", "-q"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "eras.json").read_text()))
    return found


def test_a_machine_is_paid_over_years_and_draws_power(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """6,000 dollars over 5 years are 100 a month and machine, whatever it does; PUE multiplies the energy alone."""
    [row] = eras(capsys, mine, "--eras", "physical", *BOUGHT)["eras"]
    [other] = eras(capsys, mine, "--eras", "physical", *BOUGHT, "--pue", "2", "--years", "10")["eras"]
    assert row["costs"]["machines"] == 4 * 100
    assert other["costs"]["machines"] == 4 * 50
    assert other["costs"]["energy"] == pytest.approx(2 * row["costs"]["energy"], abs=1e-5)
    assert row["cost_per_month"] == pytest.approx(sum(row["costs"].values()))


def test_text_and_csv_show_the_parts(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each era below the table; a column for each part, empty where nothing is known."""
    assert main(["eras", mine, "--eras", "containers", "--shape", "parts", *BOUGHT, "-q"]) == 0
    assert "a month  containers: machines $100, energy $" in capsys.readouterr().out
    assert main(["plan", mine, "--era", "containers", *BOUGHT, "-q"]) == 0
    assert " a month (machines $100, energy $" in " ".join(capsys.readouterr().out.split())
    assert main(["eras", mine, "--eras", "containers", "--shape", "parts", "--format", "csv", "-q"]) == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["cost_per_month"], row["cost_of_machines"], row["cost_of_energy"]) == ("", "", "")


def test_a_machine_file_has_prices_of_its_own(mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A column of a table; the command line goes before it; a machine is bought or rented, not both."""
    table = tmp_path / "own.csv"
    table.write_text("name,cpu,memory_gib,purchase_price\nbox,16,64,1200\n")
    given = ("--machines", str(table), "--years", "1")
    [row] = eras(capsys, mine, "--eras", "containers", *given)["eras"]
    assert row["cost_per_month"] == 100
    [row] = eras(capsys, mine, "--eras", "containers", *given, "--purchase-price", "box=2400")["eras"]
    assert row["cost_per_month"] == 200
    table.write_text("name,cpu,memory_gib,purchase_price,price_per_hour\nbox,16,64,1200,0.1\n")
    assert main(["eras", mine, "--machines", str(table), "-q"]) == 2
    assert "purchase_price of one's own" in capsys.readouterr().err


def test_windows_on_rented_machines_has_its_price(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That of the catalogue, from a surcharge for each vCPU, or a file's own column; with its source among assumptions."""
    old = tmp_path / "old.yaml"
    old.write_text("applications: [{name: old, os: windows, replicas: 2, cpu: 1, memory: 4 GiB}]\n")
    table = tmp_path / "own.csv"
    table.write_text("name,provider,cpu,memory_gib,price_per_hour,windows_price_per_hour\nbox,aws,16,64,0.4,1\n")
    for machine, hourly in (("m6a.2xlarge", 0.3456 + 8 * 0.046), (str(table), 1)):
        found = eras(capsys, str(old), "--machines", machine, "--eras", "virtual_machines,containers")
        for row in found["eras"]:
            assert row["cost_per_month"] == pytest.approx(730 * hourly * row["machines"])
        [stated] = [a for a in found["assumptions"] if a["name"].endswith("with Windows")]
        assert stated["value"].startswith(f"{hourly:g} an hour")
    assert main(["eras", str(old), "--machines", "t3.large", "--eras", "containers", "--shape", "parts", "-q"]) == 0
    assert "only the price with Linux is known of t3.large" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("change", [{"cost_per_month": 1}, {"units": 2}])
def test_a_rent_with_windows_that_is_not_the_machines_is_refused(change: dict[str, int]) -> None:
    """The checker has the price of each type, and counts the machines that run Windows."""
    old = app("old", 2, os="windows")
    hired = MachineType("box", BOX.capacity, provider="aws", price=100_000, windows_price=184_000)
    row = rows([old], ("containers",), hired)["containers"]
    facts = Facts({old.key: old}, {"box": hired}, licences=licences_of_rent([hired], {"windows"}))
    plan, good = plan_json(row.plan, row.cost_per_month, row.costs), era_json(row)
    assert verify_row(good, plan, facts) == []
    bad = copy.deepcopy(good)
    bad["licences"][0] |= change
    assert verify_row(bad, plan, facts)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--energy-price", "0.2"], "no machine with a purchase price"),
        (["--years", "3"], "no machine with a purchase price"),
        (["--purchase-price", "box=1"], "the price of box"),
        (["--purchase-price", "1", "--machines", "m5"], "there is none"),
        (["--purchase-price", "-1"], "at least 0"),
        (["--purchase-price", "1", "--pue", "0.9", "--energy-price", "1"], "at least 1"),
        (["--purchase-price", "1", "--pue", "1.2"], "no --energy-price"),
        (["--purchase-price", "much"], "a number"),
        (["--carbon", "-1"], "at least 0"),
        (["--pue", "1.3"], "--energy-price or --carbon"),
        (["--side-by-side"], "neither curves nor times"),
        (["--side-by-side", "--machines", "m5,c5", "--sweep", "load=1..2"], "--side-by-side beside it"),
        (["--purchase-price", "1", "--energy-price", "0.1234567"], "six decimals"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    arguments: list[str], said: str, mine: str, refused: Callable[..., str]
) -> None:
    """Exit 2, nothing on standard output, and the option with what it expects."""
    assert said in refused("eras", mine, *arguments)


def test_carbon_is_of_the_energy_drawn(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Grams for each of the month's kWh, the building's share included; null unless asked for, and of rented machines."""
    [row] = eras(capsys, mine, "--eras", "physical", "--carbon", "400", "--pue", "1.5")["eras"]
    assert row["carbon_grams_per_month"] == pytest.approx(row["watts"] * 0.73 * 1.5 * 400, rel=0.01)
    for other in (["--carbon", "400", "--machines", "m5"], []):
        [row] = eras(capsys, mine, "--eras", "containers", *other)["eras"]
        assert row["carbon_grams_per_month"] is None
    assert main(["eras", mine, "--eras", "physical", "--shape", "parts", "--carbon", "400", "-q"]) == 0
    assert "kg CO2" in capsys.readouterr().out
    assert main(["plan", mine, "--era", "physical", "--carbon", "400", "-q"]) == 0
    assert "kg of CO2 a month" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("part", ["machines", "energy", "watts", "total", "carbon"])
def test_a_bill_that_does_not_add_up_is_refused(part: str, mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The checker counts the money and the watts again from the plan."""
    [row] = eras(capsys, mine, "--eras", "containers", *BOUGHT, "--carbon", "400")["eras"]
    assert main(["plan", mine, "--era", "containers", *BOUGHT, "--format", "json", "-q"]) == 0
    plan = json.loads(capsys.readouterr().out)
    kind = MachineType(
        "standard", plan["machines"][0]["capacity"], rack_units=Fraction(1, 2), purchase_price=6_000_000_000
    )
    lit = MachineType(**{**vars(kind), "watts_idle": Fraction("17.9"), "watts_full": Fraction("70.5")})
    assert plan["costs"] == row["costs"]
    facts = Facts({}, {"standard": lit}, ownership=Ownership(energy_price=250_000, carbon=Fraction(400)))
    assert verify_row(row, plan, facts) == []
    bad = copy.deepcopy(row)
    if part in bad["costs"]:
        bad["costs"][part] += 0.000001
    else:
        bad[{"watts": "watts", "total": "cost_per_month", "carbon": "carbon_grams_per_month"}[part]] += 1
    assert len(verify_row(bad, plan, facts)) == 1


def test_one_workload_on_machines_of_ones_own_and_of_providers(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each era and choice, each with its own machines and cost; Kubernetes on VMs only where VMs are made."""
    asked = [
        mine,
        "--machines",
        "standard,aws,gcp",
        "--side-by-side",
        "--eras",
        "containers,kubernetes_on_vms",
        *BOUGHT,
    ]
    assert main(["eras", *asked, "--format", "csv", "-q"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["era"], row["alternative"]) for row in rows] == [
        ("containers", "standard"),
        ("kubernetes_on_vms", "standard"),
        ("containers", "aws"),
        ("containers", "gcp"),
    ]
    assert [row["machine"] for row in rows] == ["standard", "standard", "", ""]
    assert all(float(row["cost_per_month"]) > 0 for row in rows)


def test_side_by_side_as_text_and_json(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Cost is ``-`` where no price is known; each comparison is as ``eras`` gives it, with the machines it was made on."""
    asked = [mine, "--machines", "standard", "--machines", "m5", "--side-by-side", "--eras", "containers"]
    assert main(["eras", *asked, "-q"]) == 0
    own, hired = [line for line in capsys.readouterr().out.splitlines() if line.startswith("containers")]
    assert own.split()[:3] == ["containers", "standard", "1"]
    assert own.split()[-4:] == ["-", "cpu", "1", "standard"]
    assert "m5" in hired
    assert "$" in hired
    assert main(["eras", *asked, "--format", "json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "machine_choices.json").read_text()))
    assert [each["name"] for each in found["alternatives"]] == ["standard", "m5"]
    for each in found["alternatives"]:
        jsonschema.validate(each["comparison"], json.loads((SCHEMAS / "eras.json").read_text()))
