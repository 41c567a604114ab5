"""The cheapest nodes over which all pods fit by the scheduler's rules, with a bound, and the order that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.planning.acceptance import Accepted, acceptance_order
from binpack.kubernetes.planning.first_packing import first_packings
from binpack.kubernetes.planning.model import Bins, problem_of
from binpack.kubernetes.planning.node_class import UNLIMITED, ZONE, NodeClass, free_on, with_daemons
from binpack.kubernetes.planning.node_search import Search, cheapest_nodes
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import Rules, rules_between
from binpack.kubernetes.planning.spot_nodes import is_spot
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import reason_counts
from binpack.kubernetes.selectors import Labels
from binpack.machines.price import price_per_month

if TYPE_CHECKING:
    from binpack.kubernetes.planning.survival import Survival


@dataclass(frozen=True)
class PlannedNode:
    """A node of the plan, and the pods on it, of which the first so many are ``daemons``."""

    node: ClusterNode
    of: NodeClass
    pods: tuple[Pod, ...]
    daemons: int = 0

    @property
    def movable(self) -> tuple[Pod, ...]:
        """The pods that are not bound to the node."""
        return self.pods[self.daemons :]


@dataclass(frozen=True)
class NodePlan:
    """nodes : empty without a plan. accepted : the order in which the filters take the pods. unplaced : sets that no node
    takes even by itself, and how many classes say why.

    solution : of ``problem``, whose items are ``sets``, whose bin types are ``classes`` and whose costs are in ``unit`` of
    the prices; its bounds hold where ``rules`` are kept at the end. survival : what losses it stands, where it has spares.
    """

    nodes: tuple[PlannedNode, ...]
    accepted: Accepted
    solution: Solution
    problem: Problem
    sets: tuple[PodSet, ...]
    classes: tuple[NodeClass, ...]
    rules: Rules
    unplaced: tuple[tuple[PodSet, dict[str, int]], ...] = ()
    unit: int = 1
    survival: Survival | None = None

    @property
    def holds_all(self) -> bool:
        """Has every pod a node, also after whatever the plan is to survive?"""
        survives = self.survival is None or self.survival.holds
        return bool(self.nodes) and not self.unplaced and survives

    @property
    def priced(self) -> bool:
        """Whether nodes have prices; else they are counted."""
        return any(c.price != 1 for c in self.classes)

    @property
    def cost_per_month(self) -> int | None:
        """Micro-dollars; None without a plan or without prices."""
        return price_per_month(sum(n.of.price for n in self.nodes)) if self.nodes and self.priced else None

    @property
    def cost_lower_bound_per_month(self) -> int | None:
        """Micro-dollars below which no plan is; None without prices."""
        return price_per_month(self.solution.cost_lower_bound * self.unit) if self.priced else None


def plan_nodes(
    pod_sets: Sequence[PodSet],
    classes: Sequence[NodeClass],
    *,
    minimum_nodes: int = 0,
    most_types: int | None = None,
    namespaces: Mapping[str, Labels] | None = None,
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
) -> NodePlan:
    """Nodes of these classes for all pods, by price and then number; every pod is accepted by the filters in some order.

    Daemons take their part of every node that they run on. most_types : at most so many types of nodes, unless they do not
    take all pods; None: any number. namespaces : labels of namespaces, for selectors of them.
    """
    asked = [pods for pods in pod_sets if not pods.daemon and pods.copies]
    daemons = with_daemons(classes, [pods for pods in pod_sets if pods.daemon])
    state = ClusterState([c.node for c in classes], namespaces)
    free = [free_on(c.node, on) for c, on in zip(classes, daemons, strict=True)]
    unit = gcd(*(c.price for c in classes)) or 1
    bins = Bins(free, [c.price // unit for c in classes], [c.available for c in classes])
    sets, rules, problem = _what_fits(asked, state, bins, minimum_nodes)
    search = Search(
        lambda some: first_packings(some, sets, classes, daemons, namespaces),
        state.labels.column(ZONE).numbers,
        [c.type_name for c in classes],
        np.array([is_spot(c.node) for c in classes], np.bool_),
        threads,
        seed,
    )
    solution = cheapest_nodes(problem, search, time_limit, most_types)
    nodes = _nodes(sets, classes, daemons, solution, _alike(problem, classes))
    kept = set(sets)
    unplaced = tuple((pods, _refusals(classes, daemons, pods)) for pods in asked if pods not in kept)
    return NodePlan(nodes, accepted(nodes, namespaces), solution, problem, sets, tuple(classes), rules, unplaced, unit)


def _what_fits(
    asked: Sequence[PodSet], state: ClusterState, bins: Bins, minimum_nodes: int
) -> tuple[tuple[PodSet, ...], Rules, Problem]:
    """The sets that some class takes; without the others, those that have to stand beside them have no place either."""
    sets = tuple(asked)
    while True:
        rules = rules_between(sets, state, given=False)
        problem = problem_of(sets, state, bins, rules, minimum_nodes=minimum_nodes)
        room = (problem.sizes[: len(sets), None, :] <= problem.capacity[None, :, :]).all(axis=2)
        fitting = np.asarray((room & problem.compatible[: len(sets)]).any(axis=1), np.bool_)
        if fitting.all():
            return sets, rules, problem
        sets = tuple(pods for pods, fits in zip(sets, fitting.tolist(), strict=True) if fits)


def _refusals(classes: Sequence[NodeClass], daemons: Sequence[Sequence[PodSet]], pods: PodSet) -> dict[str, int]:
    """Why no class takes a pod of the set: the filters' words on a node of each class with its daemons."""
    state = ClusterState([c.node for c in classes])
    for k, on in enumerate(daemons):
        for daemon in on:
            state.add(daemon.pod(k), classes[k].node.name)
    return reason_counts(filter_nodes(state, pods.pod(0)))


