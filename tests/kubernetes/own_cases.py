"""Random small clusters in the form of the verdict files, with the verdicts of the naive filters.

``python -m tests.kubernetes.own_cases`` writes ``data/own-cases.jsonl.gz``: the cases of the first seeds.
"""

from __future__ import annotations

import gzip
import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.kubernetes import naive_filters as naive
from tests.kubernetes.naive_requests import requests

Object = dict[str, Any]
STORED = Path(__file__).parent / "data" / "own-cases.jsonl.gz"
COUNT = 300
HOSTNAME = "kubernetes.io/hostname"
NAMESPACES = {"default": {"team": "a"}, "b": {"team": "b"}, "c": {}}
LABELS = {"app": ["w", "db", "api"], "tier": ["f", "g"], "hash": ["1", "2"]}
REQUIRED = naive.REQUIRED
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


def draw_case(draw: random.Random, name: str = "own") -> Object:
    """A case: nodes, pods in place, pods that are tried one by one and put on a random node that takes them."""
    nodes = [_node(draw, f"n{number}") for number in range(draw.randint(1, 5))]
    pods = [_pod(draw, f"e{number}", placed=True) for number in range(draw.randint(0, 5))]
    for pod in pods:
        pod["spec"]["nodeName"] = draw.choice(nodes)["metadata"]["name"]
    pods += [_pod(draw, f"p{number}", placed=False) for number in range(draw.randint(1, 4))]
    namespaces = [{"metadata": {"name": n, "labels": labels}} for n, labels in NAMESPACES.items()]
    case = {"name": name, "namespaces": namespaces, "nodes": nodes, "pods": pods}
    return {**case, "verdicts": _verdicts(draw, nodes, pods)}


def stored_case(seed: int) -> Object:
    """The case of a line of the stored file, made anew."""
    return draw_case(random.Random(seed), f"own-{seed}")


def write_cases(path: Path) -> None:
    """All of them, a line each; the same bytes whenever they are written."""
    lines = "".join(json.dumps(stored_case(seed), separators=(",", ":")) + "\n" for seed in range(COUNT))
    path.write_bytes(gzip.compress(lines.encode(), mtime=0))


def cluster_of(nodes: list[Object], pods: list[Object]) -> naive.Cluster:
    """The naive cluster with the pods that have a node."""
    labels = {name: {"kubernetes.io/metadata.name": name, **own} for name, own in NAMESPACES.items()}
    cluster = naive.Cluster(nodes, labels)
    cluster.placed = [(p, cluster.nodes[p["spec"]["nodeName"]]) for p in pods if "nodeName" in p["spec"]]
    return cluster


def _verdicts(draw: random.Random, nodes: list[Object], pods: list[Object]) -> list[Object]:
    cluster, verdicts = cluster_of(nodes, pods), []
    for pod in (pod for pod in pods if "nodeName" not in pod["spec"]):
        judged = []
        for node in nodes:
            refusal = naive.judge(cluster, pod, node)
            entry: Object = {"node": node["metadata"]["name"], "fits": refusal is None}
            if refusal is not None:
                entry |= dict(zip(("plugin", "code", "reasons"), refusal, strict=True))
            judged.append(entry)
        fitting = [entry["node"] for entry in judged if entry["fits"]]
        chosen = draw.choice(fitting) if fitting else ""
        if chosen:
            cluster.placed.append((pod, cluster.nodes[chosen]))
        key = f"{pod['metadata']['namespace']}/{pod['metadata']['name']}"
        asked = {name: _text(amount) for name, amount in requests(pod["spec"]).items()}
        verdicts.append({"pod": key, "requests": asked, "nodes": judged, "placed": chosen})
    return verdicts


def _text(amount: Fraction) -> str:
    return f"{amount * 1000}m"


def _some(draw: random.Random, share: float) -> bool:
    return draw.random() < share


