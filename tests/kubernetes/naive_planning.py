"""What the scheduler could accept, as plainly as it can be said: pods in any order, each on any node, by the naive filters.

Clusters are searched whole, so they must be tiny. Pods of one set are alike, and so are nodes of one class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

from tests.kubernetes import naive_filters as naive
from tests.kubernetes.naive_filters import Object
from tests.kubernetes.own_cases import HOSTNAME, cluster_of

Counts = tuple[tuple[int, ...], ...]  # for each node, pods of each set on it


@dataclass(frozen=True)
class Search:
    """nodes with what stands on them, sets of equal pods (one of them, how many), and nodes that exist for spread over
    other keys than the hostname though no pod can be on them."""

    nodes: Sequence[Object]
    standing: Sequence[Object]
    sets: Sequence[tuple[Object, int]]
    ghosts: Sequence[Object] = ()
    alike: Sequence[int] = ()
    """For each node a number that nodes share which may be exchanged; empty: none may."""

    def reachable(self) -> Iterator[Counts]:
        """Every state that the scheduler can come to, the empty one first."""
        start: Counts = tuple((0,) * len(self.sets) for _ in self.nodes)
        seen, waiting = {start}, [start]
        while waiting:
            state = waiting.pop()
            yield state
            for following in self._following(state):
                key = self._canonical(following)
                if key not in seen:
                    seen.add(key)
                    waiting.append(key)

    def holds_all(self) -> bool:
        """Is there an order in which every pod finds a node?"""
        return any(self._placed(state) == [copies for _, copies in self.sets] for state in self.reachable())

    def fewest_pending(self, priorities: Sequence[int]) -> list[int]:
        """Pods left without a node at the best, of the highest priority first."""
        ranks = sorted(set(priorities), reverse=True)
        best = None
        for state in self.reachable():
            left = [copies - n for (_, copies), n in zip(self.sets, self._placed(state), strict=True)]
            value = [sum(n for n, p in zip(left, priorities, strict=True) if p == rank) for rank in ranks]
            best = value if best is None else min(best, value)
        assert best is not None
        return best

    def _placed(self, state: Counts) -> list[int]:
        return [sum(on[s] for on in state) for s in range(len(self.sets))]

    def _following(self, state: Counts) -> Iterator[Counts]:
        bare = cluster_of(list(self.nodes), list(self.standing))
        for node, on in zip(self.nodes, state, strict=True):
            bare.placed += [(pod, node) for (pod, _), count in zip(self.sets, on, strict=True) for _ in range(count)]
        for s, (pod, copies) in enumerate(self.sets):
            if sum(on[s] for on in state) < copies:
                for k, node in enumerate(self.nodes):
                    if self._accepts(bare, pod, node):
                        more = tuple(n + (position == s) for position, n in enumerate(state[k]))
                        yield (*state[:k], more, *state[k + 1 :])

    def _accepts(self, bare: naive.Cluster, pod: Object, node: Object) -> bool:
        if naive.judge(bare, pod, node) is not None:
            return False
        spread = pod["spec"].get("topologySpreadConstraints") or []
        hard = [c for c in spread if c["whenUnsatisfiable"] == "DoNotSchedule"]
        known = cluster_of([*self.nodes, *self.ghosts], [])
        known.placed = bare.placed
        keys = [c["topologyKey"] for c in hard]
        return not self.ghosts or all(
            naive.one_spread(known, pod, node, c, keys) is None for c in hard if c["topologyKey"] != HOSTNAME
        )

    def _canonical(self, state: Counts) -> Counts:
        """One of the states that differ by an exchange of nodes that are alike."""
        if not self.alike:
            return state
        slots: dict[int, list[int]] = {}
        for k, group in enumerate(self.alike):
            slots.setdefault(group, []).append(k)
        found = list(state)
        for places in slots.values():
            for k, on in zip(places, sorted(state[k] for k in places), strict=True):
                found[k] = on
        return tuple(found)


def cheapest_nodes(
    classes: Sequence[tuple[Object, int]], sets: Sequence[tuple[Object, int]], minimum: int, most: int
) -> tuple[int, int] | None:
    """Cost and number of the cheapest nodes that hold all pods, the fewest of these; None where ``most`` nodes do not.

    classes : a node (its hostname is its own) and its price. All domains of the classes exist but those of hostnames.
    """
    options = []
    for count in range(minimum, most + 1):
        for chosen in combinations_with_replacement(range(len(classes)), count):
            options.append((sum(classes[k][1] for k in chosen), count, chosen))
    search = Search((), (), sets, [node for node, _ in classes])
    for cost, count, chosen in sorted(options):
        nodes = [renamed(classes[k][0], f"m{number}") for number, k in enumerate(chosen)]
        if replace(search, nodes=nodes, alike=chosen).holds_all():
            return cost, count
    return None


def renamed(node: Object, name: str) -> Object:
    """The node with another name and hostname."""
    labels = {**node["metadata"]["labels"], HOSTNAME: name}
    return {**node, "metadata": {**node["metadata"], "name": name, "labels": labels}}
