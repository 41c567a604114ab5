"""A service of a swarm: what each of its tasks asks of a node, and how many there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from binpack.swarm.amounts import Amounts
from binpack.swarm.constraints import Constraint
from binpack.swarm.update_config import UpdateConfig

Mode = Literal["replicated", "global", "replicated-job", "global-job"]
MODES: tuple[Mode, ...] = ("replicated", "global", "replicated-job", "global-job")


class Platform(NamedTuple):
    """What an image runs on; empty: anything."""

    os: str = ""
    architecture: str = ""


class PublishedPort(NamedTuple):
    """A port that is published, on the node itself (``mode: host``) or on every node by Swarm's mesh (``mode: ingress``)."""

    protocol: str
    port: int


@dataclass(frozen=True)
class Service:
    """A service. ValueError for a negative number.

    replicas : tasks; of a global service ignored, as one runs on every node. reserves : of a task; limits place nothing.
    preferences : ``node.labels.NAME`` or ``engine.labels.NAME`` to spread over, the first the top of the tree.
    max_replicas : tasks on one node; 0: any number. platforms : any of them will do; none: not known, so every node.
    host_ports : taken on the node; mesh_ports : taken in the whole swarm, by one service. None of them is 0.
    volume_drivers, network_drivers, log_driver : plugins that the node must have.
    """

    name: str
    replicas: int = 1
    mode: Mode = "replicated"
    reserves: Amounts = field(default_factory=Amounts)
    constraints: tuple[Constraint, ...] = ()
    preferences: tuple[str, ...] = ()
    max_replicas: int = 0
    platforms: tuple[Platform, ...] = ()
    host_ports: frozenset[PublishedPort] = frozenset()
    mesh_ports: frozenset[PublishedPort] = frozenset()
    volume_drivers: tuple[str, ...] = ()
    network_drivers: tuple[str, ...] = ()
    log_driver: str = ""
    update: UpdateConfig = field(default_factory=UpdateConfig)
    rollback: UpdateConfig = field(default_factory=UpdateConfig)

    def __post_init__(self) -> None:
        for what, number in (("replicas", self.replicas), ("max_replicas", self.max_replicas)):
            if number < 0:
                raise ValueError(f"service {self.name}: {what} {number} is below 0")

    @property
    def is_global(self) -> bool:
        """One task on every node that matches the constraints?"""
        return self.mode.startswith("global")
