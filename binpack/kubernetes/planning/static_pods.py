"""Pods that a kubelet runs from a file on every node, such as GKE's kube-proxy: new nodes will run them too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.node_affinity import NodeAffinity
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod, is_finished, read_pod
from binpack.kubernetes.taints import Toleration
from binpack.workload.documents import Node
from binpack.workload.kubernetes_objects import unfolded

DAEMON_SET = "DaemonSet"


def static_daemons(documents: Sequence[Node], nodes: Sequence[ClusterNode]) -> list[PodSet]:
    """As daemons those that are on all of the nodes; the others are of the control plane's own nodes.

    Such a pod is owned by its node and named after it (``pkg/kubelet/config/common.go``, ``generatePodName``). No taint and
    no selector keeps it away. Of one name the pod of the first node counts.
    """
    names = {node.name for node in nodes}
    found: dict[str, dict[str, Pod]] = {}
    for document in unfolded(documents):
        if document.find_text("kind") == "Pod" and _owned_by_node(document) and not is_finished(document):
            pod = read_pod(document, lambda text: None)
            name = pod.key.removesuffix(f"-{pod.node_name}")
            found.setdefault(name, {})[pod.node_name] = pod
    return [_daemon(name, next(iter(on.values()))) for name, on in found.items() if names and names <= on.keys()]


def _owned_by_node(pod: Node) -> bool:
    return any(owner.find_text("kind") == "Node" for owner in pod.find_list("metadata", "ownerReferences"))


def _daemon(key: str, pod: Pod) -> PodSet:
    template = replace(pod.template, node_affinity=NodeAffinity(), tolerations=(Toleration(operator="Exists"),))
    name = f"{key.rpartition('/')[2]}.static"  # a DaemonSet may have the same name
    return PodSet(name, DAEMON_SET, 1, template, daemon=True)
