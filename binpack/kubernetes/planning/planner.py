"""The cheapest nodes over which all pods fit by the scheduler's rules, with a bound, and the order that shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.acceptance import Accepted, acceptance_order
from binpack.kubernetes.planning.model import Bins, problem_of
from binpack.kubernetes.planning.node_class import NodeClass, free_on, with_daemons
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import Rules, rules_between
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.selectors import Labels


@dataclass(frozen=True)
class PlannedNode:
    """A node of the plan, and the pods on it, daemons first."""

    node: ClusterNode
    of: NodeClass
    pods: tuple[Pod, ...]


@dataclass(frozen=True)
class NodePlan:
    """nodes : empty without a plan. accepted : the order in which the filters take the pods. solution : of ``problem``,
    whose items are ``sets`` and whose bin types are ``classes``; its bounds hold where ``rules`` are kept at the end."""

    nodes: tuple[PlannedNode, ...]
    accepted: Accepted
    solution: Solution
    problem: Problem
    sets: tuple[PodSet, ...]
    classes: tuple[NodeClass, ...]
    rules: Rules


def plan_nodes(
    pod_sets: Sequence[PodSet],
    classes: Sequence[NodeClass],
    *,
    minimum_nodes: int = 0,
    namespaces: Mapping[str, Labels] | None = None,
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
) -> NodePlan:
    """Nodes of these classes for all pods, by price and then number; every pod is accepted by the filters in some order.

    Daemons take their part of every node that they run on. namespaces : labels of namespaces, for selectors of them.
    """
    sets = tuple(pods for pods in pod_sets if not pods.daemon and pods.copies)
    daemons = with_daemons(classes, [pods for pods in pod_sets if pods.daemon])
    state = ClusterState([c.node for c in classes], namespaces)
    rules = rules_between(sets, state, given=False)
    free = [free_on(c.node, on) for c, on in zip(classes, daemons, strict=True)]
    bins = Bins(free, [c.price for c in classes], [c.available for c in classes])
    problem = problem_of(sets, state, bins, rules, minimum_nodes=minimum_nodes)
    solution = solve(problem, time_limit=time_limit, threads=threads, seed=seed)
    nodes = _nodes(sets, classes, daemons, solution)
    return NodePlan(nodes, _accepted(nodes, namespaces), solution, problem, sets, tuple(classes), rules)


def _nodes(
    sets: Sequence[PodSet], classes: Sequence[NodeClass], daemons: Sequence[Sequence[PodSet]], solution: Solution
) -> tuple[PlannedNode, ...]:
    """Nodes numbered within their class, pods within their set."""
    nodes: list[PlannedNode] = []
    numbers, copies = [0] * len(classes), [0] * len(sets)
    for k, content, times in solution.patterns:
        for _ in range(times):
            numbers[k] += 1
            pods = [daemon.pod(len(nodes)) for daemon in daemons[k]]
            for i, count in content.items():
                pods += [sets[i].pod(copies[i] + n) for n in range(count)]
                copies[i] += count
            name = f"{classes[k].node.name}-{numbers[k]}"
            nodes.append(PlannedNode(classes[k].named(name), classes[k], tuple(pods)))
    return tuple(nodes)


def _accepted(nodes: Sequence[PlannedNode], namespaces: Mapping[str, Labels] | None) -> Accepted:
    state = ClusterState([planned.node for planned in nodes], namespaces)
    return acceptance_order(state, [(pod, planned.node.name) for planned in nodes for pod in planned.pods])
