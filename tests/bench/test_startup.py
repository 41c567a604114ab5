"""What starting costs: the table, the sources of a cold run, and a command that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.startup import run


def test_a_line_for_each_command_with_its_median() -> None:
    """The median of CPU and wall seconds, and the range of the first."""
    rows = {"--help": [{"cpu": 0.1, "wall": 0.3}, {"cpu": 0.3, "wall": 0.5}, {"cpu": 0.2, "wall": 0.9}]}
    assert run.lines(rows)[1].split() == ["--help", "3", "0.20", "0.10", "0.30", "0.50"]


def test_a_round_starts_from_sources_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run finds neither bytecode nor kernels, and its sources are the folder's own."""
    seen: list[tuple[list[str], bool]] = []

    def timed(folder: Path, words: list[str]) -> run.Seconds:
        left = [*folder.rglob("__pycache__"), *folder.rglob("*.nbi"), *folder.rglob("*.nbc")]
        seen.append((words, not left and (folder / "binpack" / "cli" / "main.py").exists()))
        return {"cpu": 0.0, "wall": 0.0}

    monkeypatch.setattr(run, "timed", timed)
    rows = run.one_round(tmp_path, 2, ["shop.yaml"])
    assert seen[0] == (["eras", "shop.yaml"], True)
    assert {name: len(measured) for name, measured in rows.items()} == {
        run.COLD: 1,
        "--help": 2,
        "eras --help": 2,
        "eras shop.yaml": 2,
    }


def test_a_command_is_timed_and_a_failure_is_an_error(tmp_path: Path) -> None:
    """CPU seconds of the process alone; a command that fails is not a figure."""
    (tmp_path / "binpack").mkdir()
    program = tmp_path / "binpack" / "__main__.py"
    (tmp_path / "binpack" / "__init__.py").touch()
    program.write_text("print('well')")
    assert set(run.timed(tmp_path, ["eras"])) == {"cpu", "wall"}
    program.write_text("raise SystemExit('not well')")
    with pytest.raises(RuntimeError, match="binpack eras: exit status 1: not well"):
        run.timed(tmp_path, ["eras"])
