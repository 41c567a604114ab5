"""Pods as they would be if they requested what they use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.resource_list import CPU, MEMORY, MILLI
from binpack.workload.application import Resources
from binpack.workload.pod_names import by_workload


class RightSized(NamedTuple):
    """The sets with new requests, and how many of them were measured."""

    sets: tuple[PodSet, ...]
    measured: int


def right_sized(sets: Sequence[PodSet], usage: Mapping[str, Resources]) -> RightSized:
    """CPU and memory requests replaced by what is used, up or down; all others stay, and those of what was not measured.

    usage : ``namespace/name`` or ``name``, of workloads or of their pods, -> amounts of one copy. Of a workload's pods the
    largest amounts count.
    """
    known = by_workload(usage, [pods.key for pods in sets])
    found = []
    measured = 0
    for pods in sets:
        used = known.get(pods.key, known.get(pods.name, {}))
        amounts = {resource: used[resource] for resource in (CPU, MEMORY) if resource in used}
        measured += bool(amounts)
        found.append(_resized(pods, amounts) if amounts else pods)
    return RightSized(tuple(found), measured)


def _resized(pods: PodSet, amounts: Resources) -> PodSet:
    milli = {resource: amount if resource == CPU else amount * MILLI for resource, amount in amounts.items()}
    template = pods.template
    requests = tuple(sorted({**dict(template.requests), **milli}.items()))
    scored = tuple(sorted({**dict(template.scored), **amounts}.items()))
    return replace(pods, template=replace(template, requests=requests, scored=scored))
