"""Given nodes as a Problem in which running pods may move: where each is now is what its bin holds at first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from binpack_solvers.packing import Packing
from binpack_solvers.problem import MUST_BE_PACKED, Problem
from binpack_solvers.rules import Standing

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.given_nodes import bins_of, pod_sets_of, priorities_of, with_standing
from binpack.kubernetes.planning.migration import Group
from binpack.kubernetes.planning.model import problem_of
from binpack.kubernetes.planning.rules import Rules, rules_between
from binpack.kubernetes.pod import Pod


@dataclass(frozen=True)
class MovingModel:
    """members : the pods of each of the problem's first items, those that wait first. at : where each that runs is. held :
    nodes with pods that stay and are not of the node itself, which cost nothing more."""

    problem: Problem
    rules: Rules
    nodes: tuple[str, ...]
    members: tuple[tuple[Pod, ...], ...]
    at: Mapping[str, str]
    held: frozenset[str]

    def packing_of(self, state: ClusterState) -> Packing:
        """Where the pods are in this state."""
        content: list[Counter[int]] = [Counter() for _ in self.nodes]
        for i, pods in enumerate(self.members):
            for pod in pods:
                node = state.node_of(pod.key)
                if node is not None:
                    content[state.index[node]][i] += 1
        return with_standing(content, self.rules, first=len(self.members))

    def groups(self, packing: Packing) -> list[Group]:
        """The pods that the packing has elsewhere than they are; of equal ones as many stay as can."""
        targets: list[Counter[str]] = [Counter() for _ in self.members]
        for k, content, _ in packing.patterns:
            for i, count in content.items():
                if i < len(targets):
                    targets[i][self.nodes[k]] += count
        found = []
        for pods, wanted in zip(self.members, targets, strict=True):
            at = []
            for pod in pods:
                node = self.at.get(pod.key, "")
                if wanted[node]:
                    wanted[node] -= 1
                else:
                    at.append((pod, node))
            found.append(Group(at[: wanted.total()], +wanted))
        return found


def moving_model(
    state: ClusterState,
    waiting: Sequence[Pod],
    movable: Mapping[str, Pod],
    residents: Container[str],
    costs: Mapping[str, int],
) -> MovingModel:
    """state : as it is now. movable : by their keys, the pods that may move, as they will come again. residents : keys of
    pods that are of their node itself, on which alone no node is in use. costs : of every node in use."""
    at = {key: node for key in movable if (node := state.node_of(key)) is not None}
    base = ClusterState(state.nodes, state.namespaces.known, state.volumes)
    for pod, node in state.pods():
        if pod.key not in at:
            base.add(pod, node)
    new, waits = pod_sets_of(waiting)
    running, runs = pod_sets_of([movable[key] for key in at])
    rules = rules_between([*new, *running], base, given=True)
    held = frozenset(node for pod, node in base.pods() if pod.key not in residents)
    bins = replace(bins_of(base), cost=[0 if node.name in held else costs[node.name] for node in state.nodes])
    optional = [*priorities_of(new), *[MUST_BE_PACKED] * len(running)]
    problem = problem_of([*new, *running], base, bins, rules, optional=optional)
    members = tuple(tuple(pods) for pods in (*waits, *runs))
    names = tuple(node.name for node in state.nodes)
    model = MovingModel(problem, rules, names, members, at, held)
    return replace(model, problem=_with_moves(model, state))


def _with_moves(model: MovingModel, state: ClusterState) -> Problem:
    """The problem with what runs as the movable content of its bins.

    A bin's content at first is fixed as a whole or not at all. So counted pods in place, which stay, are kept by a resource
    for each row of them, of which a node has as much as it has of these pods.
    """
    problem, counted = model.problem, len(model.rules.standing)
    in_place = np.array(model.rules.standing, np.int64).reshape(counted, len(model.nodes))
    first = len(model.members)
    kept = np.zeros((problem.item_types, counted), np.int64)
    kept[first:] = np.eye(counted, dtype=np.int64)
    now = [(k, dict(held)) for k, held, _ in model.packing_of(state).patterns]
    return problem.replace(
        sizes=np.hstack([problem.sizes, kept]),
        capacity=np.hstack([problem.capacity, in_place.T]),
        initial=[Standing(k, {i: n for i, n in held.items() if i < first}) for k, held in now],
        move_cost=[1] * first + [0] * counted,
        resource_names=[*problem.resource_names, *(f"counted in place {n}" for n in range(counted))],
    )
