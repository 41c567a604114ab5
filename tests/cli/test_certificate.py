"""``binpack solve --solution`` and ``binpack check --certificate``: verdicts, exit statuses, malformed certificates."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from binpack.cli.main import main

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"
INSTANCES = (
    '{"name":"plain","capacity":50,"sizes":[[16,1],[8,2],[16,1],[16,2],[12,2],[24,1],[19,1]]}\n'
    '{"name":"vectors","capacities":[10,10],"items":[[3,4],[6,4],[7,5],[2,2],[2,5],[2,7],[5,2]]}\n'
    '{"name":"easy","capacity":10,"sizes":[5,5,5]}\n'
)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What solve prints for the instances."""
    folder = tmp_path_factory.mktemp("solved")
    instances, solutions = folder / "a.jsonl", folder / "s.jsonl"
    instances.write_text(INSTANCES)
    assert main(["solve", str(instances), "--format", "json", "--solution", "-q", "-o", str(solutions)]) == 0
    return solutions.read_text()


@pytest.fixture
def answers(tmp_path: Path, printed: str) -> tuple[Path, Path]:
    """Two instances whose bounds need the configuration LP and one whose does not, and what solve prints for them."""
    instances, solutions = tmp_path / "a.jsonl", tmp_path / "s.jsonl"
    instances.write_text(INSTANCES)
    solutions.write_text(printed)
    return instances, solutions


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def _validate(lines: list[dict[str, Any]], name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    for line in lines:
        jsonschema.validate(line, schema)


def _changed(path: Path, change: Any) -> Path:
    """The same lines with the first one's certificate changed."""
    lines = _lines(path)
    change(lines[0]["certificate"])
    target = path.with_name("changed.jsonl")
    target.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return target


def test_certificates_are_printed_and_proved(answers: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A bound of the configuration LP carries a certificate, an elementary one none; all are proved again."""
    instances, solutions = answers
    lines = _lines(solutions)
    _validate(lines, "solve")
    assert [line["certificate"] is not None for line in lines] == [True, True, False]
    assert [len(line["certificate"]["duals"]) for line in lines[:2]] == [7, 7]
    assert main(["check", str(instances), str(solutions), "--certificate", "--format", "json"]) == 0
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    _validate(results, "check")
    assert [(r["bound"], r["certificate"]) for r in results] == [("proved", "proved")] * 2 + [("proved", None)]


def test_without_the_option_certificates_are_not_looked_at(
    answers: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """``check`` alone proves again what elementary bounds prove, and a bound beyond them is no fault."""
    instances, solutions = answers
    assert main(["check", str(instances), str(solutions), "--format", "json"]) == 0
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [r["bound"] for r in results] == ["not proved again", "not proved again", "proved"]
    assert [r["certificate"] for r in results] == [None] * 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.update(bound=5), "refuted: more than 3 bins cost at least 4, not 5"),
        (lambda c: c.update(target_bins=4, bound=5), "refuted: the duals do not show that more than 4 bins are needed"),
        (lambda c: c.update(best_pattern_value=[1]), "refuted: a pattern of bin type 0 is worth more"),
        (
            lambda c: c.update(scale=c["scale"] // 2),
            "refuted: best_pattern_value of bin type 0 is more than such a bin",
        ),
        (lambda c: c.update(max_waste=None), "refuted: the waste rule needs target_bins and max_waste"),
        (lambda c: c.update(bound=2, target_bins=1), "certificate shows a cost of 2, the rest was proved by another"),
    ],
)
def test_what_is_not_proved_again_is_one_line(
    answers: tuple[Path, Path], capsys: pytest.CaptureFixture[str], change: Any, words: str
) -> None:
    """Refuted or too weak: one line with the instance and the reason, exit status 1."""
    instances, solutions = answers
    assert main(["check", str(instances), str(_changed(solutions, change)), "--certificate", "-q"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("plain: bound not proved again: ")
    assert words in line


def test_a_bound_without_its_certificate_is_not_proved_again(
    answers: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the certificate is gone and no elementary bound says as much: one line, exit status 1."""
    instances, solutions = answers
    lines = _lines(solutions)
    lines[0]["certificate"] = None
    solutions.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["check", str(instances), str(solutions), "--certificate", "-q"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line == "plain: bound not proved again: no elementary bound gives it, and it has no certificate"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c.pop("duals"), "no duals"),
        (lambda c: c.update(duals=[1, "2"]), "duals: '2'"),
        (lambda c: c.update(duals=c["duals"][:-1]), "6 values, the file has 7 entries"),
        (lambda c: c["duals"].__setitem__(0, 1), "entries 0 and 2 are equal items"),
        (lambda c: c.update(scale=0), "scale: 0"),
        (lambda c: c.update(covers="everything"), "covers"),
        (lambda c: c.update(bound=1.5), "bound: 1.5"),
    ],
)
def test_a_malformed_certificate_is_bad_input(
    answers: tuple[Path, Path], capsys: pytest.CaptureFixture[str], change: Any, words: str
) -> None:
    """One line that names what is wrong, exit status 2."""
    instances, solutions = answers
    assert main(["check", str(instances), str(_changed(solutions, change)), "--certificate", "-q"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    (line,) = captured.err.splitlines()
    assert words in line


def test_a_certificate_that_is_no_object_is_bad_input(
    answers: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named with file, line and column."""
    instances, solutions = answers
    lines = _lines(solutions)
    lines[1]["certificate"] = "trust me"
    solutions.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["check", str(instances), str(solutions), "--certificate", "-q"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"{solutions}:2:")
    assert "found 'trust me'; expected a certificate" in err
