"""One Kubernetes object of the input, with what identifies it."""

from __future__ import annotations

from dataclasses import dataclass

from binpack.workload.documents import Node

WORKLOAD_KINDS = {
    "Pod": ("",),
    "ReplicationController": ("",),
    "Deployment": ("apps", "extensions"),
    "StatefulSet": ("apps",),
    "ReplicaSet": ("apps", "extensions"),
    "DaemonSet": ("apps", "extensions"),
    "Job": ("batch",),
    "CronJob": ("batch",),
}
"""Kinds that run pods, with the API groups that define them."""

Identity = tuple[str, str, str]
"""Kind, namespace, name."""


@dataclass(frozen=True)
class KubernetesObject:
    """One object. owners: (kind, name, uid) of its ownerReferences. copies: of equal pods that this one stands for, which
    are the members."""

    kind: str
    group: str
    namespace: str
    name: str
    node: Node
    uid: str = ""
    owners: tuple[tuple[str, str, str], ...] = ()
    copies: int | None = None
    members: tuple[Node, ...] = ()

    @property
    def identity(self) -> Identity:
        return (self.kind, self.namespace, self.name)

    @property
    def runs_pods(self) -> bool:
        return self.group in WORKLOAD_KINDS.get(self.kind, ())

    @property
    def shown(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}"

    def is_pod_of(self, kind: str) -> bool:
        """Is it a pod that an object of this kind made?"""
        return self.kind == "Pod" and any(owner == kind for owner, _, _ in self.owners)
