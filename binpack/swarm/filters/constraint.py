"""ConstraintFilter: placement constraints."""

from __future__ import annotations

from binpack.swarm.constraints import node_matches
from binpack.swarm.filters.filter import Check, Filter
from binpack.swarm.service import Service


def _bind(service: Service) -> Check | None:
    constraints = service.constraints
    return (lambda info: node_matches(constraints, info.node)) if constraints else None


CONSTRAINT = Filter(_bind, "scheduling constraints not satisfied on {}")
