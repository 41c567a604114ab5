"""What a cluster runs by itself, where the input does not bring it: agents of the provider on every node, and DNS."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from binpack.datasets_path import datasets_path
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import PodTemplate
from binpack.kubernetes.priority_classes import SYSTEM_PRIORITIES
from binpack.kubernetes.resource_list import CPU, MEMORY, MILLI
from binpack.kubernetes.taints import Toleration
from binpack.machines.overheads import Overheads
from binpack.units import format_amount

NAMESPACE = "kube-system"
DAEMON_SET = "DaemonSet"
OTHER_NAMES = {
    "network": ("calico", "cilium", "flannel", "weave", "canal", "antrea", "kindnet", "aws-node", "cni"),
    "dns": ("coredns", "kube-dns"),
    "proxy": ("kube-proxy", "cilium"),
}
"""Parts of names by which something in the input does what a system pod would do; its own name always does."""


@dataclass(frozen=True)
class SystemPod:
    """A pod of the cluster's own. copies : of a DaemonSet one on each node. source : where its amounts come from."""

    name: str
    role: str
    kind: str
    copies: int
    cpu: int
    memory: int
    source: str

    def pods(self) -> PodSet:
        """The pods: they tolerate every taint on nodes, as agents do; elsewhere none."""
        requests = {CPU: self.cpu, MEMORY: self.memory * MILLI}
        template = PodTemplate(
            namespace=NAMESPACE,
            labels=(("k8s-app", self.name),),
            requests=tuple((resource, amount) for resource, amount in requests.items() if amount),
            scored=((CPU, self.cpu), (MEMORY, self.memory)),
            tolerations=(Toleration(operator="Exists"),) if self.kind == DAEMON_SET else (),
            priority=SYSTEM_PRIORITIES[
                "system-node-critical" if self.kind == DAEMON_SET else "system-cluster-critical"
            ],
        )
        return PodSet(
            self.name, self.kind, 1 if self.kind == DAEMON_SET else self.copies, template, self.kind == DAEMON_SET
        )

    def stated(self) -> str:
        """What is assumed, in a line."""
        amounts = ((CPU, self.cpu, " CPU"), (MEMORY, self.memory, ""))
        size = (
            " and ".join(f"{format_amount(r, amount)}{unit}" for r, amount, unit in amounts if amount) or "no requests"
        )
        where = "on every node" if self.kind == DAEMON_SET else f"x {self.copies}"
        return f"{NAMESPACE}/{self.name} {where}, {size}: {self.source}"


def missing_system_pods(sets: Sequence[PodSet], service: str, overheads: Overheads) -> list[SystemPod]:
    """Those of a Kubernetes service (``eks``, ``gke``, ``aks``; else of a cluster of one's own) that no set stands for."""
    names = [pods.name for pods in sets if pods.copies or pods.daemon]
    known = list(_of_service(service)) or _of_ones_own(overheads)
    return [pod for pod in known if not _brought(pod, names)]


def _brought(pod: SystemPod, names: Sequence[str]) -> bool:
    parts = (pod.name, *OTHER_NAMES.get(pod.role, ()))
    return any(part in name for name in names for part in parts)


def _of_service(service: str) -> Iterator[SystemPod]:
    path = datasets_path() / "cluster_defaults" / "system_pods.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["service"] == service:
                amounts = (int(row["replicas"]), int(row["cpu_milli"]), int(row["memory_bytes"]))
                source = row["source"] if row["evidence"] == "read" else f"parameter: {row['source']}"
                yield SystemPod(row["name"], row["role"], row["kind"], *amounts, source)


def _of_ones_own(overheads: Overheads) -> list[SystemPod]:
    """What the eras charge to nodes as well: kube-proxy, a network agent and CoreDNS."""
    agent, dns = "network_agent", "cluster_dns"
    cpu, memory = overheads[f"{agent}.cpu"], overheads[f"{agent}.memory"]
    dns_cpu, dns_memory, copies = (overheads[f"{dns}.{what}"] for what in ("cpu", "memory", "replicas"))
    return [
        SystemPod(
            "kube-proxy", "proxy", DAEMON_SET, 1, overheads["kube_proxy.cpu"], 0, overheads.source("kube_proxy.cpu")
        ),
        SystemPod("network-agent", "network", DAEMON_SET, 1, cpu, memory, overheads.source(f"{agent}.cpu")),
        SystemPod("coredns", "dns", "Deployment", copies, dns_cpu, dns_memory, overheads.source(f"{dns}.cpu")),
    ]
