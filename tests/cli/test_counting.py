"""How ``eras`` and ``plan`` count: sizes by usage, a sign of life meanwhile, and no plan that does not add up."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numba
import pytest
from binpack_solvers.errors import CheckError
from binpack_solvers.portfolio import solve

from binpack.cli import progress
from binpack.cli.compilation import COMPILING, announced_compilation
from binpack.cli.main import main

SHOP = "applications: [{name: web, replicas: 2, cpu: 1, memory: 1 GiB}, {name: db, cpu: 2, memory: 8 GiB}]"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Two applications, beside a table of what they use."""
    (tmp_path / "usage.csv").write_text("name,cpu_p95_milli,memory_max_mib\nweb,250,512\n")
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP)
    return path


@pytest.mark.parametrize(
    "command", [["eras", "--eras", "containers", "--shape", "parts"], ["plan", "--era", "containers"]]
)
def test_usage_sizes_what_it_names(command: list[str], shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--size-by usage --usage FILE``: 250m and 512 MiB a copy of what is measured, requests for the rest."""
    usage = ["--size-by", "usage", "--usage", str(shop.parent / "usage.csv")]
    assert main([*command, str(shop), *usage, "--format", "json", "-q"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert any("db" in note for note in found["notes"])
    if command[0] == "plan":
        sizes = {i["application"]: i["requests"] for m in found["machines"] for i in m["instances"]}
        assert sizes["default/web"] == {"cpu": 250, "memory": 512 << 20}
        assert sizes["default/db"]["memory"] == 8 << 30


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--size-by", "usage"], "--size-by usage: found no --usage FILE"),
        (["--usage", "usage.csv"], "--usage: found --size-by requests"),
        (["--size-by", "usage", "--usage", "missing.csv"], "missing.csv: found no such file"),
        (["--size-by", "usage", "--usage", "bad.csv"], "bad.csv:2:2: found 'much' as cpu"),
    ],
)
def test_usage_that_does_not_read_is_one_line(
    options: list[str],
    expected: str,
    shop: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is missing or malformed is named with its place; exit 2."""
    monkeypatch.chdir(shop.parent)
    Path("bad.csv").write_text("name,cpu\nweb,much\n")
    assert main(["eras", "shop.yaml", *options, "-q"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(expected)
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("command", "verifier"),
    [(["eras"], "verify_comparison"), (["plan", "--era", "containers"], "verify_plan")],
)
def test_a_plan_that_does_not_add_up_is_one_line(
    command: list[str],
    verifier: str,
    shop: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A plan refused by the verification is not printed: one line on standard error, exit 1, no traceback."""
    monkeypatch.setattr(f"binpack.verify.{verifier}", lambda *_: ["machine-1: more than fits", "another fault"])
    assert main([*command, str(shop), "-q"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "machine-1: more than fits (and 1 more)" in said.err
    assert len(said.err.splitlines()) == 1


def test_a_packing_that_breaks_a_rule_is_one_line(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is a packing that the engine's own checker refuses."""

    def refused(*_: Any, **__: Any) -> Any:
        raise CheckError(["bin 0 holds more than it can"])

    monkeypatch.setattr("binpack.eras.packing.engine.solve", refused)
    assert main(["plan", str(shop), "--era", "containers", "-q"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("binpack: internal error: a packing does not add up and is not shown: bin 0 holds more")
    assert len(said.err.splitlines()) == 1


def test_an_era_that_is_skipped_is_bad_input(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Kubernetes on VMs on rented machines is no row: asked for alone, it is refused in a line."""
    assert main(["plan", str(shop), "--era", "kubernetes_on_vms", "--machines", "m5", "-q"]) == 2
    assert "they are VMs already" in capsys.readouterr().err


def test_progress_says_what_is_current(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """After the delay the text of that moment is said, once where it is no terminal; before it, or if quiet, nothing."""
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0.5)
    with progress.progress("loading") as say:
        say("counting containers")
        time.sleep(1.5)
        say("counting kubernetes")
    assert capsys.readouterr().err == "counting containers ...\n"
    with progress.progress("loading", quiet=True):
        time.sleep(0.6)
    monkeypatch.setattr(progress, "DELAY_SECONDS", 60)
    with progress.progress("loading"):
        pass
    assert capsys.readouterr().err == ""


def test_what_has_to_be_said_is_said_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not wait for the delay, and is not said again after it; if quiet, nothing is said."""
    monkeypatch.setattr(progress, "DELAY_SECONDS", 0.01)
    with progress.progress("loading", quiet=True) as say:
        say("compiling", at_once=True)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "DELAY_SECONDS", 60)
    with progress.progress("loading") as say:
        say("compiling", at_once=True)
        assert capsys.readouterr().err == "compiling ...\n"
        say("counting containers")
    assert capsys.readouterr().err == ""


def test_compiling_is_said_once_and_only_where_it_happens() -> None:
    """Two functions are compiled, which is said once; calling them again compiles nothing."""
    said: list[tuple[str, bool]] = []
    one, two = numba.njit(lambda x: x + 1), numba.njit(lambda x: x + 2)
    for _ in range(2):
        with announced_compilation(lambda text, at_once=False: said.append((text, at_once))):
            assert one(1) + two(1) == 5
        assert said == [(COMPILING, True)]


def test_an_interrupt_ends_the_whole_run(
    shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in one era's search, which the engine answers with its best so far, ends the command: exit 130."""

    def interrupted(*arguments: Any, **options: Any) -> Any:
        found = solve(*arguments, **options)
        found.statistics.counters["interrupted"] = 1
        return found

    monkeypatch.setattr("binpack.eras.packing.engine.solve", interrupted)
    assert main(["eras", str(shop), "-q"]) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "interrupted\n"
