"""Nodes and services of a swarm in a few words, and what becomes of them."""

from __future__ import annotations

from typing import Any

from binpack.swarm.amounts import NANO, Amounts
from binpack.swarm.constraints import parse_constraint
from binpack.swarm.placement import Placed, place_on_nodes
from binpack.swarm.service import Service
from binpack.swarm.swarm_node import SwarmNode
from binpack.units import MIB


def amounts(cpus: float = 0, mib: int = 0, **generic: int) -> Amounts:
    """So many CPUs, so much memory, and generic resources."""
    return Amounts(round(cpus * NANO), mib * MIB, generic)


def node(name: str, labels: str = "", has: Amounts | None = None, **more: Any) -> SwarmNode:
    """A node of 4 CPUs and 8 GiB; labels as ``zone=a rack=1``."""
    pairs = dict(word.split("=") for word in labels.split())
    return SwarmNode(name, amounts(4, 8192) if has is None else has, labels=pairs, **more)


def nodes(number: int = 3, **more: Any) -> list[SwarmNode]:
    """Equal nodes n1, n2 ..."""
    return [node(f"n{k + 1}", **more) for k in range(number)]


def service(replicas: int = 1, *constraints: str, name: str = "web", **more: Any) -> Service:
    """A service with constraints as they are written."""
    return Service(name, replicas, constraints=tuple(map(parse_constraint, constraints)), **more)


def counts(placed: Placed, name: str = "web") -> dict[str, int]:
    """Node -> tasks of a service."""
    return dict(placed.placements.get(name, {}))


def reason(one: Service, on: list[SwarmNode]) -> str:
    """Why tasks of a service that stands alone wait; empty where none does."""
    return "".join(pending.reason for pending in place_on_nodes([one], on).pending)
