"""Random small workloads and nodes for planning, as objects of the API, from a seed."""

from __future__ import annotations

import json
import random
from typing import Any

from bench.kubernetes.instance import document
from binpack.kubernetes.cluster_node import read_cluster_node
from binpack.kubernetes.planning.node_class import NodeClass
from binpack.kubernetes.planning.pod_sets import PodSet, read_pod_sets
from binpack.workload.documents import SourceText, parse_documents
from tests.kubernetes.own_cases import HOSTNAME, NAMESPACES, REQUIRED
from tests.kubernetes.small_clusters import silent

Object = dict[str, Any]
APPS = ("w", "db", "api")


def draw_node(draw: random.Random, name: str, zones: str = "ab") -> Object:
    """A node with a hostname, most with a zone, some with a taint or a disk."""
    labels = {HOSTNAME: name, "zone": draw.choice(zones)}
    if draw.random() < 0.1:
        del labels["zone"]
    if draw.random() < 0.5:
        labels["disk"] = "ssd"
    taints = [{"key": "a", "effect": "NoSchedule"}] if draw.random() < 0.15 else []
    allocatable = {"cpu": draw.choice(["1", "2", "3"]), "memory": "4Gi", "pods": draw.choice(["2", "3", "9"])}
    metadata = {"name": name, "labels": labels}
    return {"metadata": metadata, "spec": {"taints": taints}, "status": {"allocatable": allocatable}}


def draw_pod(draw: random.Random, app: str, rules: float = 0.3, own_spread: bool = True) -> Object:
    """A pod of an application. rules : how likely each rule is. own_spread : spread counts pods of this application only."""
    request = {"cpu": draw.choice(["0", "500m", "1", "1500m"]), "memory": draw.choice(["0", "1Gi"])}
    container: Object = {"name": "c", "image": "x", "resources": {"requests": request}}
    some = lambda share=rules: draw.random() < share  # noqa: E731
    if some(rules / 3):
        container["ports"] = [{"containerPort": 80, "hostPort": 80}]
    spec: Object = {"containers": [container], "affinity": {}}
    for kind, share in (("podAntiAffinity", rules), ("podAffinity", rules * 0.7)):
        if some(share):
            terms = [_term(draw, app) for _ in range(draw.choice([1, 1, 2]))]
            spec["affinity"][kind] = {REQUIRED: terms}
    if some():
        counted = app if own_spread else draw.choice(APPS)
        spec["topologySpreadConstraints"] = [_spread(draw, counted) for _ in range(draw.choice([1, 1, 2]))]
    if some(rules / 3):
        spec["nodeSelector"] = {"disk": "ssd"}
    if some(rules / 2):
        spec["tolerations"] = [{"key": "a", "operator": "Exists"}]
    if some(rules / 2):
        spec["priority"] = 10
    return {"metadata": {"namespace": draw.choice(["default", "default", "b"]), "labels": {"app": app}}, "spec": spec}


def _term(draw: random.Random, app: str) -> Object:
    selected = draw.choice([app, *APPS])
    term: Object = {"topologyKey": draw.choice([HOSTNAME, "zone"]), "labelSelector": {"matchLabels": {"app": selected}}}
    if draw.random() < 0.2:
        term["namespaceSelector"] = draw.choice([{}, {"matchLabels": {"team": "b"}}])
    if draw.random() < 0.1:
        term["namespaces"] = ["b"]
    return term


def _spread(draw: random.Random, counted: str) -> Object:
    constraint: Object = {
        "maxSkew": draw.choice([1, 1, 2]),
        "topologyKey": draw.choice([HOSTNAME, "zone"]),
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": {"app": counted}},
    }
    if draw.random() < 0.3:
        constraint["minDomains"] = draw.randint(1, 3)
    for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        if draw.random() < 0.3:
            constraint[policy] = draw.choice(["Honor", "Ignore"])
    return constraint


def draw_sets(draw: random.Random, most: int, own_spread: bool = True) -> list[tuple[Object, int]]:
    """Applications of one to three pods each, up to ``most`` in all."""
    sets, left = [], most
    for app in draw.sample(APPS, draw.randint(1, 3)):
        copies = min(left, draw.randint(1, 3))
        if copies:
            sets.append((draw_pod(draw, app, own_spread=own_spread), copies))
            left -= copies
    return sets


def named(pod: Object, name: str) -> Object:
    """The pod with a name."""
    return {**pod, "metadata": {**pod["metadata"], "name": name}}


def pod_sets(sets: list[tuple[Object, int]], daemons: list[Object] | None = None) -> tuple[PodSet, ...]:
    """The sets as Deployments that are read, and the daemons as DaemonSets."""
    objects = [_owner("Deployment", f"s{n}", pod, copies) for n, (pod, copies) in enumerate(sets)]
    objects += [_owner("DaemonSet", f"d{n}", pod, 1) for n, pod in enumerate(daemons or [])]
    documents = [d for o in objects for d in parse_documents(SourceText("sets.json", json.dumps(o)))]
    return read_pod_sets(documents, silent)


def _owner(kind: str, name: str, pod: Object, copies: int) -> Object:
    metadata = {"name": name, "namespace": pod["metadata"]["namespace"]}
    template = {"metadata": {"labels": pod["metadata"]["labels"]}, "spec": pod["spec"]}
    spec: Object = {"template": template} | ({"replicas": copies} if kind == "Deployment" else {})
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": spec}


def node_class(node: Object, price: int = 1) -> NodeClass:
    """The class of nodes like this one."""
    return NodeClass(read_cluster_node(document(node), silent), "type", price)


def namespace_labels() -> dict[str, dict[str, str]]:
    """Those of the namespaces that pods are drawn in."""
    return {name: dict(labels) for name, labels in NAMESPACES.items()}
