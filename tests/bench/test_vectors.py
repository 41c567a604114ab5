"""Vectors within a second: what is compared with what."""

from __future__ import annotations

from pathlib import Path

import pytest
from binpack_solvers.instances.generators import generate
from binpack_solvers.instances.jsonl import write

from bench.vectors.run import main, table


def _row(bins: int | None, heuristic: int, best: int) -> dict[str, object]:
    times = {"seconds": 0.5, "cpu_seconds": 0.25, "time_limit": 1.0, "version": "a", "method": "auto", "clock": "cpu"}
    return {"bins": bins, "bound": 10, "published_heuristic": heuristic, "published_best": best, **times}


def test_packings_are_held_against_optimum_or_heuristic() -> None:
    """Of a known optimum against that, otherwise against the best heuristic; what has no packing is left out."""
    known = [_row(10, 12, 10), _row(11, 11, 10), _row(None, 12, 10)]
    text = table({"a_known": known, "b_known": [_row(10, 10, 10)], "a_open": [_row(9, 10, 10)]})
    lines = text.splitlines()[2:]
    assert lines[0] == "| a_known | 2 | 1 | 5.00 | 10.00 | 15.00 | 0.5 | 0.25 | 0.25 |"
    assert lines[2].startswith("| all, optimum known | 3 | 2 | 3.33 | 10.00 | 10.00 |")
    assert lines[3].startswith("| a_open | 1 | 0 | -10.00 | -10.00 | 0.00 |")
    assert "limit 1 s (cpu)" in text


def test_the_command_counts_cpu_seconds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Instances of a file by ``auto`` with the worker's own CPU time as the clock; a row and a line for those known."""
    file = tmp_path / "triplets.jsonl"
    with file.open("w") as stream:
        for instance in generate("caprara_toth_10", seed=1, count=2, size=24):
            write(instance, stream)
    results = tmp_path / "results"
    words = [str(file), "--class", "triplets", "--optimum", "known", "--clock", "cpu", "--results", str(results)]
    assert main([*words, "--time-limit", "20"]) == 0
    assert "triplets_known | 2 | 2 | 0.00 |" in capsys.readouterr().out
    assert (results / "triplets_known.jsonl").read_text().count('"clock":"cpu"') == 2
