"""``binpack solve`` with --jobs and --parts: the same lines in the same order, whoever solves the instances."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from binpack_solvers.errors import WorkersLostError

from binpack.cli.main import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of five instances, of which one cannot be packed."""
    path = tmp_path / "some.jsonl"
    lines = [{"name": f"i{k}", "capacity": 100, "sizes": [9 + k * n % 60 for n in range(30)]} for k in range(1, 5)]
    lines.insert(2, {"name": "large", "capacity": 100, "sizes": [101]})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_jobs_print_the_same_lines(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two processes print what one does, in the order of the file, with the same remarks and exit status."""
    command = ["solve", str(file), "--format", "json", "--solution", "--no-timings", "--time-limit", "60"]
    said = []
    for more in ([], ["--jobs", "2"]):
        assert main([*command, *more]) == 1
        said.append(capsys.readouterr())
    assert said[0].out == said[1].out
    assert "large: infeasible: item 0 " in said[1].err


def test_parts(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each instance's answer is a packing of the whole, checked and with the whole's bound."""
    command = ["solve", str(file), "--select", "i[12]", "--format", "json", "--method", "best_fit_decreasing", "-q"]
    assert main([*command, "--parts", "2"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["instance"] for line in lines] == ["i1", "i2"]
    assert all(line["lower_bound"] <= line["bins"] <= line["lower_bound"] + 2 for line in lines)


def test_bad_input_in_a_later_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bad line ends the run with its place and exit status 2, after the lines of those before it, as with one process."""
    with file.open("a") as stream:
        stream.write('{"capacity":3,"sizes":[-1]}\n')
    command = ["solve", str(file), "--method", "first_fit", "--format", "csv", "--no-timings", "-q"]
    said = []
    for more in ([], ["--jobs", "2"]):
        assert main([*command, *more]) == 2
        said.append(capsys.readouterr())
    assert said[0] == said[1]
    assert said[1].err.startswith(f"{file}:6:24: found -1; expected ")


def test_parts_have_no_tree(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What does not go together is named in one line; exit status 2."""
    assert main(["solve", str(file), "--parts", "2", "--tree", "log"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("--tree: found --parts beside it; expected ")
    assert len(err.splitlines()) == 1


def test_workers_that_are_lost_every_time(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line and exit status 1: the instance may be right, but there is no answer."""

    def lost(*arguments: object, **options: object) -> None:
        raise WorkersLostError("problem 0: its worker died 4 times")

    monkeypatch.setattr("binpack_solvers.scale_out.in_parts.solve_in_parts", lost)
    assert main(["solve", str(file), "--parts", "2", "-q"]) == 1
    assert capsys.readouterr().err == "problem 0: its worker died 4 times\n"
