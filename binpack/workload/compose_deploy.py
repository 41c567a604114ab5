"""What a Compose service says of its tasks and of the nodes that they may go to, for every reader of Compose files."""

from __future__ import annotations

import re

from binpack.swarm.constraints import Constraint, parse_constraint
from binpack.swarm.service import MODES, Mode, PublishedPort
from binpack.workload.compose_amounts import Text, read_count
from binpack.workload.node import Node

_MOST_PORTS = 1000  # of one range that are told apart


def read_mode(service: Node, text: Text) -> Mode:
    """``deploy.mode``, by default replicated."""
    found = service.find("deploy", "mode")
    written = MODES[0] if found is None else text(found)
    for mode in MODES:
        if written == mode:
            return mode
    assert found is not None
    raise found.error(f'"{written}"', "one of " + ", ".join(MODES))


def read_replicas(service: Node, text: Text) -> int:
    """``deploy.replicas``, or else ``scale``, or else 1."""
    replicas = service.find("deploy", "replicas") or service.find("scale")
    return 1 if replicas is None else read_count(replicas, text, "replicas")


def read_max_replicas(service: Node, text: Text) -> int:
    """``max_replicas_per_node``; 0 means any number."""
    most = service.find("deploy", "placement", "max_replicas_per_node")
    return 0 if most is None else read_count(most, text, "replicas on a node")


def read_constraints(service: Node, text: Text) -> list[Constraint]:
    """The placement constraints. InputError in Swarm's words for what it would refuse."""
    placement = service.find("deploy", "placement")
    found = []
    for node in placement.find_list("constraints") if placement is not None else ():
        try:
            found.append(parse_constraint(text(node)))
        except ValueError as error:
            fix = "such as node.role==worker"
            raise node.error(f"{node.describe()} ({error})", "KEY==VALUE or KEY!=VALUE", fix) from None
    return found


def read_host_ports(service: Node, text: Text) -> frozenset[PublishedPort]:
    """The ports that are published on the host itself (``mode: host``) and not by Swarm's mesh."""
    found: set[PublishedPort] = set()
    for port in service.find_list("ports"):
        if port.is_mapping and port.find_text("mode") == "host":
            found |= _long_form(port, text)
    return frozenset(found)


def read_mesh_ports(service: Node, text: Text) -> frozenset[PublishedPort]:
    """The ports that Swarm's mesh publishes on every node: all others, addresses of the host left out as Swarm does."""
    found: set[PublishedPort] = set()
    for port in service.find_list("ports"):
        if not port.is_mapping:
            found |= _short_form(port, text)
        elif port.find_text("mode") != "host":
            found |= _long_form(port, text)
    return frozenset(found)


def _long_form(port: Node, text: Text) -> set[PublishedPort]:
    published = port.find("published")
    if published is None:
        return set()
    return _ports(published, text(published), port.find_text("protocol", default="tcp"))


def _short_form(port: Node, text: Text) -> set[PublishedPort]:
    """``[ADDRESS:]PUBLISHED:TARGET[/PROTOCOL]``; a range for one target is any port of it, and takes none for sure."""
    written, _, protocol = text(port).strip().partition("/")
    published, _, target = written.rpartition(":")
    published = published.rpartition(":")[2]
    if not published or ("-" in published) != ("-" in target):
        return set()
    return _ports(port, published, protocol.lower() or "tcp")


def _ports(node: Node, written: str, protocol: str) -> set[PublishedPort]:
    """A port or a range of them; 0 is any free port, and none of these."""
    first, _, last = written.partition("-")
    if not re.fullmatch(r"[0-9]{1,5}", first) or not re.fullmatch(r"[0-9]{1,5}", last or first):
        raise node.error(node.describe(), "a port, or a range such as 8080-8090")
    ports = range(int(first), min(int(last or first), int(first) + _MOST_PORTS) + 1)
    return {PublishedPort(protocol, number) for number in ports if number}
