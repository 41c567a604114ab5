"""Drivers that a stack's services need on nodes (docker/cli ``cli/compose/convert``: ``volume.go``, ``service.go``)."""

from __future__ import annotations

import re

from binpack.workload.compose_amounts import Text
from binpack.workload.node import Node

_DEFAULT = "default"
_OVERLAY = "overlay"
_WINDOWS_PATH = re.compile(r"[A-Za-z]:[\\/]")


def volume_drivers(service: Node, stack: Node, text: Text) -> tuple[str, ...]:
    """The drivers of the named volumes that a service mounts; external ones have none that is known."""
    names = [name for mount in service.find_list("volumes") if (name := _volume_name(mount, text))]
    return _drivers(names, stack.find("volumes"), "", text)


def network_drivers(service: Node, stack: Node, text: Text) -> tuple[str, ...]:
    """The drivers of the networks that a service is in; without one named, of the stack's default network."""
    networks = service.find("networks")
    if networks is None:
        names = [_DEFAULT]
    elif networks.is_mapping:
        names = [name for name, _ in networks.items()]
    else:
        names = [text(name) for name in networks.elements()]
    return _drivers(names or [_DEFAULT], stack.find("networks"), _OVERLAY, text)


def log_driver(service: Node, text: Text) -> str:
    """``logging.driver``, empty for the node's own."""
    driver = service.find("logging", "driver")
    return "" if driver is None else text(driver)


def _volume_name(mount: Node, text: Text) -> str:
    """The named volume of a mount, empty for a path, for tmpfs and for an anonymous volume."""
    if mount.is_mapping:
        source = mount.find("source")
        return text(source) if source is not None and mount.find_text("type", default="volume") == "volume" else ""
    name, _, target = text(mount).partition(":")
    path = not target or name.startswith((".", "/", "~")) or _WINDOWS_PATH.match(text(mount))
    return "" if path else name


def _drivers(names: list[str], declared: Node | None, usual: str, text: Text) -> tuple[str, ...]:
    found = []
    for name in names:
        node = None if declared is None else declared.find(name)
        external = None if node is None else node.find("external")
        if external is not None and (external.is_mapping or external.boolean()):
            continue
        driver = None if node is None else node.find("driver")
        found.append(usual if driver is None else text(driver))
    return tuple(dict.fromkeys(driver for driver in found if driver))
