"""Pins as partial objects of the API: strategic merge patches, which kubectl and kustomize apply.

Lists that have no key to merge by (``nodeSelectorTerms``) are written whole, with what the object asks for already.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.node_affinity import NodeTerm, read_node_affinity
from binpack.kubernetes.planning.pins import SLOT, Pin, counted_on, slot
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_terms import REQUIRED
from binpack.kubernetes.selectors import Requirement
from binpack.workload.kubernetes_object import KubernetesObject
from binpack.workload.kubernetes_pods import template_of, template_path

Object = dict[str, Any]
_MAKERS = {
    "ReplicaSet": ("apps/v1", "Deployment"),
    "StatefulSet": ("apps/v1", "StatefulSet"),
    "ReplicationController": ("v1", "ReplicationController"),
    "Job": ("batch/v1", "Job"),
}
"""Owner of a pod whose own object the input lacks -> the object whose template makes it."""


def workload_patch(pin: Pin) -> Object | None:
    """The patch of the object whose template makes the pods; None where the input does not say which that is."""
    source = pin.pods.source
    target = None if source is None else _target(source)
    if source is None or target is None:
        return None
    version, kind, name = target
    patch: Object = {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": source.namespace}}
    inner = patch
    for key in template_path(kind):
        inner = inner.setdefault(key, {})
    inner["spec"] = _pod_spec(pin, source)
    if kind == "Deployment" and pin.full and source.node.find_text("spec", "strategy", "type") != "Recreate":
        # A copy more than before would find no slot, and the update would wait for it without end.
        patch["spec"]["strategy"] = {"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}}
    return patch


def node_patch(node: ClusterNode, pins: Sequence[Pin]) -> Object:
    """The slot of a node as a label, and its counted resources, which are of the subresource ``status``."""
    patch: Object = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": node.name}}
    patch["metadata"]["labels"] = {SLOT: slot(node.name)}
    counted = {resource: str(count) for resource, count in counted_on(node.name, pins).items()}
    return patch | ({"status": {"capacity": counted}} if counted else {})


def binding(pod: Pod, node: str) -> Object:
    """What the scheduler itself writes to put a pod that exists, and cannot be changed any more, on a node."""
    metadata = {"name": pod.name, "namespace": pod.template.namespace}
    target = {"apiVersion": "v1", "kind": "Node", "name": node}
    return {"apiVersion": "v1", "kind": "Binding", "metadata": metadata, "target": target}


def _target(source: KubernetesObject) -> tuple[str, str, str] | None:
    if source.kind != "Pod" or not source.owners:
        return source.node.find_text("apiVersion"), source.kind, source.name
    owner, _, _ = source.owners[0]
    return (*_MAKERS[owner], source.name) if owner in _MAKERS else None


def _pod_spec(pin: Pin, source: KubernetesObject) -> Object:
    spec: Object = {}
    template = template_of(source)
    if pin.slots and (own := template.find("spec")) is not None:
        terms = [_term(term) for term in pin.within(read_node_affinity(own)).terms or ()]
        spec["affinity"] = {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": terms}}}
    if pin.resource:
        name = template.find_list("spec", "containers")[0].find_text("name")
        one = {pin.resource: "1"}
        spec["containers"] = [{"name": name, "resources": {"requests": one, "limits": dict(one)}}]
    return spec


def _term(term: NodeTerm) -> Object:
    parts = {"matchExpressions": term.expressions, "matchFields": term.fields}
    return {key: [_requirement(r) for r in requirements] for key, requirements in parts.items() if requirements}


def _requirement(requirement: Requirement) -> Object:
    found: Object = {"key": requirement.key, "operator": requirement.operator}
    return found | ({"values": list(requirement.values)} if requirement.values else {})
