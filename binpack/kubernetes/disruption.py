"""Which running pods may be evicted: what the cluster autoscaler and Karpenter leave alone, and disruption budgets.

Sources: the FAQ of the cluster autoscaler (what types of pods can prevent it from removing a node), Karpenter's
``karpenter.sh/do-not-disrupt``, and ``pkg/registry/core/pod/rest/eviction.go``, which refuses pods of two budgets.
"""

from __future__ import annotations

from collections.abc import Sequence

from binpack.kubernetes.cluster_reader import VOLUME_KINDS
from binpack.kubernetes.disruption_budgets import Budget, labels_of, namespace_of
from binpack.kubernetes.pod import is_finished
from binpack.workload.documents import Node
from binpack.workload.kubernetes_objects import unfolded

MIRROR = "kubernetes.io/config.mirror"
DO_NOT_DISRUPT = "karpenter.sh/do-not-disrupt"
SAFE_TO_EVICT = "cluster-autoscaler.kubernetes.io/safe-to-evict"
SAFE_VOLUMES = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes"
SYSTEM_NAMESPACE = "kube-system"
UNKNOWN_VOLUMES = "volumes that the input does not describe"
OF_THE_NODE = "of their node itself (DaemonSet, static)"


def reasons_to_stay(documents: Sequence[Node], budgets: Sequence[Budget]) -> dict[str, str]:
    """For every Pod object on a node (``namespace/name``) why it cannot be evicted, empty where it can.

    Where its volumes could follow is not known without any volume object. budgets : those of the cluster.
    """
    objects = list(unfolded(documents))
    described = any(each.find_text("kind") in VOLUME_KINDS for each in objects)
    found = {}
    for pod in objects:
        if pod.find_text("kind") == "Pod" and pod.find_text("spec", "nodeName") and not is_finished(pod):
            namespace, labels = namespace_of(pod), labels_of(pod)
            reason = _reason(pod, [budget for budget in budgets if budget.selects(namespace, labels)])
            key = f"{namespace}/{pod.find_text('metadata', 'name')}"
            found[key] = reason if reason or described or not _has_claims(pod) else UNKNOWN_VOLUMES
    return found


def _reason(pod: Node, held: Sequence[Budget]) -> str:
    """held : the budgets that select it."""
    owners = {owner.find_text("kind") for owner in pod.find_list("metadata", "ownerReferences")}
    safe = _annotation(pod, SAFE_TO_EVICT)
    if _annotation(pod, MIRROR) or owners & {"Node", "DaemonSet"}:
        return OF_THE_NODE
    if pod.find("metadata", "deletionTimestamp") is not None:
        return "being deleted"
    if safe == "false" or _annotation(pod, DO_NOT_DISRUPT) not in ("", "false"):
        return "an annotation keeps them"
    if len(held) > 1:
        return "two budgets select them"
    if any(budget.allowed < 1 for budget in held):
        return f"budget {held[0].name} allows no disruption"
    if safe == "true":
        return ""
    if not owners:
        return "no controller makes them again"
    if namespace_of(pod) == SYSTEM_NAMESPACE and not held:
        return f"{SYSTEM_NAMESPACE} without a budget"
    return "local storage" if _has_local_storage(pod) else ""


def _has_claims(pod: Node) -> bool:
    volumes = pod.find_list("spec", "volumes")
    return any(v.find("persistentVolumeClaim") is not None or v.find("ephemeral") is not None for v in volumes)


def _has_local_storage(pod: Node) -> bool:
    """Has it a hostPath, or an emptyDir that is not of memory, but for those that an annotation names?"""
    safe = {name.strip() for name in _annotation(pod, SAFE_VOLUMES).split(",")}
    return any(
        volume.find("hostPath") is not None
        or (volume.find("emptyDir") is not None and volume.find_text("emptyDir", "medium") != "Memory")
        for volume in pod.find_list("spec", "volumes")
        if volume.find_text("name") not in safe
    )


def _annotation(pod: Node, name: str) -> str:
    return pod.find_text("metadata", "annotations", name)
