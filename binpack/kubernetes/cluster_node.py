"""A node of a cluster as the scheduler sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from binpack.kubernetes.resource_list import Warn, read_resource_list, whole_amounts
from binpack.kubernetes.taints import Taint, read_taints
from binpack.workload.documents import Node


@dataclass(frozen=True)
class ClusterNode:
    """A node: allocatable amounts in whole units (CPU in thousandths; ``pods`` among them), labels, taints."""

    name: str
    allocatable: Mapping[str, int]
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False


def read_cluster_node(node: Node, warn: Warn) -> ClusterNode:
    """The node of a Node object. InputError for what is malformed.

    Without ``status.allocatable`` the capacity is allocatable (``SetDefaults_NodeStatus``).
    """
    name = node.find_text("metadata", "name")
    if not name:
        raise node.error("a Node without a name", "metadata.name")
    amounts = node.find("status", "allocatable") or node.find("status", "capacity")
    labels, spec = node.find("metadata", "labels"), node.find("spec")
    cordoned = None if spec is None else spec.find("unschedulable")
    return ClusterNode(
        name,
        whole_amounts(read_resource_list(amounts, warn)),
        {} if labels is None else labels.text_map(),
        () if spec is None else read_taints(spec),
        cordoned is not None and cordoned.boolean(),
    )
