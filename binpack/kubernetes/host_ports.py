"""Ports of the host that a pod takes, and when two of them conflict."""

from __future__ import annotations

from dataclasses import dataclass

from binpack.workload.documents import Node

_EVERYWHERE = ("", "0.0.0.0")
_LARGEST_PORT = 65_535


@dataclass(frozen=True)
class HostPort:
    """A port of the host that a pod takes."""

    protocol: str
    port: int
    address: str = ""

    def conflicts(self, other: HostPort) -> bool:
        """The same protocol and port, on addresses that overlap (``framework/types.go``, ``CheckConflict``)."""
        overlap = self.address == other.address or self.address in _EVERYWHERE or other.address in _EVERYWHERE
        return (self.protocol, self.port) == (other.protocol, other.port) and overlap


def host_ports(spec: Node) -> list[HostPort]:
    """Ports of the host that the pod takes: of containers and sidecars; with hostNetwork every container port.

    InputError for a number that is no port.
    """
    sidecars = [c for c in spec.find_list("initContainers") if c.find_text("restartPolicy") == "Always"]
    network = spec.find("hostNetwork")
    on_host = network is not None and network.boolean()
    ports = []
    for container in (*spec.find_list("containers"), *sidecars):
        for node in container.find_list("ports"):
            number = _port(node, "hostPort") or (_port(node, "containerPort") if on_host else 0)
            if number:
                ports.append(HostPort(node.find_text("protocol") or "TCP", number, node.find_text("hostIP")))
    return ports


def _port(node: Node, key: str) -> int:
    value = node.find(key)
    number = 0 if value is None else value.integer()
    if value is not None and not 0 <= number <= _LARGEST_PORT:
        raise value.error(f"{key} {number}", f"a port from 0 to {_LARGEST_PORT}")
    return number
