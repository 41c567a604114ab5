"""PluginFilter: drivers of volumes, networks and logs that the node must have."""

from __future__ import annotations

from collections.abc import Iterator

from binpack.swarm.filters.filter import Check, Filter
from binpack.swarm.node_info import NodeInfo
from binpack.swarm.service import Service

LOCAL = "local"
"""The volume driver of every engine, which is not asked for."""


def _bind(service: Service) -> Check | None:
    needed = frozenset(_needed(service))
    log = service.log_driver if service.log_driver not in ("", "none") else ""
    if not needed and not log:
        return None

    def check(info: NodeInfo) -> bool:
        plugins = info.node.plugins
        if plugins is None:
            return True
        if not all(_has(plugins, kind, name) for kind, name in needed):
            return False
        # engines before the list of log drivers named none: then nothing is known
        return not log or _has(plugins, "Log", log) or all(kind != "Log" for kind, _ in plugins)

    return check


def _needed(service: Service) -> Iterator[tuple[str, str]]:
    yield from (("Volume", name) for name in service.volume_drivers if name not in ("", LOCAL))
    yield from (("Network", name) for name in service.network_drivers if name)


def _has(plugins: frozenset[tuple[str, str]], kind: str, name: str) -> bool:
    return (kind, name) in plugins or (kind, f"{name}:latest") in plugins


PLUGIN = Filter(_bind, "missing plugin on {}")
