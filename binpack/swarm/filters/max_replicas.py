"""MaxReplicasFilter: so many active tasks of the service on a node, old and new ones of an update together."""

from __future__ import annotations

from binpack.swarm.filters.filter import Check, Filter
from binpack.swarm.service import Service


def _bind(service: Service) -> Check | None:
    most, name = service.max_replicas, service.name
    return (lambda info: info.active_of[name] < most) if most else None


MAX_REPLICAS = Filter(_bind, "max replicas per node limit exceed")
