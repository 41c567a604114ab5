"""A node of a swarm as the scheduler sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from binpack.swarm.amounts import Amounts

Role = Literal["worker", "manager"]
Availability = Literal["active", "pause", "drain"]
State = Literal["ready", "down", "unknown", "disconnected"]

ROLES: tuple[Role, ...] = ("worker", "manager")
AVAILABILITIES: tuple[Availability, ...] = ("active", "pause", "drain")
STATES: tuple[State, ...] = ("ready", "down", "unknown", "disconnected")


@dataclass(frozen=True)
class SwarmNode:
    """A node: its hostname, what its engine reports, and what the swarm says of it.

    has : all of the machine, as Swarm sets nothing aside for the system. os, architecture : as the engine reports them
    (``x86_64``, not ``amd64``). plugins : (type, name), such as (Volume, local); None: the engine reports none, and is not
    judged by them. labels : of the node (``docker node update --label-add``); engine_labels : of its engine.
    """

    name: str
    has: Amounts = field(default_factory=Amounts)
    labels: Mapping[str, str] = field(default_factory=dict)
    engine_labels: Mapping[str, str] = field(default_factory=dict)
    role: Role = "worker"
    id: str = ""
    address: str = ""
    os: str = "linux"
    architecture: str = "x86_64"
    plugins: frozenset[tuple[str, str]] | None = None
    availability: Availability = "active"
    state: State = "ready"
