"""Clusters and pods from a few lines of YAML, and verdicts as a few words."""

from __future__ import annotations

from typing import Any

import yaml

from bench.kubernetes.instance import document
from binpack.kubernetes.cluster_node import ClusterNode, read_cluster_node
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.cluster_volumes import ClusterVolumes
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.pod import Pod, read_pod

HOSTNAME = "kubernetes.io/hostname"


def silent(_: str) -> None:
    """For readers whose warnings a test does not look at."""


def node(name: str, text: str = "{}") -> ClusterNode:
    """A node of 4 CPU, 8 GiB and 110 pods, with its hostname as a label: ``{labels, taints, unschedulable, allocatable}``.

    A label that is null is taken away.
    """
    given: dict[str, Any] = yaml.safe_load(text)
    labels = {HOSTNAME: name, **given.get("labels", {})}
    metadata = {"name": name, "labels": {key: str(value) for key, value in labels.items() if value is not None}}
    spec = {"taints": given.get("taints", []), "unschedulable": given.get("unschedulable", False)}
    allocatable = {"cpu": "4", "memory": "8Gi", "pods": "110", **given.get("allocatable", {})}
    status = {"allocatable": {key: str(value) for key, value in allocatable.items()}}
    return read_cluster_node(document({"metadata": metadata, "spec": spec, "status": status}), silent)


def pod(text: str = "{}", name: str = "p") -> Pod:
    """A pod from its spec, with ``labels``, ``namespace`` and ``requests`` of its container beside it."""
    spec: dict[str, Any] = yaml.safe_load(text)
    metadata = {"name": name, "labels": spec.pop("labels", {}), "namespace": spec.pop("namespace", "default")}
    requests = {key: str(value) for key, value in spec.pop("requests", {}).items()}
    spec.setdefault("containers", [{"name": "c", "resources": {"requests": requests}}])
    return read_pod(document({"metadata": metadata, "spec": spec}), silent)


def cluster(
    nodes: dict[str, str], pods: list[tuple[str, str]] | None = None, volumes: ClusterVolumes | None = None
) -> ClusterState:
    """A cluster of such nodes, and of such pods on them (the node's name, the pod's text)."""
    namespaces = {"b": {"team": "b"}}
    state = ClusterState([node(name, text) for name, text in nodes.items()], namespaces, volumes)
    for number, (place, text) in enumerate(pods or []):
        state.add(pod(text, f"e{number}"), place)
    return state


def verdicts(state: ClusterState, text: str) -> str:
    """For each node: yes, no, or no! where the refusal is unresolvable."""
    found = filter_nodes(state, pod(text))
    return " ".join(
        "yes" if refusal is None else "no" if refusal.code == "Unschedulable" else "no!" for refusal in found
    )


def reasons(state: ClusterState, text: str) -> list[str]:
    """For each node the reasons of its refusal, empty where the pod fits."""
    return ["" if refusal is None else str(refusal) for refusal in filter_nodes(state, pod(text))]
