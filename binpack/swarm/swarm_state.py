"""A swarm: its nodes, and where the tasks of each service are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from binpack.swarm.node_info import NodeInfo
from binpack.swarm.service import Service
from binpack.swarm.swarm_node import SwarmNode


class SwarmState:
    """Nodes by name, and tasks that come and go. ValueError for two nodes of one name."""

    def __init__(self, nodes: Sequence[SwarmNode]) -> None:
        self.infos = {node.name: NodeInfo(node) for node in sorted(nodes, key=lambda node: node.name)}
        if len(self.infos) != len(nodes):
            raise ValueError("two nodes have the same name")
        self.placed: dict[str, Counter[str]] = {}
        """Service -> node -> tasks."""

    @property
    def nodes(self) -> list[NodeInfo]:
        """All nodes, in the order of their names."""
        return list(self.infos.values())

    def add(self, service: Service, node: str) -> None:
        """Put a task on a node, whether the filters would or not. KeyError for an unknown node."""
        info = self.infos[node]
        info.add(service)
        self.record(service, info)

    def record(self, service: Service, info: NodeInfo) -> None:
        """Note a task that the node has taken already."""
        self.placed.setdefault(service.name, Counter())[info.node.name] += 1

    def remove(self, service: Service, node: str) -> None:
        """Take a task off a node, once it has stopped. KeyError where the node has none of the service."""
        if not self.placed.get(service.name, Counter())[node]:
            raise KeyError(f"{service.name} has no task on {node}")
        self.placed[service.name][node] -= 1
        self.infos[node].stop(service)
        self.infos[node].stopped(service)
