"""What a live cluster prints: owned, finished and old objects are dropped, and counted."""

from __future__ import annotations

import json
from typing import Any

from binpack.workload.documents import SourceText, parse_documents
from binpack.workload.kubernetes import read_kubernetes
from binpack.workload.workload import Workload

SPEC = {"containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}}}]}
GROUPS = {"Pod": "v1", "Job": "batch/v1", "CronJob": "batch/v1"}


def item(kind: str, name: str, owner: tuple[str, str] | None = None, **more: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": "n", "uid": f"{kind}-{name}"}
    if owner:
        metadata["ownerReferences"] = [{"kind": owner[0], "name": owner[1], "uid": f"{owner[0]}-{owner[1]}"}]
    spec = SPEC if kind == "Pod" else {"template": {"spec": SPEC}, **more.pop("spec", {})}
    return {"apiVersion": GROUPS.get(kind, "apps/v1"), "kind": kind, "metadata": metadata, "spec": spec, **more}


def read(*items: dict[str, Any]) -> Workload:
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    return read_kubernetes(parse_documents(SourceText("-", text)), "live")


def named(workload: Workload) -> dict[str, int]:
    return {application.key: application.replicas for application in workload.applications}


def test_what_the_input_owns_is_dropped() -> None:
    """A ReplicaSet of a Deployment and its pods stand for the Deployment; the note counts them by kind."""
    workload = read(
        item("Pod", "web-5f-a", ("ReplicaSet", "web-5f")),
        item("Pod", "web-5f-b", ("ReplicaSet", "web-5f")),
        item("Deployment", "web", spec={"replicas": 2}),
        item("ReplicaSet", "web-5f", ("Deployment", "web"), spec={"replicas": 2}),
    )
    assert named(workload) == {"n/web": 2}
    assert workload.notes == (
        "left out because something else stands for it or nothing of it runs: 2 Pod owned by an object of the input, "
        "1 ReplicaSet owned by an object of the input",
    )


def test_an_owner_of_that_name_but_another_identity_does_not_count() -> None:
    """Where both sides know the owner's uid it decides."""
    pod = item("Pod", "a", ("StatefulSet", "db"))
    pod["metadata"]["ownerReferences"][0]["uid"] = "older"
    assert len(read(pod, item("StatefulSet", "db", spec={"replicas": 1})).applications) == 2


def test_pods_whose_middle_owner_is_missing() -> None:
    """Pods of a ReplicaSet or Job that is not in the input are still the Deployment's or CronJob's that is."""
    cron = item("CronJob", "tidy", spec={"jobTemplate": {"spec": {"template": {"spec": SPEC}}}})
    workload = read(
        item("Deployment", "web", spec={"replicas": 1}),
        item("Pod", "web-5f7c-x", ("ReplicaSet", "web-5f7c")),
        cron,
        item("Pod", "tidy-123-x", ("Job", "tidy-123")),
    )
    assert named(workload) == {"n/web": 1, "n/tidy": 1}


def test_pods_alone_are_gathered_by_their_owner() -> None:
    """Pods of one absent owner become one application with so many copies; those of a DaemonSet an agent."""
    workload = read(
        *(item("Pod", f"web-5f7c-{k}", ("ReplicaSet", "web-5f7c")) for k in range(3)),
        *(item("Pod", f"proxy-{k}", ("DaemonSet", "proxy")) for k in range(4)),
        item("Pod", "load-x", ("Job", "load")),
        item("Pod", "bare"),
    )
    assert named(workload) == {"n/web": 3, "n/proxy": 4, "n/load": 1, "n/bare": 1}
    assert [a.name for a in workload.agents] == ["proxy"]
    assert [a.name for a in workload.applications if a.job] == ["load"]


def test_finished_old_and_static_ones_are_dropped() -> None:
    """Finished pods and jobs, ReplicaSets scaled to 0 by their Deployment, and the kubelets' own pods do not count."""
    workload = read(
        item("Pod", "done", status={"phase": "Succeeded"}),
        item("Pod", "failed", status={"phase": "Failed"}),
        item("Job", "over", status={"conditions": [{"type": "Complete", "status": "True"}]}),
        item("Job", "running", status={"conditions": [{"type": "Suspended", "status": "False"}]}),
        item("ReplicaSet", "old-1", ("Deployment", "gone"), spec={"replicas": 0}),
        item("Pod", "etcd-m1", ("Node", "m1")),
    )
    assert named(workload) == {"n/running": 1}
    assert "2 Pod that has finished, 1 Job that has finished, 1 ReplicaSet that is an old revision" in workload.notes[0]


def test_a_custom_resource_whose_pods_are_there_is_not_named() -> None:
    """Where the input has what an operator made, the resource it made it from needs no warning."""
    prometheus = {"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "spec": {"replicas": 2}}
    prometheus["metadata"] = {"name": "k8s", "namespace": "n", "uid": "Prometheus-k8s"}
    workload = read(prometheus, item("StatefulSet", "prometheus-k8s", ("Prometheus", "k8s"), spec={"replicas": 2}))
    assert named(workload) == {"n/prometheus-k8s": 2}
    assert workload.notes == ()
