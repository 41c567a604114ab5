"""What a live cluster says twice or no longer runs: pods of a Deployment's ReplicaSet, finished jobs, old revisions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from binpack.workload.documents import Node
from binpack.workload.kubernetes_object import Identity, KubernetesObject


def without_repetition(items: Sequence[KubernetesObject], notes: list[str]) -> list[KubernetesObject]:
    """Leave out what something else in the input stands for, what has finished, and what the control plane runs itself."""
    present = {item.identity: item for item in items}
    dropped: Counter[str] = Counter()
    kept: list[KubernetesObject] = []
    for item in items:
        reason = _reason_to_drop(item, present)
        if reason:
            dropped[f"{item.kind} {reason}"] += 1
        else:
            kept.append(item)
    if dropped:
        counts = ", ".join(f"{count} {what}" for what, count in dropped.items())
        notes.append(f"left out because something else stands for it or nothing of it runs: {counts}")
    return _grouped_by_owner(kept, notes)


def _reason_to_drop(item: KubernetesObject, present: Mapping[Identity, KubernetesObject]) -> str:
    status = item.node.find("status")
    if item.kind == "Pod" and status is not None and status.find_text("phase") in ("Succeeded", "Failed"):
        return "that has finished"
    if item.kind == "Job" and status is not None and _finished(status):
        return "that has finished"
    for kind, name, uid in item.owners:
        if kind == "Node":
            return "that a kubelet runs from a file (control plane)"
        owner = present.get((kind, item.namespace, name)) or _grand_owner(kind, name, item, present)
        if owner is not None and (owner.kind != kind or not uid or not owner.uid or owner.uid == uid):
            return "owned by an object of the input"
    if item.kind == "ReplicaSet" and item.owners and item.node.find_text("spec", "replicas") == "0":
        return "that is an old revision"
    return ""


def _finished(status: Node) -> bool:
    return any(
        condition.find_text("type") in ("Complete", "Failed") and condition.find_text("status") == "True"
        for condition in status.find_list("conditions")
    )


def _grand_owner(
    kind: str, name: str, item: KubernetesObject, present: Mapping[Identity, KubernetesObject]
) -> KubernetesObject | None:
    """The Deployment or CronJob behind an owner that the input lacks, found by how controllers name what they make."""
    makers = {"ReplicaSet": ("Deployment", r"(.+)-[a-z0-9]+\Z"), "Job": ("CronJob", r"(.+)-[0-9]+\Z")}
    if item.kind != "Pod" or kind not in makers:
        return None
    maker, pattern = makers[kind]
    match = re.match(pattern, name)
    return present.get((maker, item.namespace, match[1])) if match else None


def _grouped_by_owner(items: Sequence[KubernetesObject], notes: list[str]) -> list[KubernetesObject]:
    """Pods of one owner that the input lacks become one object with so many copies, named after the owner."""
    groups: dict[Identity, list[KubernetesObject]] = {}
    for item in items:
        if item.kind == "Pod" and item.owners:
            kind, name, _ = item.owners[0]
            groups.setdefault((kind, item.namespace, name), []).append(item)
    result: list[KubernetesObject] = []
    seen: set[Identity] = set()
    for item in items:
        if item.kind != "Pod" or not item.owners:
            result.append(item)
            continue
        kind, name, _ = item.owners[0]
        key = (kind, item.namespace, name)
        if key not in seen:
            seen.add(key)
            short = name.rsplit("-", 1)[0] if kind == "ReplicaSet" and "-" in name else name
            members = tuple(member.node for member in groups[key])
            result.append(replace(item, name=short, copies=len(members), members=members))
    if groups:
        pods = sum(map(len, groups.values()))
        notes.append(
            f"{pods} pods have owners that the input lacks: counted as {len(groups)} applications of equal copies"
        )
    return result
