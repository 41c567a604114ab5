"""PublishedPortFilter: ports that are published on the node itself."""

from __future__ import annotations

from binpack.swarm.filters.filter import Check, Filter
from binpack.swarm.service import Service


def _bind(service: Service) -> Check | None:
    ports = service.host_ports
    return (lambda info: info.ports.isdisjoint(ports)) if ports else None


HOST_PORT = Filter(_bind, "host-mode port already in use on {}")
