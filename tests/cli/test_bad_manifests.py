"""Manifests at fault, on every command that reads them: a plan, or a line that says what is wrong; never a crash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from binpack.cli.main import main
from tests.cli.test_plan_nodes import apart_by, deployment, kernels, node, written

__all__ = ["kernels"]  # compiled before any time limit
Object = dict[str, Any]
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
COMMANDS = {
    "plan new": ["plan", "FILE", "--zones", "a,b", "--time-limit", "1"],
    "plan given": ["plan", "FILE", "--nodes", "NODES", "--time-limit", "1"],
    "explain": ["explain", "FILE", "--nodes", "NODES", "--time-limit", "1"],
    "eras": ["eras", "FILE", "--eras", "containers", "--time-limit", "1"],
}


def web(requests: Object | None = None, limits: Object | None = None, replicas: object = 2, **spec: object) -> Object:
    """A Deployment with these requests and limits."""
    made = deployment("web", 2, "1", **spec)
    made["spec"]["replicas"] = replicas  # type: ignore[index]
    [container] = made["spec"]["template"]["spec"]["containers"]  # type: ignore[index]
    container["resources"] = {"requests": requests or {"cpu": "1"}, "limits": limits or {}}
    return made


def selecting(**selector: object) -> Object:
    """Anti-affinity by a selector."""
    return {"podAntiAffinity": {REQUIRED: [{"topologyKey": "zone", "labelSelector": selector}]}}


def expression(**parts: object) -> Object:
    return selecting(matchExpressions=[parts])


REFUSED: dict[str, tuple[Object, str]] = {
    "operator that is none": (web(affinity=expression(key="a", operator="Is", values=["b"])), 'operator "Is"'),
    "no operator": (web(affinity=expression(key="a")), "an expression without operator"),
    "In of nothing": (web(affinity=expression(key="a", operator="In", values=[])), "In without values"),
    "label that cannot be": (web(affinity=selecting(matchLabels={"a b": "c"})), 'the label "a b"'),
    "selector that is text": (web(affinity={"podAntiAffinity": {REQUIRED: ["x"]}}), "expected a mapping"),
    "no topology key": (web(affinity=apart_by("", "web")), "nothing for topologyKey"),
    "topology key that cannot be": (web(affinity=apart_by("a b", "web")), 'topologyKey "a b"'),
    "negative CPU": (web({"cpu": "-1"}), "which is negative"),
    "negative memory": (web({"memory": "-1Gi"}), "which is negative"),
    "request above its limit": (web({"cpu": "2"}, {"cpu": "1"}), "above the limit"),
    "request beyond 64 bits": (web({"cpu": "1e30"}), "which does not fit 64 bits"),
    "request in words": (web({"cpu": "lots"}), 'unknown unit "lots"'),
    "negative copies": (web(replicas=-1), 'replicas "-1"'),
    "copies without end": (web(replicas=2**31 - 1), "2,147,483,647"),
}
PLANNED: dict[str, list[Object]] = {
    "a topology key that no node has": [web(affinity=apart_by("no.such/label", "web"))],
    "a required topology key that no node has": [
        web(affinity={"podAffinity": apart_by("none", "web")["podAntiAffinity"]})
    ],
    "more than any node has": [web({"cpu": "1e12"})],
    "twice the same": [web(), web()],
    "one name in two kinds": [web(), {**web(), "kind": "StatefulSet"}],
    "gates": [web(schedulingGates=[{"name": "example.com/wait"}])],
    "nulls": [web(affinity=None, tolerations=None, nodeSelector=None, topologySpreadConstraints=None)],
    "names that are no names": [{**web(), "metadata": {"name": "../../etc/x y\u202e"}}],
}


def called(command: str, file: str, tmp_path: Path) -> list[str]:
    nodes = written(tmp_path / "nodes.json", node("n1", "4", "a"), node("n2", "4", "b"))
    return [{"FILE": file, "NODES": nodes}.get(word, word) for word in COMMANDS[command]]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", REFUSED)
def test_what_cannot_be_is_one_line(
    fault: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file, what was found and what was expected; exit 2 and nothing on standard output."""
    given, found = REFUSED[fault]
    file = written(tmp_path / "m.json", given)
    assert main([*called(command, file, tmp_path), "-q"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert found in said.err
    assert "m.json" in said.err
    assert len(said.err.splitlines()) == 1


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", PLANNED)
def test_what_can_be_is_planned(fault: str, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the API takes, though it is of no use, has an answer; a plan that was made is never refused by its own checks."""
    file = written(tmp_path / "m.json", *PLANNED[fault])
    status = main([*called(command, file, tmp_path), "-q"])
    said = capsys.readouterr()
    if status == 2:  # amounts that no sum of integers holds
        assert (fault, command) == ("more than any node has", "eras")
        assert len(said.err.splitlines()) == 1
    else:
        assert status in (0, 1)
        assert said.out
        assert said.err == ""


def test_gates_are_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pod whose gates are closed has no place among new nodes either, and the others are planned."""
    file = written(tmp_path / "m.json", web(schedulingGates=[{"name": "g"}]), deployment("db", 1, "1"))
    assert main(["plan", file, "--zones", "a", "-q"]) == 1
    assert (
        "default/web x 2: 0/1 kinds of nodes are available: 1 waiting for scheduling gates: [g]."
        in capsys.readouterr().out
    )


def test_pods_that_have_the_names_already(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Further pods of a set of which some run are counted on from these; so are daemons."""
    there = []
    for name in ("db-0", "db-2", "agent-0"):
        spec = {"nodeName": "n1", "containers": [{"name": "c"}]}
        there.append({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec})
    cluster = written(tmp_path / "c.json", node("n1", "4", "a"), *there)
    agent = {**deployment("agent", 1, "100m"), "kind": "DaemonSet"}
    file = written(tmp_path / "m.json", {**deployment("db", 2, "1"), "kind": "StatefulSet"}, agent)
    assert main(["plan", file, "--nodes", cluster, "--format", "csv", "-q"]) == 0
    text = capsys.readouterr().out
    assert "default/db-1," in text
    assert "default/db-3," in text


@pytest.mark.parametrize("command", COMMANDS)
def test_many_documents(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A manifest of some hundred Deployments in YAML, cut off in its middle: the place where it ends is named."""
    text = "".join(
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: app-{n}}}\nspec:\n  template:\n    spec:\n"
        f"      containers: [{{name: c, resources: {{requests: {{cpu: {n % 7}}}}}}}]\n---\n"
        for n in range(300)
    )
    file = tmp_path / "m.yaml"
    file.write_text(text)
    assert main([*called(command, str(file), tmp_path), "-q"]) in (0, 1)
    assert capsys.readouterr().out
    file.write_text(text[:-20])
    assert main([*called(command, str(file), tmp_path), "-q"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{file}:")
    assert len(said.splitlines()) == 1
