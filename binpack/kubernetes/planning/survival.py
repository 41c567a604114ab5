"""What becomes of a plan when some of its nodes fail: the pods that are left stay, the lost ones come again elsewhere.

A failure is replayed through the scheduler's filters on the nodes that are left. Daemons of lost nodes are gone with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from operator import not_
from time import monotonic
from typing import NamedTuple

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.failures import Failure, Spare, failures_of
from binpack.kubernetes.planning.given_nodes import STRATEGIES, left_out, place_on_nodes, placed_in, with_reasons
from binpack.kubernetes.planning.node_class import ZONE, NodeClass, admitted_nodes, free_on, requested, with_daemons
from binpack.kubernetes.planning.planner import PlannedNode
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.volume_needs import kept_in_zone
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.scores.strategies import Strategy
from binpack.kubernetes.selectors import Labels
from binpack.kubernetes.simulation import simulate

Nodes = tuple[PlannedNode, ...]


class Fullness(NamedTuple):
    """Of all nodes together, the resource of which the largest share is requested."""

    resource: str
    used: int
    whole: int


@dataclass(frozen=True)
class Loss:
    """lost : what failed. moved : pods that found a node again. excepted : those that no node outside the lost zone takes,
    were it empty. pending : the others without a node, with the filters' reasons. nodes, fullest : of what is left."""

    lost: str
    moved: int
    excepted: tuple[Pod, ...]
    pending: tuple[tuple[Pod, dict[str, int]], ...]
    nodes: int
    fullest: Fullness


@dataclass(frozen=True)
class Survival:
    """The failures replayed, of so many that there are. worst : the one that leaves most pods without a node, or else the
    least room."""

    spare: Spare
    losses: tuple[Loss, ...]
    failures: int

    @property
    def worst(self) -> Loss:
        return max(self.losses, key=lambda loss: (len(loss.pending), loss.fullest.used / loss.fullest.whole))

    @property
    def pending(self) -> tuple[Loss, ...]:
        """The losses after which pods stay without a node."""
        return tuple(loss for loss in self.losses if loss.pending)

    @property
    def complete(self) -> bool:
        """Was every failure replayed? One that was not is not taken as survived."""
        return len(self.losses) == self.failures

    @property
    def holds(self) -> bool:
        """Was every failure replayed, and does each leave every pod with a node?"""
        return self.complete and not self.pending


class _Left(NamedTuple):
    """The state after a failure, with the pods that found a node again; of the lost ones those that wait for one, those
    that no node takes, and those that found none."""

    state: ClusterState
    waiting: list[Pod]
    excepted: tuple[Pod, ...]
    pending: list[Pod]