def _node(draw: random.Random, name: str) -> Object:
    labels = {HOSTNAME: name} if _some(draw, 0.9) else {}
    for key, values in {"zone": ["a", "b", "c"], "disk": ["ssd", "hdd"], "gen": ["7", "10", "x"]}.items():
        if _some(draw, 0.7):
            labels[key] = draw.choice(values)
    allocatable = {"cpu": draw.choice(["2", "8", "32"]), "memory": draw.choice(["2Gi", "32Gi", "32Gi"])}
    allocatable["pods"] = draw.choice(["3", "20", "20"])
    if _some(draw, 0.8):
        allocatable |= {"example.com/gpu": "2", "hugepages-2Mi": "128Mi", "ephemeral-storage": "9Gi"}
    effects = ["NoSchedule", "NoExecute", "PreferNoSchedule"]
    keys = [key for key in ("a", "b") if _some(draw, 0.1)]
    taints = [{"key": key, "value": draw.choice(["", "1"]), "effect": draw.choice(effects)} for key in keys]
    spec = {"taints": taints, "unschedulable": _some(draw, 0.05)}
    return {"metadata": {"name": name, "labels": labels}, "spec": spec, "status": {"allocatable": allocatable}}


def _pod(draw: random.Random, name: str, placed: bool) -> Object:
    labels = {key: draw.choice(values) for key, values in LABELS.items() if _some(draw, 0.7)}
    metadata: Object = {"name": name, "namespace": draw.choice(["default", "default", "b", "c"]), "labels": labels}
    spec: Object = {"containers": [_container(draw) for _ in range(draw.randint(1, 2))]}
    if _some(draw, 0.3):
        spec["initContainers"] = [_init_container(draw) for _ in range(draw.randint(1, 3))]
    if _some(draw, 0.1):
        spec["resources"] = {"requests": {"cpu": "700m", "memory": "0.3Gi"}}
    if _some(draw, 0.1):
        spec["overhead"] = {"cpu": "50m", "memory": "10Mi", "ephemeral-storage": "1Mi"}
    if _some(draw, 0.1):
        spec["hostNetwork"] = True
    if _some(draw, 0.15):
        spec["volumes"] = [{"name": "v", "gcePersistentDisk": {"pdName": "d", "readOnly": _some(draw, 0.5)}}]
    if placed and _some(draw, 0.1):
        metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    if not placed and _some(draw, 0.01):
        spec["schedulingGates"] = [{"name": "example.com/one"}, {"name": "two"}]
    spec |= {"tolerations": _tolerations(draw)} if _some(draw, 0.3) else {}
    spec |= {"nodeSelector": {"disk": "ssd"}} if _some(draw, 0.1) else {}
    spec["affinity"] = _affinity(draw)
    if _some(draw, 0.4):
        spec["topologySpreadConstraints"] = [_constraint(draw) for _ in range(draw.randint(1, 2))]
    return {"metadata": metadata, "spec": spec}


def _container(draw: random.Random) -> Object:
    requests: Object = {}
    if _some(draw, 0.7):
        requests["cpu"] = draw.choice(["0", "0.0005", "250m", "1", "2"])
    if _some(draw, 0.7):
        requests["memory"] = draw.choice(["0.1Gi", "200M", "100Mi", "1Gi"])
    if _some(draw, 0.1):
        requests |= {"example.com/gpu": draw.choice(["0", "1", "1", "3"]), "hugepages-2Mi": "32Mi"}
    if _some(draw, 0.1):
        requests["ephemeral-storage"] = draw.choice(["1Gi", "6Gi"])
    limits = {"cpu": "4"} if _some(draw, 0.2) else {}
    container: Object = {"name": "c", "image": "x", "resources": {"requests": requests, "limits": limits}}
    if _some(draw, 0.2):
        port = {"containerPort": draw.choice([80, 8080])}
        port |= {"hostPort": 80} if _some(draw, 0.6) else {}
        port |= {"hostIP": draw.choice(["10.0.0.1", "10.0.0.2", "0.0.0.0"])} if _some(draw, 0.4) else {}
        container["ports"] = [port | ({"protocol": "UDP"} if _some(draw, 0.2) else {})]
    return container


def _init_container(draw: random.Random) -> Object:
    return _container(draw) | ({"restartPolicy": "Always"} if _some(draw, 0.5) else {})


def _tolerations(draw: random.Random) -> list[Object]:
    choices = [
        {"operator": "Exists"}, {"key": "a", "operator": "Exists"}, {"key": "a", "value": "1"}, {"value": "1"},
        {"key": "b", "operator": "Exists", "effect": "NoSchedule"}, {"key": "b", "value": "1", "effect": "NoExecute"},
        {"key": "node.kubernetes.io/unschedulable", "operator": "Exists", "effect": "NoSchedule"},
    ]  # fmt: skip
    return draw.sample(choices, draw.randint(1, 2))


