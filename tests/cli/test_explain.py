"""``binpack explain`` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from binpack.cli.main import main
from tests.cli.test_plan_nodes import apart_by, deployment, kernels, node, written

__all__ = ["kernels"]  # compiled before any time limit
SCHEMA = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas" / "explanation.json"


def explained(capsys: pytest.CaptureFixture[str], status: int, *words: str) -> dict[str, Any]:
    assert main(["explain", *words, "--format", "json", "-q"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    return found


def test_json_has_every_change_of_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nodes with their refusals, and each kind of smallest change; what the text says is in it."""
    cluster = written(tmp_path / "c.json", node("n1", "4", "a"), node("n2", "2", "b"))
    large = deployment("large", 2, "5", nodeSelector={"disk": "ssd"})
    file = written(tmp_path / "m.json", large, deployment("some", 1, "3"), deployment("web", 3, "1500m"))
    found = explained(capsys, 1, file, "--nodes", cluster)
    assert found["fitting"] + sum(each["count"] for each in found["pending"]) == 6
    [first] = [each for each in found["pending"] if each["pod"].startswith("default/large")]
    assert [n["node"] for n in first["nodes"]] == first["unresolvable"] == ["n1", "n2"]
    assert {n["plugin"] for n in first["nodes"]} == {"NodeAffinity"}
    assert first["event"].startswith("0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector.")
    assert first["helps"]["both"]["rules"] == ["nodeSelector disk=ssd"]
    assert min(first["helps"]["both"]["less"].values()) > 0
    assert main(["explain", file, "--nodes", cluster, "-q"]) == 1
    assert first["event"] in capsys.readouterr().out


def test_each_kind_of_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Copies apart on too few nodes: a rule less, or a node more, also for all at once; a smaller request elsewhere."""
    cluster = written(tmp_path / "c.json", node("n1", "4", "a"), node("n2", "4", "b"))
    web = deployment("web", 3, "1", affinity=apart_by("kubernetes.io/hostname", "web"))
    found = explained(capsys, 1, written(tmp_path / "m.json", web), "--nodes", cluster)
    [pending] = found["pending"]
    assert {change["count"] for change in pending["helps"]["more_nodes"]} == {1}
    [rules] = pending["helps"]["relaxed_rules"]
    assert (len(rules["rules"]), rules["smallest"], rules["nodes"]) == (2, True, ["n1", "n2"])
    assert {(entry["count"], entry["proven"]) for entry in found["more_nodes_for_all"]} == {(1, True)}
    large = written(tmp_path / "l.json", deployment("large", 1, "4500m"))
    [pending] = explained(capsys, 1, large, "--nodes", cluster)["pending"]
    assert pending["helps"]["smaller_requests"] == [{"node": "n1", "less": {"cpu": 500}}]


def test_nothing_to_explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything has a place: exit 0, and no pod is listed."""
    cluster = written(tmp_path / "c.json", node("n1", "4", "a"))
    file = written(tmp_path / "m.json", deployment("web", 2, "1"))
    assert explained(capsys, 0, file, "--nodes", cluster) == {
        "schema": "binpack.explanation/1",
        "fitting": 2,
        "pending": [],
        "more_nodes_for_all": [],
    }