class Replays:
    """Failures of plans over these classes of nodes. zonal : pods that come again in the zone that they have stood in."""

    def __init__(
        self,
        sets: Iterable[PodSet],
        classes: Sequence[NodeClass],
        namespaces: Mapping[str, Labels] | None = None,
        zonal: frozenset[str] = frozenset(),
    ) -> None:
        self.classes, self.namespaces, self.zonal = tuple(classes), namespaces, zonal
        self.daemons = with_daemons(classes, [pods for pods in sets if pods.daemon])
        self._state = ClusterState([c.node for c in classes], namespaces)
        self.free = [free_on(c.node, on) for c, on in zip(classes, self.daemons, strict=True)]

    def survival(self, nodes: Nodes, spare: Spare, seconds: float, end: float) -> Survival:
        """Every failure, as far as there is time until ``end``, a moment of the monotonic clock; one at least.

        seconds : for each, to search where simple ways of placing leave pods without a node.
        """
        failures = failures_of(nodes, spare, self.zonal)
        losses: list[Loss] = []
        for failure in failures:
            if losses and monotonic() > end:
                break
            losses.append(self.loss(nodes, failure, seconds))
        return Survival(spare, tuple(losses), len(failures))

    def unmet(self, nodes: Nodes, spare: Spare, end: float) -> Iterator[tuple[Failure, int]]:
        """The failures after which simple ways of placing leave pods without a node, and how many; those that are not
        replayed by ``end``, a moment of the monotonic clock, are left out."""
        for failure in failures_of(nodes, spare, self.zonal):
            if monotonic() > end:
                break
            if pending := self.pending(nodes, failure):
                yield failure, len(pending)

    def pending(self, nodes: Nodes, failure: Failure) -> list[Pod]:
        """The pods for which simple ways of placing find no node again."""
        return self._replayed(nodes, failure).pending

    def loss(self, nodes: Nodes, failure: Failure, seconds: float) -> Loss:
        """What one failure does. seconds : to search where simple ways of placing leave pods without a node."""
        left = self._replayed(nodes, failure, seconds)
        pending = with_reasons(left.state, left.pending)
        moved = len(left.waiting) - len(pending)
        count = len(left.state.nodes)
        return Loss(failure.words(nodes), moved, left.excepted, pending, count, _fullest(left.state))

    def _replayed(self, nodes: Nodes, failure: Failure, seconds: float = 0.0) -> _Left:
        state = self.state_of(planned for k, planned in enumerate(nodes) if k not in failure.nodes)
        lost = [self._again(pod, nodes[k]) for k in sorted(failure.nodes) for pod in nodes[k].movable]
        placeable = [failure.zone is None or self._has_place(pod, failure.zone) for pod in lost]
        waiting, excepted = list(compress(lost, placeable)), tuple(compress(lost, map(not_, placeable)))
        return _Left(state, waiting, excepted, place_again(state, waiting, seconds))

    def state_of(self, nodes: Iterable[PlannedNode]) -> ClusterState:
        """The nodes with all pods on them."""
        nodes = list(nodes)
        state = ClusterState([planned.node for planned in nodes], self.namespaces)
        for planned in nodes:
            for pod in planned.pods:
                state.add(pod, planned.node.name)
        return state

    def _again(self, pod: Pod, node: PlannedNode) -> Pod:
        """The pod that comes in its place."""
        zone = node.node.labels.get(ZONE)
        if zone is None or pod.key not in self.zonal:
            return pod
        return replace(pod, template=kept_in_zone(pod.template, zone))

    def _has_place(self, pod: Pod, lost: str) -> bool:
        """Does a class of nodes outside the lost zone take the pod, by itself?"""
        return lost in self._state.fixed(self._places, pod.template)

    def _places(self, state: ClusterState, template: PodTemplate) -> frozenset[str]:
        """The zones without which there still is a class of nodes that takes a pod of the template."""
        needs = requested(template).items()
        admitted = np.flatnonzero(admitted_nodes(state, template)).tolist()
        fitting = [k for k in admitted if all(self.free[k].get(name, 0) >= amount for name, amount in needs)]
        zones = {c.node.labels.get(ZONE) for c in self.classes}
        return frozenset(z for z in zones if z and any(self.classes[k].node.labels.get(ZONE) != z for k in fitting))


def place_again(state: ClusterState, pods: Sequence[Pod], seconds: float = 0.0) -> list[Pod]:
    """Put pods on nodes of the state as the scheduler might, the large ones first: those that stay without one.

    seconds : for a search where that leaves some; 0: no search.
    """
    best: list[tuple[Pod, str]] = []
    for strategy in STRATEGIES:
        placed = _in_passes(state, pods, strategy)
        if len(placed) == len(pods):
            return []
        for pod, _ in placed:
            state.remove(pod.key)
        best = max(best, placed, key=len)
    if seconds:
        return [pod for pod, _ in place_on_nodes(state, pods, time_limit=seconds).pending]
    for pod, node in best:
        state.add(pod, node)
    return left_out(pods, best)


def _in_passes(state: ClusterState, pods: Sequence[Pod], strategy: Strategy) -> list[tuple[Pod, str]]:
    """Those that find a node: the others are asked again as long as some do, which may be whom they wait for."""
    whole = _allocatable(state)
    waiting = sorted(pods, key=lambda pod: -_share(pod, whole))
    found: list[tuple[Pod, str]] = []
    while waiting:
        placements = simulate(state, waiting, strategy)
        placed = placed_in(placements)
        if not placed:
            break
        found += placed
        waiting = [each.pod for each in placements if each.node is None]
    return found


def _share(pod: Pod, whole: Mapping[str, int]) -> float:
    """The largest share of a resource that a pod takes; it decides an order alone."""
    return max(amount / (whole.get(name) or 1) for name, amount in requested(pod.template).items())


def _allocatable(state: ClusterState) -> dict[str, int]:
    """Of all nodes together, by resource."""
    names = sorted({name for node in state.nodes for name in node.allocatable} | {"pods"})
    return {name: sum(node.allocatable.get(name, 0) for node in state.nodes) for name in names}


def _fullest(state: ClusterState) -> Fullness:
    whole = _allocatable(state)
    used = {name: int(state.resources.requested(name).sum()) for name in whole}
    used["pods"] = int(state.resources.pods.sum())
    found = [Fullness(name, used[name], whole[name]) for name in used if whole[name]]
    return max(found, key=lambda each: each.used / each.whole, default=Fullness("pods", 0, 1))
