"""NodeResourcesFit: room for one more pod and for what it requests."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.outcome import Outcome
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.node_resources import BASIC, PODS, is_counted
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNRESOLVABLE, UNSCHEDULABLE, Refusal

PLUGIN = "NodeResourcesFit"
_BITS = 62  # of an integer, for sets of lacking resources


class _Lack(NamedTuple):
    reason: str
    nodes: Mask
    hopeless: Mask | None  # where the request is more than the whole node


def node_resources_fit(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes without a pod slot or without room for a request, with every resource that lacks as a reason
    (``plugins/noderesources/fit.go``, ``fitsRequest``).

    A resource is looked at only where the pod requests some of it, so even an overcommitted node takes a pod without
    requests. A request above the allocatable amount makes the refusal unresolvable.
    """
    resources = state.resources
    lacks = [_Lack("Too many pods", resources.pods + 1 > resources.allocatable(PODS), None)]
    for name in requested_resources(pod.template.amounts):
        amount = pod.template.amounts[name]
        lacking = amount > resources.free(name)
        lacks.append(_Lack(f"Insufficient {name}", lacking, amount > resources.allocatable(name)))
    return _outcome([lack for lack in lacks if lack.nodes.any()], len(state.nodes))


def has_room(state: ClusterState, pod: Pod, node: int) -> bool:
    """Does ``node_resources_fit`` pass the node of this number?"""
    resources, amounts = state.resources, pod.template.amounts
    if resources.pods[node] + 1 > resources.allocatable(PODS)[node]:
        return False
    return all(
        amounts[name] <= resources.allocatable(name)[node] - resources.requested(name)[node]
        for name in requested_resources(amounts)
    )


def requested_resources(amounts: dict[str, int]) -> list[str]:
    """The resources that are looked at, in the order in which they are reported: CPU, memory, storage, then by name
    (which the scheduler reports in no fixed order)."""
    asked = [name for name, amount in amounts.items() if amount > 0 and is_counted(name)]
    return sorted(asked, key=lambda name: (BASIC.index(name) if name in BASIC else len(BASIC), name))


def _outcome(lacks: list[_Lack], nodes: int) -> Outcome | None:
    """Sets of lacking resources as the bits of a number for each node; each set that occurs is a refusal."""
    if not lacks:
        return None
    sets = np.zeros(nodes, dtype=np.int64 if len(lacks) < _BITS else object)
    hopeless = np.zeros(nodes, dtype=np.bool_)
    for bit, lack in enumerate(lacks):
        sets += lack.nodes.astype(sets.dtype) << bit
        if lack.hopeless is not None:
            hopeless |= lack.hopeless
    lacking = np.flatnonzero(sets)
    found, numbers = np.unique(sets[lacking] * 2 + hopeless[lacking], return_inverse=True)
    codes = np.zeros(nodes, dtype=np.int64)
    codes[lacking] = numbers + 1
    return Outcome(codes, tuple(_refusal(int(number), lacks) for number in found))


def _refusal(number: int, lacks: list[_Lack]) -> Refusal:
    reasons = tuple(lack.reason for bit, lack in enumerate(lacks) if number >> (bit + 1) & 1)
    return Refusal(PLUGIN, UNRESOLVABLE if number & 1 else UNSCHEDULABLE, reasons)
