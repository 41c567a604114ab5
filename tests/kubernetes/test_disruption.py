"""Which running pods may be evicted, case by case."""

from __future__ import annotations

from typing import Any

import pytest

from bench.kubernetes.instance import document
from binpack.errors import InputError
from binpack.kubernetes.cluster_reader import read_cluster
from binpack.kubernetes.disruption import OF_THE_NODE, SYSTEM_NAMESPACE, UNKNOWN_VOLUMES, reasons_to_stay
from tests.kubernetes.budget_objects import budget
from tests.kubernetes.small_clusters import silent

NODE = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}, "status": {"capacity": {"cpu": "4"}}}
REPLICA_SET = [{"kind": "ReplicaSet", "name": "web"}]
SAFE = "cluster-autoscaler.kubernetes.io/safe-to-evict"


def pod(name: str = "p", spec: dict[str, Any] | None = None, status: Any = None, **metadata: Any) -> dict[str, Any]:
    """A running Pod of a ReplicaSet, labelled ``app: web``."""
    whole = {"name": name, "namespace": "shop", "labels": {"app": "web"}, "ownerReferences": REPLICA_SET, **metadata}
    body = {"nodeName": "n", "containers": [], **(spec or {})}
    found = {"apiVersion": "v1", "kind": "Pod", "metadata": whole, "spec": body}
    return found if status is None else {**found, "status": status}


def reasons(*objects: dict[str, Any]) -> list[str]:
    documents = [document(each) for each in objects]
    budgets = read_cluster([document(NODE), *documents], silent).budgets
    return list(reasons_to_stay(documents, budgets).values())


def volume(**source: Any) -> dict[str, Any]:
    return {"volumes": [{"name": "v", **source}]}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (pod(), ""),
        (pod(ownerReferences=[{"kind": "StatefulSet", "name": "db"}]), ""),
        (pod(ownerReferences=[]), "no controller makes them again"),
        (pod(ownerReferences=[], annotations={SAFE: "true"}), ""),
        (pod(ownerReferences=[{"kind": "DaemonSet", "name": "agent"}]), OF_THE_NODE),
        (pod(ownerReferences=[{"kind": "Node", "name": "n"}]), OF_THE_NODE),
        (pod(annotations={"kubernetes.io/config.mirror": "x", SAFE: "true"}), OF_THE_NODE),
        (pod(deletionTimestamp="2024-01-01T00:00:00Z"), "being deleted"),
        (pod(annotations={SAFE: "false"}), "an annotation keeps them"),
        (pod(annotations={"karpenter.sh/do-not-disrupt": "true"}), "an annotation keeps them"),
        (pod(annotations={"karpenter.sh/do-not-disrupt": "false"}), ""),
        (pod(namespace=SYSTEM_NAMESPACE), "kube-system without a budget"),
        (pod(spec=volume(hostPath={"path": "/x"})), "local storage"),
        (pod(spec=volume(emptyDir={})), "local storage"),
        (pod(spec=volume(emptyDir={"medium": "Memory"})), ""),
        (pod(spec=volume(emptyDir={}), annotations={SAFE: "true"}), ""),
        (pod(spec=volume(emptyDir={}), annotations={f"{SAFE}-local-volumes": "u, v"}), ""),
        (pod(spec=volume(persistentVolumeClaim={"claimName": "c"})), UNKNOWN_VOLUMES),
        (pod(spec=volume(ephemeral={})), UNKNOWN_VOLUMES),
    ],
)
def test_a_pod_by_itself(one: dict[str, Any], expected: str) -> None:
    """What the cluster autoscaler and Karpenter leave alone stays."""
    assert reasons(one) == [expected]


@pytest.mark.parametrize(
    ("bound", "pods", "allowed"),
    [
        ({"minAvailable": 1}, 2, True),
        ({"minAvailable": 2}, 2, False),
        ({"minAvailable": "50%"}, 3, True),
        ({"minAvailable": "67%"}, 3, False),
        ({"maxUnavailable": 0}, 3, False),
        ({"maxUnavailable": "1%"}, 3, True),
        ({}, 3, False),
    ],
)
def test_a_budget_by_its_pods(bound: dict[str, Any], pods: int, allowed: bool) -> None:
    """How many of as many as there are may be away; percentages are rounded up."""
    found = reasons(budget(**bound), *(pod(f"p{n}") for n in range(pods)))
    assert set(found) == {"" if allowed else "budget shop/b allows no disruption"}


def test_pods_that_are_not_healthy_use_a_budget_up() -> None:
    """One that is not ready, or has no node, is away already; one that has ended is no pod any more."""
    away = pod("away", status={"conditions": [{"type": "Ready", "status": "False"}]})
    waits = pod("waits", spec={"nodeName": ""})
    ended = pod("ended", status={"phase": "Succeeded"})
    for other, allowed in ((pod("more"), True), (away, False), (waits, False), (ended, True)):
        assert (reasons(budget(maxUnavailable=1), pod(), other)[0] == "") is allowed


def test_what_the_controller_says_counts() -> None:
    """The status of a budget is before what its spec makes of the pods that the input has."""
    for known in (0, 1):
        expected = "" if known else "budget shop/b allows no disruption"
        assert reasons(budget(minAvailable=1, status={"disruptionsAllowed": known}), pod()) == [expected]


def test_which_budget() -> None:
    """That of the pod's own namespace; no pod of two of them is evicted; kube-system's pods move under one of theirs."""
    assert reasons(budget(namespace="other", maxUnavailable=0), pod()) == [""]
    assert reasons(budget("a", maxUnavailable=1), budget("b", maxUnavailable=1), pod()) == ["two budgets select them"]
    assert reasons(budget(namespace=SYSTEM_NAMESPACE, maxUnavailable=1), pod(namespace=SYSTEM_NAMESPACE)) == [""]


def test_volumes_that_are_described() -> None:
    """Whether a claim can follow is for the filters, once the input says anything of volumes."""
    described = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv"}, "spec": {}}
    assert reasons(described, pod(spec=volume(persistentVolumeClaim={"claimName": "c"}))) == [""]


def test_a_malformed_budget() -> None:
    """Both bounds at once are refused, as by the API."""
    with pytest.raises(InputError, match="one of the two"):
        reasons(budget(minAvailable=1, maxUnavailable=1))
