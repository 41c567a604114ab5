"""The benchmark of parts and workers: what it measures, and when it says that something is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.scale import run
from bench.scale.instance import CASES, problem_of

ROW = {"case": "items", "parts": 2, "many": 0, "packed": 1, "value": 102, "bound": 100}


@pytest.mark.parametrize("case", CASES)
def test_the_same_problem_for_a_seed(case):
    """A seed names one problem, another seed another one."""
    first, again, other = (problem_of(case, 30, seed) for seed in (1, 1, 2))
    assert (first.sizes == again.sizes).all()
    assert (first.demands == again.demands).all()
    assert (first.sizes != other.sizes).any()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (ROW, None),
        ({**ROW, "value": 103}, "3.00% over the whole problem"),
        ({**ROW, "packed": 0}, "no packing"),
        ({**ROW, "fault": "crashed"}, "crashed"),
    ],
)
def test_faults(row, fault):
    """Two per cent over the whole problem's value are allowed, no more; every problem must have a packing."""
    assert run.judged(dict(row), {"value": 100}).get("fault") == fault


def test_a_small_run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every case is measured whole, in parts and with each number of workers, and written down."""
    monkeypatch.setattr(run, "measured", lambda key, patience: {**key, "packed": max(1, key["many"]), **VALUES})
    results = tmp_path / "results.jsonl"
    assert run.main(["--cases", "items", "--parts", "2", "--results", str(results)]) == 0
    rows = [json.loads(line) for line in results.read_text().splitlines()]
    assert [(row["parts"], row["many"], row["workers"]) for row in rows] == [
        (1, 0, 1),
        (2, 0, 2),
        (1, 20, 1),
        (1, 20, 2),
    ]
    assert len(capsys.readouterr().out.splitlines()) == 5


VALUES = {"copies": 9, "value": 50, "bound": 50, "seconds": 1.0, "cpu_seconds": 1.0, "peak_mib": 100}
