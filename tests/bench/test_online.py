"""The benchmark of online packing: its events, a table, and the file that it writes."""

from __future__ import annotations

import json

import pytest
from binpack_solvers.online import OnlinePacking

from bench.online.run import main, speeds
from bench.online.workload import churn


@pytest.mark.parametrize("rules", ["plain", "own limits"])
def test_as_many_copies_stand_as_at_first(rules):
    """By turns one leaves and one arrives; the same seed gives the same events."""
    problem, sequence = churn(2, 1000, 30, 40, rules, 1)
    online = OnlinePacking(problem)
    online.run(sequence)
    assert len(online.standing()[0]) == 30
    assert (sequence == churn(2, 1000, 30, 40, rules, 1)[1]).all()


def test_a_run_prints_and_writes_a_row_for_each_policy(tmp_path, capsys):
    """First fit is measured first, as what the others are compared with."""
    size = ["--standing", "20", "--events", "20", "--rounds", "1", "--resources", "1"]
    assert main([*size, "--policies", "best_fit", "--results", str(tmp_path)]) == 0
    (file,) = tmp_path.glob("online-*.json")
    assert [row["policy"] for row in json.loads(file.read_text())["rows"]] == ["first_fit", "best_fit"]
    assert "best_fit" in capsys.readouterr().out


def test_speeds_are_medians_of_pairs():
    """Ratios are taken within rounds."""
    assert speeds([100.0, 400.0, 90.0], [50.0, 100.0, 90.0]) == {
        "ns_per_event": 100.0,
        "million_events_per_second": 10.0,
        "over_first_fit": 2.0,
    }
