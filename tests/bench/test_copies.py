"""What more copies cost: the problems, a measurement, and the table with its ratios."""

from __future__ import annotations

import subprocess
from types import SimpleNamespace

import pytest
from binpack_solvers.errors import ProblemError

from bench.copies import run
from bench.copies.instance import copies_problem
from bench.copies.measure import measure
from bench.copies.run import HEADER, cells, main

ROW = {
    "status": "optimal",
    "bins": 5,
    "bound": 4,
    "seconds": 2.0,
    "cpu_seconds": 1.5,
    "nodes": 3,
    "loaded_mib": 100,
    "peak_mib": 150,
}


def test_only_the_copies_differ() -> None:
    """The same seed gives the same sizes, all different, for any number of copies."""
    few, many = copies_problem(20, 100, 2, 1000, 1), copies_problem(20, 10**12, 2, 1000, 1)
    assert (few.sizes == many.sizes).all()
    assert len(set(map(tuple, few.sizes.tolist()))) == 20
    assert (few.sizes <= 500).all()
    assert set(many.demands.tolist()) == {10**12}
    assert (few.sizes >= 10).all()
    assert (few.sizes != copies_problem(20, 100, 2, 1000, 2).sizes).any()


def test_sizes_that_cannot_differ_are_refused() -> None:
    """Drawing would take for ever: an error in place of that."""
    with pytest.raises(ProblemError, match="capacity 10 is too small for 9 item types"):
        copies_problem(9, 1, 1, 10, 1)


def test_a_measurement() -> None:
    """Bins lie at or above the bound, memory at or above what was loaded."""
    row = measure((5, 10**12, 2, 1000, 1), time_limit=5.0)
    assert row["status"] in ("optimal", "feasible")
    assert row["bound"] <= row["bins"]
    assert 0 < row["loaded_mib"] <= row["peak_mib"]


def test_ratios_are_against_the_fewest_copies() -> None:
    """The first row has none; a crashed base gives none; a crash is told."""
    first = dict(zip(HEADER[4:], cells(ROW, {}), strict=True))
    assert (first["gap"], first["s ratio"], first["MiB ratio"]) == ("1", "-", "-")
    later = dict(zip(HEADER[4:], cells(ROW | {"seconds": 3.0, "peak_mib": 300}, ROW), strict=True))
    assert (later["s ratio"], later["CPU ratio"], later["MiB ratio"]) == ("1.50", "1.00", "2.00")
    assert cells(ROW, {"fault": "why"})[-1] == "-"
    assert cells({"fault": "why"}, ROW) == ["crashed"]


def test_a_process_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """The command measures in another process and prints a line for each."""
    tiny = ["--item-types", "3", "--copies", "2", "1e3", "--resources", "1", "--capacities", "100", "--time-limit", "5"]
    assert main(tiny) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[3:5] for line in lines[1:]] == [["2e+00", "optimal"], ["1e+03", "optimal"]]


@pytest.mark.parametrize("silent", [False, True])
def test_a_process_that_fails_is_a_fault(silent: bool, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """One that ends with an error, or not in time, gives status 1 and says why."""

    def failing(command: list[str], timeout: float, **_: object) -> SimpleNamespace:
        if silent:
            raise subprocess.TimeoutExpired(command, timeout)
        return SimpleNamespace(returncode=1, stderr="Traceback\nCheckError: capacity", stdout="")

    monkeypatch.setattr(run.subprocess, "run", failing)
    assert (
        main(["--copies", "2", "--resources", "1", "--capacities", "100", "--time-limit", "5", "--patience", "4"]) == 1
    )
    assert ("no answer after 9 s" if silent else "CheckError: capacity") in capsys.readouterr().err
