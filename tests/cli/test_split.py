"""``binpack split`` as a user calls it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from binpack.cli.main import main

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"
SHOP = """\
applications:
  - name: shop
    replicas: 2
    cpu: 1
    memory: 20 GiB
    components:
      - {name: web, share: 90%, cpu: 1, memory: 2 GiB, fixed: {memory: 1 GiB}}
      - {name: search, share: 10%, cpu: 1, memory: 18 GiB, fixed: {memory: 1 GiB}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> str:
    """A monolith whose search holds much memory and bears little of the load."""
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP)
    return str(path)


def test_text_says_where_splitting_begins_to_save(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The first load at which it does, the numbers at the last, and two rows for each load."""
    assert main(["split", shop, "--loads", "1,20", "-q"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert (
        "From 1x on splitting changes nothing; from 2x on it saves: at 20x 3 machines in place of 14. Proven." in text
    )
    assert text.count("whole") > text.count(" 20x whole 40 40 800 GiB 40 GiB 14 yes") == 1


def test_json_follows_its_schema_and_csv_says_the_same(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every level with both sides; rows as ``eras`` gives them."""
    assert main(["split", shop, "--loads", "5,1", "-q", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "split.json").read_text()))
    assert [level["load"] for level in found["levels"]] == [1, 5]
    assert main(["split", shop, "--loads", "5,1", "-q", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["load"], row["shape"]) for row in rows] == [(n, s) for n in "15" for s in ("whole", "split")]
    assert {level["whole"]["row"]["shape"] for level in found["levels"]} == {"monolith"}
    for row, level in zip(rows[1::2], found["levels"], strict=True):
        assert row["machines"] == str(level["split"]["row"]["machines"])
        assert row["saved"] == str(level["saved"])
    assert [row["saved"] for row in rows[::2]] == ["", ""]


def test_rented_machines_are_counted_in_dollars(shop: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Several prices: what is saved is a month's money, in text, CSV and JSON."""
    command = ["split", shop, "--machines", "m5", "--loads", "20", "-q", "--time-limit", "0.3"]
    assert main([*command, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "split.json").read_text()))
    [level] = found["levels"]
    assert level["counted_in"] == "dollars_per_month"
    costs = [level[side]["row"]["cost_per_month"] for side in ("whole", "split")]
    assert level["saved"] == pytest.approx(costs[0] - costs[1])
    assert main(command) == 0
    assert "saved: a month, less" in " ".join(capsys.readouterr().out.split())


def test_what_has_no_place_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A whole larger than a machine: exit 1, with the reason; what cannot be compared saves nothing."""
    path = tmp_path / "large.yaml"
    path.write_text(SHOP.replace("20 GiB", "70 GiB"))
    assert main(["split", str(path), "--loads", "1", "-q"]) == 1
    text = " ".join(capsys.readouterr().out.split())
    assert "unplaced 1x, whole: default/shop x 2: memory: a copy takes 70" in text
    assert "split 3 3 22 GiB 3 GiB 1 yes - - - -" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--loads", "1,-2"], "'-2'; expected times the load"),
        (["--loads", "0"], "'0'"),
        (["--loads", "1,,2"], "''"),
        (["--loads", "many"], "'many'"),
        (["--loads", "9" * 5000], "from 1 to 999999"),
        (["--era", "contaners"], "did you mean containers?"),
        (["--hardware", "2003,2010"], "binpack eras takes several"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    arguments: list[str], said: str, shop: str, refused: Callable[..., str]
) -> None:
    """Exit 2, nothing on standard output, and what was expected."""
    assert said in refused("split", shop, *arguments)


def test_manifests_are_joined_by_group(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--as-monolith`` for what knows no components; without it the error names the option."""
    path = tmp_path / "apps.yaml"
    path.write_text("applications: [{name: a, cpu: 1, memory: 1 GiB}, {name: b, cpu: 2, memory: 1 GiB}]\n")
    assert main(["split", str(path), "--as-monolith", "--loads", "1", "-q"]) == 0
    assert "default as one process" in capsys.readouterr().out
    assert main(["split", str(path), "-q"]) == 2
    assert "--as-monolith" in capsys.readouterr().err
