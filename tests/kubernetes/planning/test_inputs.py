"""What is planned: copies as autoscalers have them, and what the API server would refuse of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from binpack.cli.main import main
from binpack.errors import InputError
from binpack.kubernetes.planning.inputs import FileDocuments, PlanInput, ReplicasFrom, plan_input
from binpack.workload.documents import Node, SourceText, parse_documents
from tests.cli.test_plan_nodes import deployment, node, written

Object = dict[str, Any]


def read(*objects: Object, replicas_from: ReplicasFrom = "spec", beside: tuple[Object, ...] = ()) -> PlanInput:
    return plan_input([FileDocuments("m.json", documents(objects))], "m", replicas_from, documents(beside))


def documents(objects: tuple[Object, ...]) -> list[Node]:
    return [d for o in objects for d in parse_documents(SourceText("m.json", json.dumps(o)))]


def autoscaler(name: str, least: int | None, most: int) -> Object:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec: Object = {"scaleTargetRef": target, "maxReplicas": most} | ({} if least is None else {"minReplicas": least})
    kind = {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler"}
    return {**kind, "metadata": {"name": f"{name}-scaler"}, "spec": spec}


def quota(hard: Object, used: Object | None = None) -> Object:
    status = {} if used is None else {"status": {"used": used}}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}, "spec": {"hard": hard}} | status


@pytest.mark.parametrize(
    ("replicas_from", "copies"),
    [("spec", [3, 0, 2]), ("hpa-min", [2, 0, 2]), ("hpa-max", [9, 0, 2])],
)
def test_copies_of_what_is_scaled(replicas_from: ReplicasFrom, copies: list[int]) -> None:
    """The bound that is asked for; one without copies has its autoscaler switched off, and the others keep their own."""
    objects = [deployment("web", 3, "1"), deployment("off", 0, "1"), deployment("db", 2, "1")]
    scalers = [autoscaler("web", 2, 9), autoscaler("off", 1, 5), autoscaler("gone", 1, 5)]
    found = read(*objects, *scalers, replicas_from=replicas_from)
    assert [pods.copies for pods in found.sets] == copies
    assert any("HorizontalPodAutoscaler" in note and note.endswith(": 1") for note in found.notes) == (
        replicas_from != "spec"
    )


def test_an_autoscaler_that_cannot_be() -> None:
    """Its bounds are checked where they are used; without minReplicas the least is one."""
    assert [
        p.copies for p in read(deployment("web", 3, "1"), autoscaler("web", None, 4), replicas_from="hpa-min").sets
    ] == [1]
    with pytest.raises(InputError, match="minReplicas of at most maxReplicas"):
        read(deployment("web", 3, "1"), autoscaler("web", 5, 4), replicas_from="hpa-max")


def test_a_quota_counts_the_copies_that_are_planned() -> None:
    """Four CPU are enough for the three copies of the manifest, and not for the nine that the autoscaler may make."""
    objects = (deployment("web", 3, "1"), autoscaler("web", 2, 9), quota({"requests.cpu": "4"}))
    assert read(*objects).refused == ()
    [said] = read(*objects, replicas_from="hpa-max").refused
    assert said.startswith("default/web: 5 of 9 pods would be refused: exceeded quota: q, requested: requests.cpu=1")


def test_a_cluster_counts_what_it_has() -> None:
    """Pods that come to a cluster come beside what its quota says is used, get its defaults, and are held against its
    limits; without it all of them are let in."""
    assert read(deployment("web", 3, "1")).refused == ()
    cluster = quota({"requests.cpu": "4", "pods": "10"}, {"requests.cpu": "2500m", "pods": "2"})
    [said] = read(deployment("web", 3, "1"), beside=(cluster, node("n", "8", "a"))).refused
    assert said.startswith("default/web: 2 of 3 pods would be refused: exceeded quota: q")
    assert "used: requests.cpu=3500m, limited: requests.cpu=4" in said
    limits = [{"type": "Container", "default": {"memory": "1Gi"}, "max": {"cpu": "500m"}}]
    ranges = {"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "l"}, "spec": {"limits": limits}}
    found = read(deployment("web", 3, "1"), beside=(ranges,))
    assert dict(found.sets[0].template.requests)["memory"] == 2**30 * 1000
    assert "its pods would be refused: maximum cpu usage per Container is 500m" in found.refused[0]


def test_the_plan_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """New nodes and given ones: a warning for each application, and the plan of all its copies."""
    file = written(tmp_path / "a.json", deployment("web", 3, "1"), quota({"pods": "2"}))
    words = ["--time-limit", "5"]
    assert main(["plan", file, "--zones", "a", *words]) == 0
    assert "warning: default/web: 1 of 3 pods would be refused: exceeded quota: q" in capsys.readouterr().err
    cluster = written(tmp_path / "c.json", node("n", "8", "a"), quota({"pods": "2"}, {"pods": "2"}))
    plain = written(tmp_path / "b.json", deployment("web", 3, "1"), autoscaler("web", 1, 4))
    assert main(["plan", plain, "--nodes", cluster, "--replicas-from", "hpa-max", *words]) == 0
    said = capsys.readouterr()
    assert "warning: default/web: 4 of 4 pods would be refused: exceeded quota: q" in said.err
    assert "4 of 4 waiting pods placed" in said.out
    assert main(["plan", plain, "--era", "kubernetes", "--replicas-from", "hpa-max"]) == 2
    assert "--zones or --nodes" in capsys.readouterr().err
