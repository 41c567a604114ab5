"""A random cluster and workloads with the rules that real ones have, from a seed."""

from __future__ import annotations

import json
import random
from typing import Any

from binpack.kubernetes.cluster_node import ClusterNode, read_cluster_node
from binpack.kubernetes.pod import PodTemplate, read_pod_template
from binpack.workload.documents import Node, SourceText, parse_documents

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"
TYPES = (("4", "16Gi"), ("8", "32Gi"), ("16", "64Gi"), ("32", "128Gi"))


def document(value: Any) -> Node:
    """A plain value as the readers want it."""
    return parse_documents(SourceText("generated.json", json.dumps(value)))[0]


def draw_nodes(count: int, draw: random.Random) -> list[ClusterNode]:
    """Nodes of four sizes in three zones; one in ten has a taint, one in ten a local disk, one in a hundred is cordoned."""
    nodes = []
    for number in range(count):
        cpu, memory = draw.choice(TYPES)
        name = f"node-{number:05}"
        labels = {HOSTNAME: name, ZONE: draw.choice("abc"), "disk": "ssd" if draw.random() < 0.1 else "network"}
        taints = [{"key": "dedicated", "value": "batch", "effect": "NoSchedule"}] if draw.random() < 0.1 else []
        spec = {"taints": taints, "unschedulable": draw.random() < 0.01}
        allocatable = {"cpu": cpu, "memory": memory, "pods": "110", "ephemeral-storage": "100Gi"}
        metadata = {"name": name, "labels": labels}
        node = {"metadata": metadata, "spec": spec, "status": {"allocatable": allocatable}}
        nodes.append(read_cluster_node(document(node), print))
    return nodes


def draw_templates(count: int, draw: random.Random) -> list[PodTemplate]:
    """Workloads: three in ten keep their copies on hosts of their own, three in ten spread over zones, some follow another
    workload, want a disk, tolerate the taint or take a host port."""
    return [_draw_template(f"app-{number}", draw, draw.randrange(count)) for number in range(count)]


def _draw_template(app: str, draw: random.Random, other: int) -> PodTemplate:
    requests = {
        "cpu": f"{draw.choice((50, 100, 250, 500, 1000, 2000))}m",
        "memory": f"{draw.choice((64, 256, 1024))}Mi",
    }
    container: dict[str, Any] = {"name": "c", "resources": {"requests": requests}}
    own = {"matchLabels": {"app": app}}
    affinity: dict[str, Any] = {}
    spec: dict[str, Any] = {"containers": [container], "affinity": affinity}
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    if draw.random() < 0.3:
        affinity["podAntiAffinity"] = {required: [{"topologyKey": HOSTNAME, "labelSelector": own}]}
    if draw.random() < 0.3:
        rule = {"maxSkew": 1, "topologyKey": ZONE, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": own}
        spec["topologySpreadConstraints"] = [rule]
    if draw.random() < 0.05:
        leader = {"matchLabels": {"app": f"app-{other}"}}
        affinity["podAffinity"] = {required: [{"topologyKey": ZONE, "labelSelector": leader}]}
    if draw.random() < 0.1:
        spec["nodeSelector"] = {"disk": "ssd"}
    if draw.random() < 0.1:
        spec["tolerations"] = [{"key": "dedicated", "operator": "Exists"}]
    if draw.random() < 0.05:
        container["ports"] = [{"containerPort": 8080, "hostPort": 9000 + draw.randrange(20)}]
    return read_pod_template(document({"labels": {"app": app}}), document(spec), print)