def _affinity(draw: random.Random) -> Object:
    affinity: Object = {}
    if _some(draw, 0.15):
        terms = [_node_term(draw) for _ in range(draw.randint(1, 2))]
        affinity["nodeAffinity"] = {REQUIRED: {"nodeSelectorTerms": terms}}
    for kind, share in (("podAffinity", 0.25), ("podAntiAffinity", 0.35)):
        if _some(draw, share):
            affinity[kind] = {REQUIRED: [_pod_term(draw) for _ in range(draw.randint(1, 2))]}
        if _some(draw, 0.25):
            term = {"weight": draw.choice([1, 7, 100]), "podAffinityTerm": _pod_term(draw)}
            affinity.setdefault(kind, {})[PREFERRED] = [term]
    if _some(draw, 0.2):
        terms = [{"weight": weight, "preference": _node_term(draw)} for weight in (3, 50)]
        affinity.setdefault("nodeAffinity", {})[PREFERRED] = terms
    return affinity


def _node_term(draw: random.Random) -> Object:
    expressions = [
        {"key": "disk", "operator": "In", "values": ["ssd", "nvme"]}, {"key": "zone", "operator": "NotIn", "values": ["a"]},
        {"key": "disk", "operator": "Exists"}, {"key": "gen", "operator": "DoesNotExist"},
        {"key": "gen", "operator": "Gt", "values": ["7"]}, {"key": "gen", "operator": "Lt", "values": ["9"]},
        {"key": "gen", "operator": "Gt", "values": ["x"]},
    ]  # fmt: skip
    fields = [
        {"key": "metadata.name", "operator": draw.choice(["In", "In", "NotIn"]), "values": [f"n{n}"]} for n in (0, 1)
    ]
    term: Object = {}
    if _some(draw, 0.8):
        term["matchExpressions"] = draw.sample(expressions, draw.randint(1, 2))
    if _some(draw, 0.3):
        term["matchFields"] = draw.sample(fields, draw.randint(1, 2))
    return term


def _selector(draw: random.Random) -> Object:
    selector: Object = {}
    if _some(draw, 0.6):
        selector["matchLabels"] = {"app": draw.choice(LABELS["app"])}
    if _some(draw, 0.3):
        operator = draw.choice(["In", "NotIn", "Exists", "DoesNotExist"])
        values = {"values": [draw.choice(LABELS["tier"])]} if operator in ("In", "NotIn") else {}
        selector["matchExpressions"] = [{"key": "tier", "operator": operator, **values}]
    return selector


def _pod_term(draw: random.Random) -> Object:
    term: Object = {"topologyKey": draw.choice([HOSTNAME, "zone", "disk"])}
    if _some(draw, 0.95):
        term["labelSelector"] = _selector(draw)
    if _some(draw, 0.2):
        term["namespaces"] = draw.sample(list(NAMESPACES), draw.randint(1, 2))
    if _some(draw, 0.2):
        term["namespaceSelector"] = draw.choice([{}, {"matchLabels": {"team": "b"}}])
    if _some(draw, 0.15):
        term[draw.choice(["matchLabelKeys", "mismatchLabelKeys"])] = ["hash"]
    return term


def _constraint(draw: random.Random) -> Object:
    key = draw.choice([HOSTNAME, "zone", "disk"])
    when = "DoNotSchedule" if _some(draw, 0.7) else "ScheduleAnyway"
    constraint: Object = {"maxSkew": draw.choice([1, 1, 2]), "topologyKey": key, "whenUnsatisfiable": when}
    if _some(draw, 0.9):
        constraint["labelSelector"] = _selector(draw)
        constraint |= {"matchLabelKeys": ["hash"]} if _some(draw, 0.2) else {}
    if when == "DoNotSchedule" and _some(draw, 0.3):
        constraint["minDomains"] = draw.randint(1, 4)
    for policy in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
        if _some(draw, 0.4):
            constraint[policy] = draw.choice(["Honor", "Ignore"])
    return constraint


if __name__ == "__main__":
    write_cases(STORED)