def _nodes(
    sets: Sequence[PodSet],
    classes: Sequence[NodeClass],
    daemons: Sequence[Sequence[PodSet]],
    solution: Solution,
    alike: Sequence[Sequence[int]],
) -> tuple[PlannedNode, ...]:
    """The nodes of a solution, pods numbered within their set. alike : for each class those that may stand for it, which
    take turns."""
    contents: list[tuple[int, list[Pod]]] = []
    numbers, copies = [0] * len(classes), [0] * len(sets)
    for of, content, times in solution.patterns:
        for _ in range(times):
            k = min(alike[of], key=lambda other: (numbers[other], other))
            numbers[k] += 1
            pods = []
            for i, count in content.items():
                pods += [sets[i].pod(copies[i] + n) for n in range(count)]
                copies[i] += count
            contents.append((k, pods))
    return numbered_nodes(contents, classes, daemons)


def numbered_nodes(
    contents: Iterable[tuple[int, Iterable[Pod]]], classes: Sequence[NodeClass], daemons: Sequence[Sequence[PodSet]]
) -> tuple[PlannedNode, ...]:
    """Nodes numbered within their class, each with its daemons. contents : the class of each, and the other pods on it."""
    nodes: list[PlannedNode] = []
    numbers = [0] * len(classes)
    for k, pods in contents:
        numbers[k] += 1
        own = [daemon.pod(len(nodes)) for daemon in daemons[k]]
        node = classes[k].named(f"{classes[k].node.name}-{numbers[k]}")
        nodes.append(PlannedNode(node, classes[k], (*own, *pods), len(own)))
    return tuple(nodes)


def _alike(problem: Problem, classes: Sequence[NodeClass]) -> list[list[int]]:
    """For each class those of the same type that no rule tells from it: zones of which none asks."""
    keys = [
        (c.type_name, c.available, tuple(problem.capacity[k]), problem.compatible[:, k].tobytes())
        for k, c in enumerate(classes)
    ]
    if problem.topology.shape[1] or any(c.available != UNLIMITED for c in classes):
        return [[k] for k in range(len(classes))]
    return [[other for other, same in enumerate(keys) if same == key] for key in keys]


def accepted(nodes: Sequence[PlannedNode], namespaces: Mapping[str, Labels] | None) -> Accepted:
    """An order in which the filters take every pod of the nodes, as far as there is one."""
    state = ClusterState([planned.node for planned in nodes], namespaces)
    return acceptance_order(state, [(pod, planned.node.name) for planned in nodes for pod in planned.pods])
