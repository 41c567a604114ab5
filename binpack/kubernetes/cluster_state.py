"""A cluster as the scheduler's filters see it: fixed nodes, and the pods on them, which come and go.

    state = ClusterState(nodes)
    state.add(pod, "node-1")
    refusals = filter_nodes(state, next_pod)

What depends on nodes and a pod's template alone is computed once for each template; what depends on the pods in place is
kept in sums for every node that are changed when a pod comes or goes. No filter walks over pods.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.cluster_volumes import ClusterVolumes
from binpack.kubernetes.node_labels import NodeLabels
from binpack.kubernetes.node_resources import NodeResources
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_counts import Namespaces, PodCounts
from binpack.kubernetes.ports_in_use import PortsInUse
from binpack.kubernetes.selectors import Labels
from binpack.kubernetes.term_owners import TermOwners
from binpack.kubernetes.volumes_in_use import VolumesInUse

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class ClusterState:
    """Nodes in a fixed order, and the pods on them.

    namespaces : name -> labels. volumes : claims, volumes and classes of the cluster; None: claims are not judged.
    ValueError for two nodes of one name.
    """

    def __init__(
        self,
        nodes: Sequence[ClusterNode],
        namespaces: Mapping[str, Labels] | None = None,
        volumes: ClusterVolumes | None = None,
    ) -> None:
        self.nodes = tuple(nodes)
        self.index = {node.name: position for position, node in enumerate(self.nodes)}
        if len(self.index) != len(self.nodes):
            raise ValueError("two nodes have the same name")
        self.namespaces = Namespaces(namespaces or {})
        self.labels = NodeLabels(self.nodes)
        self.resources = NodeResources(self.nodes)
        self.ports = PortsInUse()
        self.counts = PodCounts(len(self.nodes), self.namespaces)
        self.anti_affinity = TermOwners(len(self.nodes), self.namespaces)
        self.volumes = volumes
        self.volumes_in_use = VolumesInUse(volumes)
        self._placed: dict[str, tuple[Pod, int]] = {}
        self._fixed: dict[tuple[Any, Hashable], Any] = {}

    def add(self, pod: Pod, node_name: str) -> None:
        """Put a pod on a node, whether the filters would or not.

        KeyError for an unknown node, ValueError for a pod that is placed, OverflowError for sums beyond 64 bits.
        """
        node = self.index[node_name]
        if pod.key in self._placed:
            raise ValueError(f"pod {pod.key} is placed already")
        template = pod.template
        self.resources.add(template.amounts, node)
        self.ports.add(template.host_ports, node)
        self.counts.add(pod, node)
        self.anti_affinity.add(pod, template.anti_affinity, node)
        self.volumes_in_use.add(template, node)
        self._placed[pod.key] = (pod, node)

    def remove(self, key: str) -> Pod:
        """Take the pod ``namespace/name`` off its node. KeyError if it is on none."""
        pod, node = self._placed.pop(key)
        template = pod.template
        self.resources.remove(template.amounts, node)
        self.ports.add(template.host_ports, node, change=-1)
        self.counts.remove(pod, node)
        self.anti_affinity.add(pod, template.anti_affinity, node, change=-1)
        self.volumes_in_use.add(template, node, change=-1)
        return pod

    def node_of(self, key: str) -> str | None:
        """The node that the pod ``namespace/name`` is on."""
        return self.nodes[self._placed[key][1]].name if key in self._placed else None

    def pods(self) -> Iterator[tuple[Pod, str]]:
        """Every pod with the name of its node."""
        return ((pod, self.nodes[node].name) for pod, node in self._placed.values())

    def fixed(self, build: Callable[[ClusterState, Key], Answer], key: Key) -> Answer:
        """``build(self, key)``, computed once: for answers that do not depend on the pods in place."""
        if (build, key) not in self._fixed:
            self._fixed[build, key] = build(self, key)
        answer: Answer = self._fixed[build, key]
        return answer
