"""Microservices as a shape: the same estate as parts, each scaled by itself, or joined into one process per copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.workload.application import ISOLATIONS, ROWS, Application, Component, Placement
from binpack.workload.workload import Workload


def as_parts(workload: Workload) -> Workload:
    """Applications with components become one application per component; the others stay."""
    parts: list[Application] = []
    for application in workload.applications:
        parts += [_part(application, c) for c in application.components] or [application]
    return replace(workload, applications=tuple(parts))


def as_monolith(workload: Workload) -> Workload:
    """Applications with components stay whole; of the others, those of one group, kernel family and architecture are joined.

    A joined copy is as big as one copy of each part; there are as many as the part with the most copies has. Jobs and agents
    stay, and so do rows of a table, which are parts of nothing. Rules between the parts of one process vanish, those on
    hosts stay at their strictest.
    """
    kept: list[Application] = []
    groups: dict[tuple[str, str, str], list[Application]] = {}
    for application in workload.applications:
        alone = application.agent or application.job or application.replicas == 0 or application.kind == ROWS
        whole = application.components or alone
        if whole:
            kept.append(application)
        else:
            groups.setdefault((application.group, application.os, application.arch), []).append(application)
    joined = [_joined(members) for members in groups.values()]
    return replace(workload, applications=(*joined, *kept))


def _part(application: Application, component: Component) -> Application:
    replicas = application.replicas if component.replicas is None else component.replicas
    return replace(
        application,
        name=f"{application.name}-{component.name}",
        replicas=replicas,
        requests=component.requests,
        size=component.requests,
        containers=(),
        components=(),
    )


def _joined(members: Sequence[Application]) -> Application:
    if len(members) == 1:
        return members[0]
    first = members[0]
    size: dict[str, int] = {}
    for member in members:
        for resource, amount in member.size.items():
            size[resource] = size.get(resource, 0) + amount
    asked = [member.isolation for member in members if member.isolation is not None]
    limits = [m.placement.max_per_host for m in members if m.placement.max_per_host is not None]
    images = [member.image_bytes for member in members]
    selector = {key: value for member in members for key, value in member.placement.node_selector.items()}
    return replace(
        first,
        name=f"{first.group} as one process",
        replicas=max(member.replicas for member in members),
        requests=size,
        size=size,
        assumed=frozenset().union(*(member.assumed for member in members)),
        isolation=max(asked, key=ISOLATIONS.index) if asked else None,
        containers=(),
        placement=Placement(min(limits) if limits else None, node_selector=selector),
        image_bytes=sum(image or 0 for image in images) or None,
    )
