"""Classes of nodes that a plan may have some of: of one type, in one place, with the daemons that run there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import FILTERS, refused_before_filters
from binpack.kubernetes.filters.node_resources_fit import node_resources_fit, requested_resources
from binpack.kubernetes.filters.pod_topology_spread import pod_topology_spread
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod, PodTemplate

HOSTNAME = "kubernetes.io/hostname"
ZONE = "topology.kubernetes.io/zone"
OS, ARCHITECTURE = "kubernetes.io/os", "kubernetes.io/arch"
INSTANCE_TYPE = "node.kubernetes.io/instance-type"
OLDER_LABELS = {
    "beta.kubernetes.io/os": OS,
    "beta.kubernetes.io/arch": ARCHITECTURE,
    "beta.kubernetes.io/instance-type": INSTANCE_TYPE,
    "failure-domain.beta.kubernetes.io/zone": ZONE,
}
UNLIMITED = -1


@dataclass(frozen=True)
class NodeType:
    """What can be had of new nodes. price : micro-dollars per hour, or 1 for each where nodes are counted.

    allocatable : whole units, CPU in thousandths, ``pods`` among them, before daemons.
    """

    name: str
    allocatable: Mapping[str, int]
    price: int = 1
    labels: Mapping[str, str] | None = None


@dataclass(frozen=True)
class NodeClass:
    """Nodes alike but for their names. node : one of them, whose name is that of the class; its hostname label is its own,
    so no pod can ask for it. available : how many there may be at the most, -1: any number."""

    node: ClusterNode
    type_name: str
    price: int = 1
    available: int = UNLIMITED

    def named(self, name: str) -> ClusterNode:
        """One of the nodes."""
        return replace(self.node, name=name, labels={**self.node.labels, HOSTNAME: name})


def node_classes(types: Sequence[NodeType], zones: Sequence[str]) -> tuple[NodeClass, ...]:
    """Every type in every zone; without zones nodes have no such label."""
    found = []
    for kind in types:
        for zone in zones or ("",):
            name = f"{kind.name}-{zone}" if zone else kind.name
            labels = {**(kind.labels or {}), HOSTNAME: name} | ({ZONE: zone} if zone else {})
            node = ClusterNode(name, kind.allocatable, _with_known_labels(labels, kind.name))
            found.append(NodeClass(node, kind.name, kind.price))
    return tuple(found)


def _with_known_labels(labels: dict[str, str], type_name: str) -> dict[str, str]:
    """The labels with those that every node gets of the kubelet, with the older names that it still sets beside them
    (``pkg/kubelet/kubelet_node_status.go``; the zone's by the cloud's node controller)."""
    labels = {OS: "linux", ARCHITECTURE: "amd64", INSTANCE_TYPE: type_name, **labels}
    older = {old: labels[new] for old, new in OLDER_LABELS.items() if new in labels}
    return {**older, **labels}


def with_daemons(classes: Sequence[NodeClass], daemons: Sequence[PodSet]) -> list[tuple[PodSet, ...]]:
    """The daemons that run on nodes of each class: where their node affinity and tolerations admit them
    (``pkg/controller/daemon``, ``NodeShouldRunDaemonPod``)."""
    state = ClusterState([c.node for c in classes])
    admits = [(daemon, admitted_nodes(state, daemon.template)) for daemon in daemons]
    return [tuple(daemon for daemon, mask in admits if mask[k]) for k in range(len(classes))]


def admitted_nodes(state: ClusterState, template: PodTemplate) -> Mask:
    """The nodes that take a pod of this template by all that does not depend on other waiting pods but its size: every
    filter except those of resources and spread, and of affinity those that say whom it stands apart from."""
    pod = Pod("", replace(template, affinity=()))
    held = np.full(len(state.nodes), refused_before_filters(state, pod) is None)
    if not held.any():
        return held
    for plugin in FILTERS:
        if plugin not in (node_resources_fit, pod_topology_spread):
            outcome = plugin(state, pod)
            held &= True if outcome is None else outcome.passes
    return held


def free_on(node: ClusterNode, daemons: Sequence[PodSet]) -> dict[str, int]:
    """What the daemons leave of the allocatable amounts, a pod's slot each; below 0 where they do not fit."""
    free = dict(node.allocatable)
    for daemon in daemons:
        for resource, amount in requested(daemon.template).items():
            free[resource] = free.get(resource, 0) - amount
    return free


def requested(template: PodTemplate) -> dict[str, int]:
    """What a pod takes of a node: of the resources that the scheduler looks at, and a pod's slot."""
    return {name: template.amounts[name] for name in requested_resources(template.amounts)} | {"pods": 1}
