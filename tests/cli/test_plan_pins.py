"""``binpack plan --pin``: the files, merged as kubectl and kustomize do, make the default scheduler keep to the plan."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from binpack.cli.main import main
from tests.cli.test_plan_nodes import apart_by, deployment, kernels, node, written

__all__ = ["kernels"]  # compiled before any time limit
Object = dict[str, Any]
APPS = ("web", "cache", "db")


def merged(base: Object, patch: Object) -> Object:
    """A strategic merge: mappings key by key, containers by name, other lists as a whole."""
    found = dict(base)
    for key, value in patch.items():
        if isinstance(value, dict):
            found[key] = merged(base.get(key) or {}, value)
        elif key == "containers":
            named = {c["name"]: c for c in value}
            found[key] = [merged(c, named.get(c["name"], {})) for c in base[key]]
        else:
            found[key] = value
    return found


def patches(directory: Path) -> dict[str, Object]:
    """Those that the component lists, by their object's name."""
    component = yaml.safe_load((directory / "kustomization.yaml").read_text())
    assert component["kind"] == "Component"
    found = [yaml.safe_load((directory / entry["path"]).read_text()) for entry in component["patches"]]
    assert len(list((directory / "workloads").iterdir())) == len(found)
    return {patch["metadata"]["name"]: patch for patch in found}


def shop() -> list[Object]:
    """Copies that fill three nodes of 16 CPU unevenly, copies apart, and alternatives in a node affinity."""
    affinity = apart_by("kubernetes.io/hostname", "db")
    zones = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": ["a", "b"]}
    terms = [{"matchExpressions": [zones]}, {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}]
    required: Object = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return [
        deployment("web", 5, "5", affinity={"nodeAffinity": required}),
        deployment("cache", 4, "2"),
        deployment("db", 3, "1500m", affinity=affinity),
    ]


def by_node(order: list[Object]) -> Counter[tuple[str, str]]:
    return Counter((entry["pod"].rpartition("-")[0], entry["node"]) for entry in order)


def test_new_nodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Manifests and nodes with the patches merged in: the default scheduler alone puts everything as the plan has it."""
    pins, objects = tmp_path / "pins", shop()
    file = written(tmp_path / "shop.json", *objects)
    assert main(["plan", file, "--zones", "a,b", "--pin", str(pins), "--system-pods", "none", "--format", "json"]) == 0
    said = capsys.readouterr()
    plan = json.loads(said.out)
    assert "simulated with them, the default scheduler puts 12 pods on the nodes of the plan" in said.err
    found = patches(pins)
    assert set(found) == set(APPS)
    assert found["web"]["spec"]["strategy"] == {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    labels = {n["metadata"]["name"]: n for n in yaml.safe_load_all((pins / "nodes.yaml").read_text())}
    nodes = []
    for planned in plan["nodes"]:
        amounts = {**planned["allocatable"], "cpu": f"{planned['allocatable']['cpu']}m"}
        extra = labels[planned["name"]]
        amounts |= extra.get("status", {}).get("capacity", {})
        base = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": planned["name"], "labels": planned["labels"]}}
        nodes.append(merged({**base, "status": {"allocatable": amounts}}, {"metadata": extra["metadata"]}))
    pinned = [merged(each, found[each["metadata"]["name"]]) for each in objects]
    again = written(tmp_path / "pinned.json", *pinned)
    assert main(["plan", again, "--nodes", written(tmp_path / "n.json", *nodes), "--format", "json", "-q"]) == 0
    simulated = json.loads(capsys.readouterr().out)["default_scheduler"]
    assert by_node(simulated) == by_node(plan["order"])


def test_pods_of_a_cluster(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pods that wait already are bound; further copies are pinned; a maker that the input lacks is said to be unknown."""
    waiting = {"metadata": {"name": "lone"}, "spec": {"containers": [{"name": "c"}]}, "apiVersion": "v1", "kind": "Pod"}
    cluster = written(tmp_path / "n.json", node("n1", "4", "a"), node("n2", "4", "b"), waiting)
    file = written(tmp_path / "a.json", deployment("web", 3, "2"))
    pins = tmp_path / "pins"
    assert main(["plan", file, "--nodes", cluster, "--pin", str(pins)]) == 0
    said = capsys.readouterr().err
    assert "1 pod of the cluster that cannot be changed any more: bindings.yaml" in said
    [bound] = yaml.safe_load_all((pins / "bindings.yaml").read_text())
    assert (bound["kind"], bound["metadata"]["name"], bound["target"]["kind"]) == ("Binding", "lone", "Node")
    assert set(patches(pins)) == {"web"}
    table = tmp_path / "t.csv"
    table.write_text("name,cpu,memory_gib\nbatch,1,1\n")
    assert main(["plan", str(table), "--zones", "a", "--pin", str(tmp_path / "other"), "--system-pods", "none"]) == 0
    assert "not forced, as the input lacks the object that makes them: 1 application" in capsys.readouterr().err


def test_pods_of_makers_that_are_not_in_the_input(tmp_path: Path) -> None:
    """The owner of running pods is patched, by the name that its controller gave them."""
    pods = []
    for n in range(2):
        owners = [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d4f", "uid": "1"}]
        spec = {"containers": [{"name": "c", "resources": {"requests": {"cpu": "3"}}}], "nodeName": f"n{n}"}
        metadata = {"name": f"web-5d4f-{n}", "ownerReferences": owners}
        pods.append({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    cluster = written(tmp_path / "c.json", node("n0", "4", "a"), node("n1", "4", "b"), *pods)
    assert main(["plan", "--nodes", cluster, "--compare-current", "--pin", str(tmp_path / "p"), "-q"]) == 0
    [patch] = patches(tmp_path / "p").values()
    assert (patch["apiVersion"], patch["kind"], patch["metadata"]["name"]) == ("apps/v1", "Deployment", "web")
    assert patch["spec"]["template"]["spec"]["containers"][0]["name"] == "c"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--era", "kubernetes", "--pin", "new"], "--zones or --nodes"),
        (["--zones", "a", "--pin", "."], "a new directory, or an empty one"),
        (["--zones", "a", "--pin", "new", "--spot-share", "50%"], "one template has copies on spot nodes"),
    ],
)
def test_where_pins_cannot_be_written(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be meant is said in one line before anything is planned; files of another plan are left alone."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.yaml").write_text("")
    assert main(["plan", *words]) == 2
    assert message in capsys.readouterr().err
