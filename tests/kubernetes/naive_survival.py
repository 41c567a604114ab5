"""What survives failures, as plainly as it can be said: every state before, every order after, by the naive filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, combinations_with_replacement

from tests.kubernetes import naive_filters as naive
from tests.kubernetes.naive_filters import Object
from tests.kubernetes.naive_planning import Counts, Search, renamed
from tests.kubernetes.own_cases import cluster_of

ZONE = "topology.kubernetes.io/zone"
Sets = Sequence[tuple[Object, int]]


def survives(nodes: Sequence[Object], counts: Counts, sets: Sets, spare: int | str, kinds: Sequence[Object]) -> bool:
    """Do lost pods find nodes again in some order, whatever fails? counts : of each node, pods of each set on it.

    kinds : of nodes; pods that none of these outside a lost zone takes are not asked for.
    """
    for lost in _failures(nodes, spare):
        zones = {_zone(nodes[k]) for k in lost} if spare == "zone" else set()
        elsewhere = [kind for kind in kinds if _zone(kind) not in zones]
        asked = [(pod, copies if _has_place(pod, elsewhere) else 0) for pod, copies in sets]
        if not _holds_again(nodes, counts, asked, lost):
            return False
    return True


def cheapest_surviving(
    kinds: Sequence[tuple[Object, int]], sets: Sets, spare: int | str, most: int
) -> tuple[int, int] | None:
    """Cost and number of the cheapest nodes over which some reachable state of all pods survives; None where ``most`` nodes
    are not enough. kinds : a node and its price."""
    options = []
    for count in range(1, most + 1):
        for chosen in combinations_with_replacement(range(len(kinds)), count):
            options.append((sum(kinds[k][1] for k in chosen), count, chosen))
    whole = [copies for _, copies in sets]
    bare = [node for node, _ in kinds]
    for cost, count, chosen in sorted(options):
        nodes = [renamed(kinds[k][0], f"m{number}") for number, k in enumerate(chosen)]
        for state in Search(nodes, (), sets, bare, chosen).reachable():
            placed = [sum(on[s] for on in state) for s in range(len(sets))]
            if placed == whole and survives(nodes, state, sets, spare, bare):
                return cost, count
    return None


def _failures(nodes: Sequence[Object], spare: int | str) -> Iterator[set[int]]:
    if isinstance(spare, int):
        for count in range(1, spare + 1):
            yield from map(set, combinations(range(len(nodes)), count))
        return
    for zone in {_zone(node) for node in nodes} - {None}:
        yield {k for k, node in enumerate(nodes) if _zone(node) == zone}


def _zone(node: Object) -> str | None:
    zone: str | None = node["metadata"]["labels"].get(ZONE)
    return zone


def _holds_again(nodes: Sequence[Object], counts: Counts, asked: Sets, lost: set[int]) -> bool:
    """Is there an order in which the lost pods of the sets that are asked for find nodes among the others?"""
    left = [node for k, node in enumerate(nodes) if k not in lost]
    again, standing = [], []
    for s, (pod, copies) in enumerate(asked):
        again.append((pod, sum(counts[k][s] for k in lost) if copies else 0))
        for k, node in enumerate(nodes):
            placed = {**pod, "spec": {**pod["spec"], "nodeName": node["metadata"]["name"]}}
            standing += [placed] * (counts[k][s] if k not in lost else 0)
    return Search(left, standing, again).holds_all()


def _has_place(pod: Object, kinds: Sequence[Object]) -> bool:
    """Does an empty node of any of these kinds take the pod, whomever it wants beside it?"""
    alone = {key: value for key, value in pod["spec"].items() if key != "topologySpreadConstraints"}
    alone["affinity"] = {key: value for key, value in alone.get("affinity", {}).items() if key == "nodeAffinity"}
    return any(naive.judge(cluster_of([kind], []), {**pod, "spec": alone}, kind) is None for kind in kinds)
