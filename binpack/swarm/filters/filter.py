"""A filter: for which services it counts, what it asks of a node, and what it says of those that it refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from binpack.swarm.node_info import NodeInfo
from binpack.swarm.service import Service

Check = Callable[[NodeInfo], bool]
"""May a task of the service go on the node?"""


class Filter(NamedTuple):
    """``bind`` gives the check for a service (``SetTask``), None where the filter does not bear on it."""

    bind: Callable[[Service], Check | None]
    words: str

    def explain(self, nodes: int) -> str:
        """Swarm's words for so many nodes refused (``Explain``)."""
        return self.words.format("1 node" if nodes == 1 else f"{nodes} nodes")
