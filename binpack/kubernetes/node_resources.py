"""Allocatable and requested amounts of all nodes, as rows of 64-bit integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.quantity import LARGEST
from binpack.kubernetes.resource_list import CPU, EPHEMERAL_STORAGE, MEMORY

PODS = "pods"
BASIC = (CPU, MEMORY, EPHEMERAL_STORAGE)
_SCALAR_PREFIXES = ("hugepages-", "attachable-volumes-")

Amounts = npt.NDArray[np.int64]


def is_counted(resource: str) -> bool:
    """Does the scheduler count this resource (``framework/types.go``, ``Resource.Add``)?"""
    return resource in BASIC or "/" in resource or resource.startswith(_SCALAR_PREFIXES)


class NodeResources:
    """Per resource a row with an amount for each node; a resource that a node does not have is 0 there."""

    def __init__(self, nodes: Sequence[ClusterNode]) -> None:
        self._names = [node.name for node in nodes]
        self._allocatable: dict[str, Amounts] = {}
        self._requested: dict[str, Amounts] = {}
        for position, node in enumerate(nodes):
            for resource, amount in node.allocatable.items():
                self.allocatable(resource)[position] = amount
        self.pods = np.zeros(len(self._names), dtype=np.int64)
        """How many pods each node has."""

    def allocatable(self, resource: str) -> Amounts:
        """What each node has to give."""
        return self._row(self._allocatable, resource)

    def requested(self, resource: str) -> Amounts:
        """What the pods on each node request."""
        return self._row(self._requested, resource)

    def free(self, resource: str) -> Amounts:
        """What is left of each node, below 0 where it is overcommitted."""
        return self.allocatable(resource) - self.requested(resource)

    def check(self, amounts: Mapping[str, int], node: int) -> None:
        """OverflowError where the sums of a node with these amounts on top do not fit 64 bits."""
        for resource, amount in amounts.items():
            if int(self.requested(resource)[node]) + amount > LARGEST:
                raise OverflowError(f"node {self._names[node]} has requests for more {resource} than 64 bits count")

    def add(self, amounts: Mapping[str, int], node: int) -> None:
        """Count one more pod, whose amounts were checked."""
        for resource, amount in amounts.items():
            self.requested(resource)[node] += amount
        self.pods[node] += 1

    def remove(self, amounts: Mapping[str, int], node: int) -> None:
        """Take back what :meth:`add` counted."""
        for resource, amount in amounts.items():
            self.requested(resource)[node] -= amount
        self.pods[node] -= 1

    def _row(self, rows: dict[str, Amounts], resource: str) -> Amounts:
        if resource not in rows:
            rows[resource] = np.zeros(len(self._names), dtype=np.int64)
        return rows[resource]
