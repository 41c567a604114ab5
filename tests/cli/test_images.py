"""``--images`` and bandwidths as a user calls them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest

from binpack.cli.image_arguments import bandwidth
from binpack.cli.main import main
from binpack.errors import InputError

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"
SHOP = "applications:\n  - {name: web, replicas: 9, cpu: 4, memory: 1 GiB, image: web}\n  - {name: db, cpu: 1, image: db}\n"
IMAGES = "images:\n  web: {layers: [{digest: a, size: 800 MB, compressed: 300 MB}]}\n"


@pytest.fixture
def shop(tmp_path: Path) -> list[str]:
    """A workload, and a file with the size of one of its two images."""
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "images.yaml").write_text(IMAGES)
    return [str(tmp_path / "shop.yaml"), "--images", str(tmp_path / "images.yaml")]


def test_eras_say_what_images_take(shop: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A clause in the text; JSON by its schema; columns in CSV. What is not known is named."""
    assert main(["eras", *shop, "--eras", "containers", "--registry-bandwidth", "100MB/s", "-q"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "images containers: 2.2 GiB on disks, 858 MiB pulled in 9 s (proven least)" in text
    assert "1 image has no known size and takes no disk here: db" in text
    assert main(["eras", *shop, "--eras", "containers,physical", "--format", "json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "eras.json").read_text()))
    assert [row["images"] is None for row in found["eras"] if row["shape"] == "parts"] == [False, True]
    assert main(["eras", *shop, "--eras", "containers", "--format", "csv", "-q"]) == 0
    row = next(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert (row["images_disk"], row["images_pulled"], row["images_pull_seconds"]) == ("2400000000", "900000000", "")


def test_a_plan_says_it_for_each_machine(shop: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Beside the machine's type, and as an overhead of its own."""
    assert main(["plan", *shop, "--era", "kubernetes", "-q", "--time-limit", "1"]) == 0
    assert "images 763 MiB" in capsys.readouterr().out
    assert main(["plan", *shop, "--era", "kubernetes", "-q", "--time-limit", "1", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads((SCHEMAS / "plan.json").read_text()))
    kinds = {charge["what"] for machine in found["machines"] for charge in machine["overhead"]}
    assert "images" in kinds


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("1Gbit/s", 125 * 10**6),
        ("1 Gbps", 125 * 10**6),
        ("500MB/s", 5 * 10**8),
        ("2 MiB/s", 2 << 20),
        ("800bit/s", 100),
    ],
)
def test_rates_are_in_bits_or_in_bytes(text: str, rate: int) -> None:
    """As networks are rated, or as files are measured."""
    from argparse import Namespace

    assert bandwidth(Namespace(registry_bandwidth=text, machine_bandwidth=None)).registry == rate


@pytest.mark.parametrize("text", ["fast", "0", "-1MB/s", "7bit/s", "", "1 parsec/s"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    """By the option's name."""
    from argparse import Namespace

    with pytest.raises(InputError, match="--machine-bandwidth"):
        bandwidth(Namespace(registry_bandwidth=None, machine_bandwidth=text))


def test_a_workload_and_images_cannot_both_be_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    """Either is a file."""
    assert main(["eras", "-", "--images", "-", "-q"]) == 2
    assert "standard input" in capsys.readouterr().err
