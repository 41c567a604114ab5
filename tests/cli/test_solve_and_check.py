"""``solve``, ``check`` and ``datasets`` as a user calls them: output, schemas, exit statuses, bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from binpack_solvers.portfolio import solve

from binpack.cli.main import main

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"
TWO = '{"name":"a","capacity":10,"sizes":[6,4,5,5]}\n{"name":"b","capacity":10,"sizes":[[7,3]]}\n'


def _validate(text: str, name: str) -> list[dict[str, Any]]:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        jsonschema.validate(line, schema)
    return lines


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A file with two small instances."""
    path = tmp_path / "two.jsonl"
    path.write_text(TWO)
    return path


def _solve(two: Path, target: Path) -> list[dict[str, Any]]:
    assert main(["solve", str(two), "--format", "json", "--solution", "-q", "-o", str(target)]) == 0
    return _validate(target.read_text(), "solve")


def test_solve_then_check(two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What solve prints keeps its schema, speaks of file positions, and passes check."""
    a, b = _solve(two, tmp_path / "s.jsonl")
    assert (a["bins"], a["status"], b["bins"]) == (2, "optimal", 3)
    assert sorted(p for _, items, _ in a["patterns"] for p, _ in items) == [0, 1, 2, 3]
    assert sum(times * count for _, items, times in b["patterns"] for _, count in items) == 3
    assert main(["check", str(two), str(tmp_path / "s.jsonl"), "--format", "json"]) == 0
    results = _validate(capsys.readouterr().out, "check")
    assert [(r["valid"], r["bound"]) for r in results] == [(True, "proved")] * 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: x.update(bins=1), "bins is 1"),
        (lambda x: x.update(patterns=[[0, [[0, 1], [1, 1], [2, 1], [3, 1]], 1]], bins=1, cost=1), "capacity"),
        (lambda x: x["patterns"].pop(), "demand"),
        (lambda x: x.update(patterns=None), "without patterns"),
        (lambda x: x["patterns"][0].__setitem__(0, 4), "bin type 4"),
        (lambda x: x["patterns"][0][1][0].__setitem__(0, 9), "item 9"),
        (lambda x: x.update(patterns=[[0, [[2, 2]], 1], [0, [[0, 1], [1, 1]], 1]]), "item 3: packed 0 times"),
        (lambda x: x.update(lower_bound=3, cost_lower_bound=3), "3"),
        (lambda x: x.update(instance="nobody"), "no such instance"),
    ],
)
def test_check_finds(two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Any, words: str) -> None:
    """Every falsification is found: a line that names the instance, and exit status 1."""
    lines = _solve(two, tmp_path / "s.jsonl")
    change(lines[0])
    false = tmp_path / "false.jsonl"
    false.write_text("".join(json.dumps(line) + "\n" for line in lines))
    capsys.readouterr()
    assert main(["check", str(two), str(false)]) == 1
    out = capsys.readouterr().out
    assert words in out
    assert all(line.startswith(f"{lines[0]['instance']}: ") for line in out.splitlines())


def test_too_large_item_is_an_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An item larger than the bin is infeasible, named on standard error, exit status 1, no error."""
    path = tmp_path / "a.bpp"
    path.write_text("2\n10\n5\n11\n")
    assert main(["solve", str(path), "--format", "json", "--solution"]) == 1
    captured = capsys.readouterr()
    (line,) = _validate(captured.out, "solve")
    assert (line["status"], line["bins"], line["patterns"]) == ("infeasible", None, None)
    assert "size 11" in line["reason"]
    assert "size 11" in captured.err


def test_bad_input_leaves_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad input in a later line: exit status 2, one line, and the output file is not there, nor a part of it."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"capacity":3,"sizes":[1]}\n{"capacity":3,"sizes":[-1]}\n')
    assert main(["solve", str(path), "-q", "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.startswith(f"{path}:2:24: found -1; expected ")
    assert [file.name for file in tmp_path.iterdir()] == ["a.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["solve", "no-such-file.bpp"], "no-such-file.bpp: found no such file"),
        (["solve", "bpp_clases"], "did you mean bpp_classes"),
        (["check", "bpp_classes", "no-such-file"], "no-such-file: found no such file"),
        (["datasets", "show", "nothing"], "nothing: found no such data set"),
        (["datasets", "generate", "nothing"], "nothing: no such class"),
        (["solve", "bpp_classes", "--select", "nothing*"], "no instance to solve"),
        (["solve", "bpp_classes", "--limit", "1", "--method", "magic"], "magic"),
    ],
)
def test_bad_arguments(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not there is named in one line, with the nearest name; exit status 2."""
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert words in err
    assert len(err.splitlines()) == 1


def test_interrupt(
    two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C prints the best answer so far, solves nothing more, writes no file, and ends with status 130."""

    def interrupted(*arguments: Any, **options: Any) -> Any:
        solution = solve(*arguments, **options)
        solution.statistics.counters["interrupted"] = 1
        return solution

    monkeypatch.setattr("binpack_solvers.portfolio.solve", interrupted)
    assert main(["solve", str(two), "-q", "--format", "json"]) == 130
    assert [line["instance"] for line in _validate(capsys.readouterr().out, "solve")] == ["a"]
    assert main(["solve", str(two), "-q", "-o", str(tmp_path / "out")]) == 130
    assert [file.name for file in tmp_path.iterdir()] == ["two.jsonl"]


def test_no_timings_is_reproducible(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without times, two runs print the same bytes."""
    texts = []
    for _ in range(2):
        assert main(["solve", str(two), "--format", "json", "--solution", "--no-timings", "-q"]) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1]
    assert "time_s" not in texts[0]


def test_table_and_csv(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table has a header, a row each and a total; CSV has a header and a row each."""
    assert main(["solve", str(two), "-q"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 4
    assert table[-1].startswith("2 instances: 2 optimal; 5 bins, bound 5")
    assert main(["solve", str(two), "-q", "--format", "csv"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert rows[0].startswith("instance,status,bins")
    assert [row.split(",")[:3] for row in rows[1:]] == [["a", "optimal", "2"], ["b", "optimal", "3"]]


def test_datasets(capsys: pytest.CaptureFixture[str]) -> None:
    """The list and the classes keep their schemas, and no built-in file differs from its checksum."""
    assert main(["datasets", "--format", "json"]) == 0
    (listed,) = _validate(capsys.readouterr().out, "datasets")
    names = [dataset["name"] for dataset in listed["datasets"]]
    assert {"bpp_classes", "vbp_classes"} <= set(names)
    for name in names:
        assert main(["datasets", "show", name, "--format", "json"]) == 0, name
        _validate(capsys.readouterr().out, "datasets")
    assert main(["datasets", "generate", "--format", "json"]) == 0
    _validate(capsys.readouterr().out, "classes")


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "bpp"])
def test_generate_is_reproducible(tmp_path: Path, ending: str) -> None:
    """The same class and seed write the same bytes."""
    paths = [tmp_path / f"{k}.{ending}" for k in (1, 2)]
    for path in paths:
        assert main(["datasets", "generate", "scholl_1", "--seed", "5", "--count", "1", "-o", str(path)]) == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_closed_pipe_is_quiet() -> None:
    """A reader that goes away ends the run without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "binpack", "datasets"], stdout=writer, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


def test_first_screen(capsys: pytest.CaptureFixture[str]) -> None:
    """Without arguments: five lines, one of them the command to start with."""
    assert main([]) == 0
    out = capsys.readouterr().out
    assert len(out.splitlines()) == 5
    assert "binpack eras" in out
