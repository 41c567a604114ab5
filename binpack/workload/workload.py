"""Workload: all applications of one run, with everything that reading them left to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from binpack.workload.application import Application
from binpack.workload.image import Images


@dataclass(frozen=True)
class Assumption:
    """Something a run takes for granted: printed with its value and its source."""

    name: str
    value: str
    source: str


@dataclass(frozen=True)
class Workload:
    """Applications, agents among them, in the order in which they were read.

    notes : what a person should know about the reading, a sentence each (kinds skipped and counted, objects dropped
        because another one owns them, objects that an operator would expand, requests taken from defaults).
    assumptions : what reading assumed.
    overheads : amounts that override ``datasets/overheads`` by name, exact integers in that row's unit.
    sources : the files read. images : full name -> what is known of it, for each platform.
    """

    name: str
    applications: tuple[Application, ...] = ()
    notes: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    overheads: Mapping[str, int] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    images: Images = field(default_factory=dict)

    @property
    def placed(self) -> tuple[Application, ...]:
        """The applications with copies to place: no agents, nothing scaled to 0."""
        return tuple(a for a in self.applications if not a.agent and a.replicas > 0)

    @property
    def agents(self) -> tuple[Application, ...]:
        """The applications that run once on every machine."""
        return tuple(a for a in self.applications if a.agent)

    @property
    def instances(self) -> int:
        """Copies to place."""
        return sum(a.replicas for a in self.placed)
