"""The filters in their order, for one service (swarmkit ``manager/scheduler/pipeline.go``).

The filter for cluster volumes (CSI) is not among them: which volumes a swarm has is not in a stack file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from binpack.swarm.filters.constraint import CONSTRAINT
from binpack.swarm.filters.filter import Filter
from binpack.swarm.filters.host_port import HOST_PORT
from binpack.swarm.filters.max_replicas import MAX_REPLICAS
from binpack.swarm.filters.platform import PLATFORM
from binpack.swarm.filters.plugin import PLUGIN
from binpack.swarm.filters.ready import READY
from binpack.swarm.filters.resource import RESOURCE
from binpack.swarm.node_info import NodeInfo
from binpack.swarm.service import Service

FILTERS: tuple[Filter, ...] = (READY, RESOURCE, PLUGIN, CONSTRAINT, PLATFORM, HOST_PORT, MAX_REPLICAS)


class Pipeline:
    """The filters that bear on a service."""

    def __init__(self, service: Service) -> None:
        bound = ((filter, filter.bind(service)) for filter in FILTERS)
        self._checks = [(filter, check) for filter, check in bound if check is not None]

    def accepts(self, info: NodeInfo) -> bool:
        """Do all filters let a task on the node (``Process``)?"""
        return all(check(info) for _, check in self._checks)

    def refusal(self, info: NodeInfo) -> Filter | None:
        """The first filter that refuses the node: it alone is counted."""
        return next((filter for filter, check in self._checks if not check(info)), None)

    def explain(self, infos: Iterable[NodeInfo]) -> str:
        """Which filters refuse how many of the nodes, the most first, equal ones in the order of the filters (``Explain``).

        Empty where there is no node.
        """
        refusals = map(self.refusal, infos)
        counts = Counter(FILTERS.index(filter) for filter in refusals if filter is not None)
        order = sorted(counts, key=lambda position: (-counts[position], position))
        return "; ".join(FILTERS[position].explain(counts[position]) for position in order)
