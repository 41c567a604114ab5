"""Host ports taken on nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from binpack.kubernetes.host_ports import HostPort


class PortsInUse:
    """Which ports of which nodes are taken, by protocol and number."""

    def __init__(self) -> None:
        self._users: dict[tuple[str, int], Counter[tuple[int, HostPort]]] = {}

    def add(self, ports: Iterable[HostPort], node: int, change: int = 1) -> None:
        """Take ports of a node, or with ``change`` -1 give them back."""
        for port in ports:
            users = self._users.setdefault((port.protocol, port.port), Counter())
            users[node, port] += change
            if not users[node, port]:
                del users[node, port]

    def nodes_without(self, port: HostPort) -> set[int]:
        """The nodes on which the port is not free."""
        users = self._users.get((port.protocol, port.port), ())
        return {node for node, taken in users if port.conflicts(taken)}
