"""ReadyFilter: nodes that are up and take tasks."""

from __future__ import annotations

from binpack.swarm.filters.filter import Check, Filter
from binpack.swarm.node_info import NodeInfo
from binpack.swarm.service import Service


def _bind(_: Service) -> Check:
    return _check


def _check(info: NodeInfo) -> bool:
    return info.node.state == "ready" and info.node.availability == "active"


READY = Filter(_bind, "{} not available for new tasks")
