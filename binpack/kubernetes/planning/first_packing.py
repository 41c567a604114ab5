"""A first packing over new nodes: what the scheduler itself does with enough empty nodes of one type, filling them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil

import numpy as np
from binpack_solvers.check import violations
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.node_class import NodeClass
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.scores.strategies import MostAllocated
from binpack.kubernetes.selectors import Labels
from binpack.kubernetes.simulation import simulate

MOST_PODS = 2000
"""With more the simulation takes as long as the search that would begin with it."""
TYPES = 4
ROUNDS = 3


def first_packings(
    problem: Problem,
    sets: Sequence[PodSet],
    classes: Sequence[NodeClass],
    daemons: Sequence[Sequence[PodSet]],
    namespaces: Mapping[str, Labels] | None,
) -> list[tuple[Packing, list[int]]]:
    """A packing over each of the types that promise most, with the classes of the type, the cheapest packing first. Of each
    set as many pods as the problem has copies."""
    if not 0 < int(problem.demands.sum()) <= MOST_PODS:
        return []
    found = []
    for kind in _promising(problem, classes)[:TYPES]:
        packing = _filled(problem, sets, classes, daemons, namespaces, kind)
        if packing is not None and not violations(problem, packing):
            found.append((packing, kind))
    return sorted(found, key=lambda pair: int(problem.cost[pair[0].bin_type] @ pair[0].multiplicity))


def _promising(problem: Problem, classes: Sequence[NodeClass]) -> list[list[int]]:
    """The unlimited classes of each type that together take every set, the type first that is cheapest by what nothing goes
    below: the volume, and copies that no two of share a node."""
    of_type: dict[str, list[int]] = {}
    for k, each in enumerate(classes):
        if problem.available[k] == UNLIMITED:
            of_type.setdefault(each.type_name, []).append(k)
    fits = problem.compatible & (problem.sizes[:, None, :] <= problem.capacity[None, :, :]).all(axis=2)
    kinds = [kind for kind in of_type.values() if (fits[:, kind].any(axis=1) | (problem.demands == 0)).all()]
    alone = [
        int(problem.demands[i]) for i, j, most, level in problem.limits.tolist() if i == j and most == 1 and not level
    ]
    least = max([problem.minimum_bins, *alone])

    def cost(kind: Sequence[int]) -> float:
        return max(least, ceil(_nodes_by_volume(problem, kind))) * float(problem.cost[list(kind)].mean())

    return sorted(kinds, key=cost)


def _nodes_by_volume(problem: Problem, kind: Sequence[int]) -> float:
    volume = problem.demands.astype(float) @ problem.sizes.astype(float)
    return float((volume / np.maximum(1, problem.capacity[list(kind)].mean(axis=0))).max(initial=1.0))


def _filled(
    problem: Problem,
    sets: Sequence[PodSet],
    classes: Sequence[NodeClass],
    daemons: Sequence[Sequence[PodSet]],
    namespaces: Mapping[str, Labels] | None,
    kind: Sequence[int],
) -> Packing | None:
    """All pods, the largest first, on nodes of these classes in turn; twice as many nodes as long as some stay pending."""
    copies = problem.demands.tolist()
    number = int(1.5 * _nodes_by_volume(problem, kind)) + max(copies) + len(kind)
    share = (problem.sizes / np.maximum(1, problem.capacity[list(kind)].max(axis=0))).sum(axis=1)
    order = sorted(range(len(sets)), key=lambda i: -share[i])
    waiting = [sets[i].pod(n) for i in order for n in range(copies[i])]
    item = {sets[i].pod(n).key: i for i in order for n in range(copies[i])}
    for _ in range(ROUNDS):
        of = [kind[n % len(kind)] for n in range(number)]
        names = [f"{classes[k].node.name}-{n}" for n, k in enumerate(of)]
        state = ClusterState([classes[k].named(name) for k, name in zip(of, names, strict=True)], namespaces)
        for n, k in enumerate(of):
            for daemon in daemons[k]:
                state.add(daemon.pod(n), names[n])
        placements = simulate(state, waiting, MostAllocated())
        if all(placement.node is not None for placement in placements):
            content: dict[str, Counter[int]] = {}
            for placement in placements:
                assert placement.node is not None
                content.setdefault(placement.node, Counter())[item[placement.pod.key]] += 1
            patterns = [(of[state.index[node]], held, 1) for node, held in content.items()]
            missing = max(0, problem.minimum_bins - len(patterns))
            return Packing.from_patterns([*patterns, (kind[0], Counter(), missing)])
        number *= 2
    return None
