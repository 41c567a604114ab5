"""``binpack solve --tree`` and ``binpack check --tree``: round trips, verdicts, exit statuses, malformed logs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from forced_branching import forced_branching

from binpack.cli.main import main

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"
INSTANCES = (
    '{"name":"types","bins":[{"capacity":[45],"cost":6},{"capacity":[58],"cost":8}],'
    '"items":[[23],[14],[23],[28],[23],[5]],"demands":[2,1,3,2,1,1]}\n'
    '{"name":"easy","capacity":10,"sizes":[5,5,5]}\n'
    '{"name":"again","bins":[{"capacity":[35],"cost":5},{"capacity":[52],"cost":8}],'
    '"items":[[6],[17],[23],[20],[6],[23],[23]],"demands":[2,1,1,1,3,2,2]}\n'
    '{"name":"bins","bins":[{"capacity":[30],"cost":5},{"capacity":[37],"cost":8}],'
    '"items":[[17],[29],[20],[5],[19],[27]],"demands":[3,1,2,3,1,2]}\n'
)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Instances, the answers to them and the log, of searches that had to branch."""
    paths = instances, answers, log = tmp_path / "a.jsonl", tmp_path / "s.jsonl", tmp_path / "t.jsonl"
    instances.write_text(INSTANCES)
    with forced_branching():
        arguments = ["solve", str(instances), "--method", "exact", "--format", "json", "--solution", "-q"]
        arguments += ["--time-limit", "100"]
        assert main([*arguments, "-o", str(answers), "--tree", str(log)]) == 0
    return paths


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def put(path: Path, lines: list[dict[str, Any]]) -> None:
    """The file with these objects."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def verdicts(files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, Any]]:
    """What ``check`` says, by the schema."""
    main(["check", *map(str, files[:2]), "--tree", str(files[2]), "--format", "json", "-q", *more])
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    schema = json.loads((SCHEMAS / "check.json").read_text())
    for result in results:
        jsonschema.validate(result, schema)
    return results


def test_trees_are_logged_and_proved(files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A line for each instance and each node; what the trees proved is proved again, the rest needs no tree."""
    lines = lines_of(files[2])
    schema = json.loads((SCHEMAS / "tree.json").read_text())
    for line in lines:
        jsonschema.validate(line, schema)
    heads = [line for line in lines if "node" not in line]
    assert [(head["instance"], head["nodes"] > 1, head["reason"][:12]) for head in heads] == [
        ("types", True, ""),
        ("easy", False, "not the tree"),
        ("again", True, ""),
        ("bins", True, ""),
        ("bins", True, ""),
    ]
    assert [head["weight"] > 0 for head in heads] == [False] * 4 + [True]
    assert main(["check", *map(str, files[:2]), "--tree", str(files[2]), "-q"]) == 0
    assert [(r["bound"], r["tree"]) for r in verdicts(files, capsys, "--certificate")] == [
        ("proved", "proved"),
        ("proved", None),
        ("proved", "proved"),
        ("proved", "proved"),
    ]


def test_duals_and_parts_are_those_of_the_file(files: tuple[Path, Path, Path]) -> None:
    """One dual for each entry, equal ones the same, then those of merged items; merged items are numbered on."""
    nodes = [line for line in lines_of(files[2]) if "node" in line and line["instance"] == "again"]
    leaves = [node for node in nodes if node["certificate"] and node["decision"]]
    assert leaves
    for node in leaves:
        duals = node["certificate"]["duals"]
        assert len(duals) >= 7
        assert duals[0] == duals[4]
    assert any(len(node["certificate"]["duals"]) > 7 for node in leaves)
    assert all(part != 4 for node in nodes if node["decision"] for part in node["decision"]["parts"])


