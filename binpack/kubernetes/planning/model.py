"""Pods and nodes as a Problem: sets of equal pods are items, nodes or classes of nodes bin types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Standing

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.planning.attachments import attachment_needs
from binpack.kubernetes.planning.node_class import admitted_nodes, requested
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.rules import Rules


@dataclass(frozen=True)
class Bins:
    """Bin types, one for each node of the state. free : what there is of each resource. cost, available : as ``Problem``
    has them."""

    free: Sequence[Mapping[str, int]]
    cost: Sequence[int]
    available: Sequence[int]


def problem_of(
    sets: Sequence[PodSet],
    state: ClusterState,
    bins: Bins,
    rules: Rules,
    *,
    minimum_nodes: int = 0,
    optional: Sequence[int] | None = None,
    alternatives: Sequence[int] | None = None,
) -> Problem:
    """Resources are what any pod requests, pods' slots, and volumes to attach. A node with less than nothing left takes no
    pod. Without any node there is a bin type that cannot be had.

    optional : the priority class of each set, 0 the lowest; None: all are to be placed. alternatives : as ``Problem`` has
    them.
    """
    amounts = [requested(p.template) | needs for p, needs in zip(sets, attachment_needs(sets, state), strict=True)]
    resources = sorted({name for each in amounts for name, amount in each.items() if amount} | {"pods"})
    if not state.nodes:
        demands = [pods.copies for pods in sets]
        return Problem([[1]] * len(sets), [0], demands=demands, available=[0], optional=optional)
    compatible = np.array([admitted_nodes(state, pods.template) for pods in sets], np.bool_)
    compatible = compatible.reshape(len(sets), len(state.nodes))
    for i, k in rules.barred:
        compatible[i, k] = False
    compatible[:, [any(amount < 0 for amount in free.values()) for free in bins.free]] = False
    in_place = np.array(rules.standing, np.int64).reshape(len(rules.standing), len(state.nodes))
    sizes = np.zeros((len(sets) + len(in_place), len(resources)), np.int64)
    for i, each in enumerate(amounts):
        sizes[i] = [each.get(name, 0) for name in resources]
    return Problem(
        sizes,
        [[max(0, free.get(name, 0)) for name in resources] for free in bins.free],
        demands=[*(pods.copies for pods in sets), *in_place.sum(axis=1).tolist()],
        cost=bins.cost,
        available=bins.available,
        compatible=np.vstack([compatible, in_place > 0]),
        alternatives=None if alternatives is None else [*alternatives, *[-1] * len(in_place)],
        optional=None if optional is None else [*optional, *[-1] * len(in_place)],
        limits=np.array(rules.limits, np.int64).reshape(-1, 4),
        requires=np.array(rules.requires, np.int64).reshape(-1, 3),
        topology=np.array(rules.topology, np.int64).reshape(len(state.nodes), -1),
        spread=rules.spread,
        initial=standing_bins(in_place, len(sets)),
        move_cost=[0] * len(sizes) if in_place.any() else None,
        minimum_bins=minimum_nodes,
        item_names=[*(pods.key for pods in sets), *(f"pods in place of {n}" for n in range(len(in_place)))],
        bin_names=[node.name for node in state.nodes],
        resource_names=resources,
    )


def standing_bins(in_place: np.ndarray[tuple[int, int], np.dtype[np.int64]], first: int) -> list[Standing]:
    """The nodes with counted pods in place, which stay. in_place (s, n); the items follow the first ones."""
    found = []
    for k in np.flatnonzero(in_place.any(axis=0)).tolist():
        content = {first + n: int(copies) for n, copies in enumerate(in_place[:, k].tolist()) if copies}
        found.append(Standing(k, content, fixed=True))
    return found
