"""``binpack plan --move-running`` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from binpack.cli.main import main
from tests.cli.test_plan_nodes import kernels, node, written

__all__ = ["kernels"]  # compiled before any time limit
SCHEMA = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas" / "placement.json"


def running(name: str, cpu: str, node_name: str = "", **metadata: object) -> dict[str, Any]:
    """A pod of a ReplicaSet, on a node or waiting."""
    owner = {"ownerReferences": [{"kind": "ReplicaSet", "name": "web-1", "apiVersion": "apps/v1", "uid": "1"}]}
    container = {"name": "c", "resources": {"requests": {"cpu": cpu}}}
    spec = {"containers": [container]} | ({"nodeName": node_name} if node_name else {})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, **owner, **metadata}, "spec": spec}


def typed(name: str) -> dict[str, Any]:
    """A node of 4 CPU whose price is known."""
    found: dict[str, Any] = node(name, "4", "a")
    found["metadata"]["labels"]["node.kubernetes.io/instance-type"] = "m5.xlarge"
    return found


def consolidated(capsys: pytest.CaptureFixture[str], status: int, *words: str) -> dict[str, Any]:
    assert main(["plan", "--move-running", *words, "--format", "json", "-q"]) == status
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(found, json.loads(SCHEMA.read_text()))
    return found


def test_fewer_nodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three nodes with a pod each become one, by two moves; text and JSON say what that saves, and which nodes go."""
    objects = [*(typed(f"n{k}") for k in range(3)), *(running(f"p{k}", "1", f"n{k}") for k in range(3))]
    file = written(tmp_path / "c.json", *objects)
    found = consolidated(capsys, 0, "--nodes", file)["consolidation"]
    assert (len(found["nodes_before"]), len(found["nodes_after"]), found["moves"], found["nodes_at_least"]) == (
        3,
        1,
        2,
        1,
    )
    assert found["saves_per_month"] == pytest.approx(2 * 0.192 * 730)
    assert sorted(step["from"] for step in found["steps"]) == sorted(found["emptied"])
    assert main(["plan", "--nodes", file, "--move-running", "-q"]) == 0
    text = capsys.readouterr().out
    assert "pods run on 3 nodes; 1 suffice, by 2 moves (proven: no fewer are enough)" in text.replace("\n", " ")
    assert f"kubectl cordon {' '.join(found['emptied'])}\n" in text
    assert all(f"{step['pod']} -> {step['to']}" in text for step in found["steps"])


def test_cheaper_nodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of two small nodes and a dear one that would hold everything the small ones stay."""
    nodes = [typed("a"), typed("b"), typed("c")]
    nodes[2]["metadata"]["labels"]["node.kubernetes.io/instance-type"] = "m5.4xlarge"
    nodes[2]["status"]["allocatable"]["cpu"] = "16"
    pods = [running(f"p{n}", "2", "c" if n else "a") for n in range(4)]
    found = consolidated(capsys, 0, "--nodes", written(tmp_path / "c.json", *nodes, *pods))
    moved = found["consolidation"]
    assert (moved["nodes_after"], moved["moves"], found["proven"]) == (["a", "b"], 3, True)
    assert moved["cost_at_least_per_month"] == pytest.approx(2 * 0.192 * 730)
    assert moved["saves_per_month"] == pytest.approx((0.768 - 0.192) * 730)


def test_a_pod_that_waits_and_one_that_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Room is made for the pod that waits, unless the pods in its way may not move: then it is pending, status 1."""
    nodes = [typed("a"), typed("b")]
    keep = {"annotations": {"karpenter.sh/do-not-disrupt": "true"}}
    for metadata, status in (({}, 0), (keep, 1)):
        pods = [running(f"p{name}", "2", name, **metadata) for name in "ab"]
        file = written(tmp_path / "c.json", *nodes, *pods, running("large", "4"))
        found = consolidated(capsys, status, "--nodes", file)
        assert (found["consolidation"]["moves"], len(found["pending"])) == (1 - status, status)
        assert main(["plan", "--nodes", file, "--move-running", "-q"]) == status
        text = capsys.readouterr().out
        assert ("evict from" in text, "start: default/large" in text, "2 an annotation keeps them" in text) == (
            not status,
            not status,
            bool(status),
        )


def test_moves_are_limited(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One move of two; none at all is what the plan without --move-running says."""
    objects = [*(typed(f"n{k}") for k in range(3)), *(running(f"p{k}", "1", f"n{k}") for k in range(3))]
    file = written(tmp_path / "c.json", *objects, running("w", "1"))
    for most in (0, 1):
        found = consolidated(capsys, 0, "--nodes", file, "--max-moves", str(most))
        assert found["consolidation"]["moves"] == most
    found = consolidated(capsys, 0, "--nodes", file, "--max-moves", "0")
    assert main(["plan", "--nodes", file, "--format", "json", "-q"]) == 0
    assert {key: found[key] for key in ("order", "pending")} == {
        key: each for key, each in json.loads(capsys.readouterr().out).items() if key in ("order", "pending")
    }
    assert main(["plan", "--nodes", file, "--move-running", "--format", "csv", "-q"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 3


@pytest.mark.parametrize(
    "words",
    [
        ("--era", "kubernetes", "--move-running"),
        ("--nodes", "c.json", "--max-moves", "3"),
        ("--nodes", "c.json", "--move-running", "--compare-current"),
        ("--nodes", "c.json", "--move-running", "--pin", "pins"),
    ],
)
def test_mistakes(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Options that nothing would look at, or that do not go together."""
    assert main(["plan", *words]) == 2
    assert "expected" in capsys.readouterr().err
