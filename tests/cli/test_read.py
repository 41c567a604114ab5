"""``binpack read``: the project's own YAML of whatever was read, which counts as the original does."""

from __future__ import annotations

from pathlib import Path

import pytest

from binpack.cli.main import main

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
COMPOSE = """\
services:
  web: {image: "web:1", deploy: {replicas: 3, resources: {limits: {cpus: "0.5", memory: 256M}}}}
  watch: {image: watch, deploy: {mode: global, resources: {reservations: {memory: 64M}}}}
  db: {image: db, ports: [{published: 5432, target: 5432, mode: host}]}
"""


def _counts(path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["eras", str(path), "--format", "csv", "-q"]) == 0
    return capsys.readouterr().out.splitlines()


def _written(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["read", str(path), "-q"]) == 0
    return capsys.readouterr().out


def test_what_is_written_counts_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Limits that stand in, agents and host ports among it: every row of ``eras`` is that of the original."""
    original, copy = tmp_path / "compose.yaml", tmp_path / "copy.yaml"
    original.write_text(COMPOSE)
    copy.write_text(_written(original, capsys))
    assert _counts(copy, capsys) == _counts(original, capsys)


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")
@pytest.mark.parametrize(
    "name", ["manifests/online-boutique.yaml", "manifests/sock-shop.yaml", "compose/train-ticket.quickstart.yml"]
)
def test_real_files_count_the_same(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So it is for manifests and Compose files of real projects."""
    copy = tmp_path / "copy.yaml"
    copy.write_text(_written(DATA / name, capsys))
    assert _counts(copy, capsys) == _counts(DATA / name, capsys)


def test_an_application_is_a_line_and_notes_are_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """To edit it: one line each on standard output; what was left out on standard error."""
    path = tmp_path / "compose.yaml"
    path.write_text(COMPOSE + "  debug: {image: d, profiles: [debug]}\n")
    assert main(["read", str(path)]) == 0
    said = capsys.readouterr()
    assert [line.split("{name: ")[1].split(",")[0] for line in said.out.splitlines()[2:]] == ["web", "watch", "db"]
    assert said.err == "services of profiles are left out: debug\n"