def test_a_leaf_less_is_refuted(files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the instance, the node and the reason, exit status 1."""
    lines = lines_of(files[2])
    lines[0]["nodes"] -= 1
    leaf = next(n for n, line in enumerate(lines) if line.get("outcome") == "bound")
    del lines[leaf]
    put(files[2], lines)
    assert main(["check", *map(str, files[:2]), "--tree", str(files[2]), "-q"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("types: bound not proved again: tree refuted: node ")
    assert "its children are" in line
    assert [r["tree"] for r in verdicts(files, capsys)] == ["refuted", None, "proved", "proved"]


def test_a_higher_bound_is_refuted(files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A claim beyond what the tree was for."""
    answers = lines_of(files[1])
    answers[2] |= {key: answers[2][key] + 1 for key in ("bins", "cost", "lower_bound", "cost_lower_bound")}
    put(files[1], answers)
    assert main(["check", *map(str, files[:2]), "--tree", str(files[2]), "-q"]) == 1
    assert "again: bound not proved again: tree refuted: node " in capsys.readouterr().out


def test_the_fewest_bins_have_a_tree_of_their_own(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """At the least cost: without that tree, or with a leaf of it less, their bound is not proved again."""
    lines = lines_of(files[2])
    second = next(n for n, line in enumerate(lines) if line.get("weight"))
    put(files[2], lines[:second])
    assert main(["check", *map(str, files[:2]), "--tree", str(files[2]), "-q"]) == 1
    assert capsys.readouterr().out == "bins: bound not proved again: the log has no tree of the fewest bins\n"
    lines[second]["nodes"] -= 1
    lines[second + 1]["certificate"] = None  # with it, whole bins counted at the root are enough
    put(files[2], lines[:-1])
    assert main(["check", *map(str, files[:2]), "--tree", str(files[2]), "-q"]) == 1
    assert "bins: bound not proved again: tree of the fewest bins refuted: " in capsys.readouterr().out


def test_a_log_of_other_instances(files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """A bound without its tree is not proved again, and the line says what is missing."""
    put(files[2], [line for line in lines_of(files[2]) if line["instance"] != "types"])
    assert main(["check", *map(str, files[:2]), "--tree", str(files[2]), "-q"]) == 1
    assert capsys.readouterr().out == "types: bound not proved again: the log has no tree of it\n"


@pytest.mark.parametrize(
    ("number", "change", "words"),
    [
        (0, lambda line: line.update(schema="binpack.solve/1"), "expected 'binpack.tree/1'"),
        (0, lambda line: line.update(nodes=3), "expected 3, as it says"),
        (0, lambda line: line.update(dominated=[[1]]), "dominated with 2 numbers"),
        (0, lambda line: line.update(instance="else"), ""),
        (1, lambda line: line.pop("parent"), "no field 'parent'"),
        (1, lambda line: line.update(outcome="won"), "an outcome: bound, counted, branched, listed, left"),
        (2, lambda line: line["decision"].update(kind="near"), "a kind: together, apart"),
        (2, lambda line: line["decision"].update(parts=[-1]), "an item, from 0"),
        (2, lambda line: line["decision"].pop("bins"), "no field 'bins'"),
        (2, lambda line: line.update(decision="apart"), "a decision, an object"),
        (2, lambda line: line.update(parent=1.5), "parent, a whole number"),
        (1, lambda line: line.update(certificate=7), "a certificate, an object"),
        (1, lambda line: line["certificate"].pop("duals"), "no duals"),
        (1, lambda line: line["certificate"].update(duals=[1]), "duals of types"),
    ],
)
def test_a_malformed_log_is_bad_input(
    files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str], number: int, change: Any, words: str
) -> None:
    """One line with file and line that names what is wrong, exit status 2."""
    lines = lines_of(files[2])
    assert lines[1]["certificate"] is not None
    change(lines[number])
    put(files[2], lines)
    assert main(["check", *map(str, files[:2]), "--tree", str(files[2]), "-q"]) == 2
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert said.out == ""
    assert line.startswith(f"{files[2]}:{number + 1}:") or not words
    assert words in line


def test_what_is_no_json_is_bad_input(files: tuple[Path, Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Broken JSON and a log that is not there."""
    files[2].write_text('{"schema":"binpack.tree/1",\n')
    assert main(["check", *map(str, files[:2]), "--tree", str(files[2]), "-q"]) == 2
    assert "broken JSON" in capsys.readouterr().err
    assert main(["check", *map(str, files[:2]), "--tree", "/nowhere/log", "-q"]) == 2
    assert "/nowhere/log" in capsys.readouterr().err


def test_the_log_is_written_whole_or_not_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where reading fails half way, the old log stays."""
    instances, log = tmp_path / "a.jsonl", tmp_path / "t.jsonl"
    instances.write_text(INSTANCES.splitlines()[1] + "\nnonsense\n")
    log.write_text("old\n")
    assert main(["solve", str(instances), "-q", "--tree", str(log)]) == 2
    assert log.read_text() == "old\n"
    assert main(["solve", str(instances), "-q", "--tree", str(log), "-o", str(log)]) == 2
    assert "the file of --output; expected another file" in capsys.readouterr().err.splitlines()[-1]
