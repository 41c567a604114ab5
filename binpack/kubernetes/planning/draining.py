"""Nodes emptied one by one, the one with the fewest pods first, as the cluster autoscaler scales down.

A node is emptied where all of its pods find room on others that stay in use (``cluster-autoscaler/simulator``,
``FindNodesToRemove``); each pod goes where it fills a node most.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import judge
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.planning.migration import Step, moved
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.scores.default_profile import score_nodes
from binpack.kubernetes.scores.strategies import MostAllocated


def nodes_in_use(state: ClusterState, residents: Container[str]) -> dict[str, list[str]]:
    """The nodes with pods that are not of the node itself, and the keys of these. residents : keys of those that are."""
    found: dict[str, list[str]] = {}
    for pod, node in state.pods():
        if pod.key not in residents:
            found.setdefault(node, []).append(pod.key)
    return found


def drain_nodes(
    state: ClusterState, movable: Mapping[str, Pod], residents: Container[str], most_moves: int | None = None
) -> list[Step]:
    """Empty what can be emptied so; ``state`` holds the pods where they are then. movable : as they will come again."""
    steps: list[Step] = []
    held = nodes_in_use(state, residents)
    open_nodes = np.array([node.name in held for node in state.nodes], np.bool_)
    for node in sorted(held, key=lambda name: (len(held[name]), name)):
        fits = most_moves is None or moved(steps) + len(held[node]) <= most_moves
        if fits and all(key in movable for key in held[node]):
            open_nodes[state.index[node]] = False
            taken = _emptied(state, node, [movable[key] for key in held[node]], open_nodes)
            for step in taken:
                held[step.node].append(step.pod.key)
            steps += taken
            open_nodes[state.index[node]] = not taken
    return steps


def _emptied(state: ClusterState, node: str, pods: list[Pod], open_nodes: Mask) -> list[Step]:
    """The moves that empty the node; none, and nothing changed, where a pod finds no room."""
    steps: list[Step] = []
    allocatable = state.nodes[state.index[node]].allocatable
    before = {}
    for pod in sorted(pods, key=lambda pod: -_share(pod, allocatable)):
        before[pod.key] = state.remove(pod.key)
        passes = judge(state, pod).passes & open_nodes
        feasible = np.flatnonzero(passes)
        if not len(feasible):
            state.add(before[pod.key], node)
            for step in reversed(steps):
                state.remove(step.pod.key)
                state.add(before[step.pod.key], node)
            return []
        best = state.nodes[int(feasible[int(score_nodes(state, pod, passes, MostAllocated()).argmax())])].name
        state.add(pod, best)
        steps.append(Step(pod, node, best))
    return steps


def _share(pod: Pod, allocatable: Mapping[str, int]) -> float:
    return sum(amount / allocatable[name] for name, amount in pod.template.amounts.items() if allocatable.get(name))
