"""Ports that two services of one swarm cannot both publish: the second one is not created
(swarmkit ``manager/controlapi/service.go``, ``checkPortConflicts``)."""

from __future__ import annotations

from collections.abc import Iterable

from binpack.swarm.service import Service


def port_conflict(service: Service, others: Iterable[Service]) -> str:
    """Swarm's words for the first port that another service has already, empty if there is none.

    Ports of the mesh exclude each other, and ports of the host of the same number; two services with a port of the host are
    kept apart by the scheduler.
    """
    for other in others:
        for port in sorted(other.host_ports & service.mesh_ports):
            return f"port '{port.port}' is already in use by service '{other.name}' as a host-published port"
        for port in sorted(other.mesh_ports & (service.mesh_ports | service.host_ports)):
            return f"port '{port.port}' is already in use by service '{other.name}' as an ingress port"
    return ""
