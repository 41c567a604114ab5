"""Rolling updates by an orchestrator's own defaults: how many copies at a time, and how many of them beside the old ones.

Kubernetes: a Deployment's ``maxSurge`` and ``maxUnavailable`` are 25 % each, the first rounded up, the second down
(documentation of Deployments); a StatefulSet replaces its pods one by one, each stopped before the new one starts.
Docker Swarm: one task of a service at a time (``docker service create --update-parallelism``, 1 by default).
"""

from __future__ import annotations

from typing import NamedTuple

from binpack.workload.application import Application

SHARE = 4  # a quarter of the copies, in both of Kubernetes' limits
ONE_BY_ONE = "StatefulSet"


class Rollout(NamedTuple):
    """surge : copies beside those asked for. unavailable : copies that may be missing meanwhile."""

    surge: int
    unavailable: int

    def rounds(self, copies: int) -> int:
        """How often so many are replaced before all of the copies are."""
        return -(-copies // (self.surge + self.unavailable))


def rollout(era: str, application: Application) -> Rollout:
    """How an orchestrator's era updates an application unless told otherwise."""
    if era == "docker_swarm" or application.kind == ONE_BY_ONE:
        return Rollout(0, 1)
    return Rollout(-(-application.replicas // SHARE), application.replicas // SHARE)
