"""A node with what the scheduler keeps of the tasks on it (swarmkit ``manager/scheduler/nodeinfo.go``)."""

from __future__ import annotations

from collections import Counter

from binpack.swarm.service import PublishedPort, Service
from binpack.swarm.swarm_node import SwarmNode


class NodeInfo:
    """What is free on a node, the ports taken there, and how many tasks are active, by service and in all.

    A task that is to stop is no longer active, but keeps what it reserves until it has stopped.
    """

    def __init__(self, node: SwarmNode) -> None:
        self.node = node
        self.nano_cpus = node.has.nano_cpus
        self.memory = node.has.memory
        self.generic = Counter(node.has.generic)
        self.ports: set[PublishedPort] = set()
        self.active = 0
        self.active_of: Counter[str] = Counter()

    def add(self, service: Service) -> None:
        """A task is assigned to the node (``addTask``)."""
        self._reserve(service, 1)
        self.ports |= service.host_ports
        self._count(service, 1)

    def stop(self, service: Service) -> None:
        """A task is told to stop."""
        self._count(service, -1)

    def stopped(self, service: Service) -> None:
        """A task that was told to stop has stopped (``removeTask``)."""
        self._reserve(service, -1)
        self.ports -= service.host_ports

    def rank(self, service: str) -> tuple[int, int]:
        """Where a task of the service goes first: to the node with the fewest of its tasks, then the fewest tasks in all
        (``scheduler.go``, ``nodeLess``, where no task has failed)."""
        return self.active_of[service], self.active

    def _reserve(self, service: Service, sign: int) -> None:
        reserves = service.reserves
        self.nano_cpus -= sign * reserves.nano_cpus
        self.memory -= sign * reserves.memory
        for kind, number in reserves.generic.items():
            self.generic[kind] -= sign * number

    def _count(self, service: Service, change: int) -> None:
        self.active += change
        self.active_of[service.name] += change
