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

REQUIRED_WEIGHT = 1
"""What a required affinity term of a pod in place weighs in scores (``hardPodAffinityWeight``)."""

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
        self.assumed = NodeResources(self.nodes)
        """CPU and memory as scores count them, with something assumed for containers that request none."""
        self.ports = PortsInUse()
        self.counts = PodCounts(len(self.nodes), self.namespaces)
        self.anti_affinity = TermOwners(len(self.nodes), self.namespaces)
        """Required anti-affinity of the pods in place."""
        self.attraction = TermOwners(len(self.nodes), self.namespaces)
        """What draws pods to those in place: their preferred terms, and their required affinity."""
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
        self.resources.check(pod.template.amounts, node)
        self.assumed.check(dict(pod.template.scored), node)
        self.resources.add(pod.template.amounts, node)
        self.assumed.add(dict(pod.template.scored), node)
        self.counts.add(pod, node)
        self._change(pod, node, 1)
        self._placed[pod.key] = (pod, node)

    def remove(self, key: str) -> Pod:
        """Take the pod ``namespace/name`` off its node. KeyError if it is on none."""
        pod, node = self._placed.pop(key)
        self.resources.remove(pod.template.amounts, node)
        self.assumed.remove(dict(pod.template.scored), node)
        self.counts.remove(pod, node)
        self._change(pod, node, -1)
        return pod

    def _change(self, pod: Pod, node: int, change: int) -> None:
        template = pod.template
        self.ports.add(template.host_ports, node, change)
        self.volumes_in_use.add(template, node, change)
        self.anti_affinity.add(pod, ((term, 1) for term in template.anti_affinity), node, change)
        self.attraction.add(pod, template.preferred, node, change)
        self.attraction.add(pod, ((term, REQUIRED_WEIGHT) for term in template.affinity), node, change)

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
