"""Moves of running pods one after the other, each accepted by the scheduler's filters at its moment.

An evicted pod is made again by its controller and comes to its new node before the next one is evicted, so that at any
moment one pod is down: a budget that allows a disruption is never broken. Which order exists is a question of its own: two
full nodes cannot exchange pods without a free place. As in the reconfiguration plans of Entropy (Hermenier et al., VEE
2009), what blocks itself in a circle is opened by a move to a place in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from binpack.errors import RefusedPlanError
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes, judge
from binpack.kubernetes.pod import Pod


class Step(NamedTuple):
    """A pod comes to a node. origin : the node that it is evicted from; empty for one that waits."""

    pod: Pod
    origin: str
    node: str


@dataclass
class Group:
    """Equal pods. at : those that are to come, each with where it is now, empty for one that waits. targets : nodes, with
    how many of them each takes in."""

    at: list[tuple[Pod, str]]
    targets: Counter[str] = field(default_factory=Counter)


class Migration(NamedTuple):
    """steps : in their order. left : pods for which no place became free, or no move was left."""

    steps: tuple[Step, ...]
    left: tuple[Pod, ...]


def migrate(state: ClusterState, groups: Sequence[Group], most_moves: int | None = None) -> Migration:
    """Bring the pods of each group to its targets, in passes over what is left; ``state`` holds them afterwards.

    most_moves : evictions, those to a place in between among them; None: any number.
    """
    return _Migrating(state, groups, most_moves).run()


def moved(steps: Iterable[Step]) -> int:
    """How many of the steps evict a pod."""
    return sum(bool(step.origin) for step in steps)


def replay(state: ClusterState, steps: Sequence[Step]) -> None:
    """Take every step; ``state`` holds the pods where they are then. RefusedPlanError for one that the filters refuse."""
    for number, (pod, origin, node) in enumerate(steps, start=1):
        if origin and state.node_of(pod.key) != origin:
            raise RefusedPlanError("the order of moves", [f"step {number}: {pod.key} is not on {origin}"])
        if origin:
            state.remove(pod.key)
        refusal = filter_nodes(state, pod)[state.index[node]]
        if refusal is not None:
            raise RefusedPlanError("the order of moves", [f"step {number}: {pod.key} on {node}: {refusal}"])
        state.add(pod, node)


class _Migrating:
    def __init__(self, state: ClusterState, groups: Sequence[Group], most_moves: int | None) -> None:
        self.state, self.groups, self.most = state, groups, most_moves
        self.steps: list[Step] = []
        self.moves = 0
        self.between: set[str] = set()

    def run(self) -> Migration:
        taken = -1
        while taken < len(self.steps):
            taken = len(self.steps)
            for group, place in self._in_turn():
                if self._arrives(group, *place):
                    group.at.remove(place)
            if taken == len(self.steps):
                self._make_way()
        return Migration(tuple(self.steps), tuple(pod for group in self.groups for pod, _ in group.at))

    def _in_turn(self) -> list[tuple[Group, tuple[Pod, str]]]:
        """What waits first, then node by node, the one that the fewest pods have still to leave first."""
        leaving = Counter(origin for group in self.groups for _, origin in group.at if origin)
        left = [(group, place) for group in self.groups for place in group.at]
        return sorted(left, key=lambda entry: (leaving[entry[1][1]], entry[1][1]))

    def _arrives(self, group: Group, pod: Pod, origin: str) -> bool:
        """Take the pod to any target that accepts it now."""
        node = self._step(pod, origin, list(group.targets))
        if node:
            group.targets -= Counter([node])
        return bool(node)

    def _make_way(self) -> None:
        """Where nothing else goes on: one pod to a place in between, each pod once; nodes with pods before empty ones."""
        busy = self.state.resources.pods
        nodes = [self.state.nodes[k].name for k in sorted(range(len(busy)), key=lambda k: not busy[k])]
        for group in self.groups:
            for place, (pod, origin) in enumerate(group.at):
                if origin and pod.key not in self.between:
                    node = self._step(pod, origin, [name for name in nodes if name != origin])
                    if node:
                        self.between.add(pod.key)
                        group.at[place] = (pod, node)
                        return

    def _step(self, pod: Pod, origin: str, nodes: Sequence[str]) -> str:
        """Move, or start, the pod on the first of the nodes that accepts it; empty where none does."""
        if not nodes or (origin and self.moves == self.most):
            return ""
        before = self.state.remove(pod.key) if origin else None
        passes = judge(self.state, pod).passes
        node = next((name for name in nodes if passes[self.state.index[name]]), "")
        if node:
            self.state.add(pod, node)
            self.steps.append(Step(pod, origin, node))
            self.moves += bool(origin)
        elif before is not None:
            self.state.add(before, origin)
        return node
