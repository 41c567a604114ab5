"""Sets of pods as the objects of a manifest make them."""

from __future__ import annotations

from binpack.kubernetes.planning.pod_sets import PodSet, read_pod_sets
from binpack.workload.documents import parse_documents
from binpack.workload.source_text import SourceText


def sets_of(*texts: str) -> tuple[dict[str, PodSet], list[str]]:
    """By name, and what was said."""
    said: list[str] = []
    documents = parse_documents(SourceText("a.yaml", "\n---\n".join(texts)))
    return {pods.name: pods for pods in read_pod_sets(documents, said.append)}, said


def pod(name: str, more: str = "") -> str:
    """A Pod."""
    return f"{{apiVersion: v1, kind: Pod, metadata: {{name: {name}}}, spec: {{containers: [{{name: c}}]{more}}}}}"


def priority_class(name: str, value: int, usual: bool = False) -> str:
    """A PriorityClass."""
    kind = "apiVersion: scheduling.k8s.io/v1, kind: PriorityClass"
    return f"{{{kind}, metadata: {{name: {name}}}, value: {value}, globalDefault: {str(usual).lower()}}}"


def test_priorities_come_from_their_classes() -> None:
    """A pod's own number counts first, then its class, then the class for all; one that is not there is said."""
    found, said = sets_of(
        priority_class("high", 1000),
        priority_class("usual", 7, usual=True),
        pod("a", ", priorityClassName: high"),
        pod("b"),
        pod("c", ", priorityClassName: high, priority: 5"),
        pod("d", ", priorityClassName: system-node-critical"),
        pod("e", ", priorityClassName: gone"),
    )
    assert {name: pods.template.priority for name, pods in found.items()} == {
        "a": 1000,
        "b": 7,
        "c": 5,
        "d": 2_000_001_000,
        "e": 7,
    }
    assert any("priority class gone is not in the input" in text for text in said)


def test_daemons_are_told_from_copies() -> None:
    """A DaemonSet runs everywhere; a Deployment has its copies, and equal names of different kinds stay apart."""
    template = "template: {spec: {containers: [{name: c}]}}"
    found, _ = sets_of(
        f"{{apiVersion: apps/v1, kind: DaemonSet, metadata: {{name: agent}}, spec: {{{template}}}}}",
        f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: agent}}, spec: {{replicas: 3, {template}}}}}",
    )
    assert [(name, pods.daemon, pods.copies) for name, pods in found.items()] == [
        ("agent", True, 1),
        ("agent.deployment", False, 3),
    ]
