"""PlatformFilter: operating systems and processors that the image is for."""

from __future__ import annotations

from binpack.swarm.filters.filter import Check, Filter
from binpack.swarm.service import Platform, Service
from binpack.swarm.swarm_node import SwarmNode

_SAME = {"x86_64": "amd64", "aarch64": "arm64"}


def _bind(service: Service) -> Check | None:
    platforms = service.platforms
    return (lambda info: any(_runs(platform, info.node) for platform in platforms)) if platforms else None


def _runs(platform: Platform, node: SwarmNode) -> bool:
    """An empty part of the platform is any; nothing else is compared in any case (``platformEqual``)."""
    return platform.os in ("", node.os) and _name(platform.architecture) in ("", _name(node.architecture))


def _name(architecture: str) -> str:
    return _SAME.get(architecture, architecture)


PLATFORM = Filter(_bind, "unsupported platform on {}")
