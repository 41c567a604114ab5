"""Rolling updates: how many copies an orchestrator replaces at a time, and how many of them beside the old ones.

What an application asks for holds in every orchestrator, as near as it can do it. Where it asks for nothing:
Kubernetes' ``maxSurge`` and ``maxUnavailable`` of a Deployment are 25 % each, the first rounded up, the second down
(documentation of Deployments); an agent is replaced on one node after the other, stopped before it starts.
Docker Swarm takes one task of a service at a time (``docker service create --update-parallelism``, 1 by default), of which
the only one is replaced ``start-first``.
"""

from __future__ import annotations

from typing import NamedTuple

from binpack.workload.application import Application
from binpack.workload.update_strategy import NONE, ONE, QUARTER, STOP_ONE, UpdateStrategy

SWARM = "docker_swarm"


class Rollout(NamedTuple):
    """copies : those asked for. replaced : of them, those that an update replaces at all.

    surge : copies beside those asked for. unavailable : copies that may be missing meanwhile. pause : nanoseconds after
    each round.
    """

    copies: int
    replaced: int
    surge: int
    unavailable: int
    pause: int = 0

    @property
    def rounds(self) -> int:
        """How often so many are replaced until all are that are to be."""
        return -(-self.replaced // (self.surge + self.unavailable))

    @property
    def stops_all(self) -> bool:
        """Whether no copy is left while new ones start."""
        return 0 < self.copies <= min(self.unavailable, self.replaced)

    @property
    def needs_room(self) -> bool:
        """Whether a new copy has to start before an old one stops."""
        return self.replaced > 0 and self.unavailable == 0


def rollout(era: str, application: Application, copies: int) -> Rollout:
    """How an orchestrator's era updates so many copies. Neither surge nor unavailable: one is, as Kubernetes has it
    where percentages round to nothing (``ResolveFenceposts``)."""
    asked = application.update or _usual(era, application, copies)
    surge = asked.surge.of(copies)
    unavailable = asked.unavailable.of(copies) if application.agent else asked.unavailable.at_most(copies)
    if not surge and not unavailable:
        unavailable = 1
    if era == SWARM and unavailable:
        surge = 0  # an update has one order
    return Rollout(copies, max(0, copies - asked.kept), surge, unavailable, asked.pause)


def _usual(era: str, application: Application, copies: int) -> UpdateStrategy:
    if application.agent:
        return STOP_ONE
    if era == SWARM:
        return STOP_ONE if copies > 1 else UpdateStrategy(ONE, NONE)
    return UpdateStrategy(QUARTER, QUARTER)
