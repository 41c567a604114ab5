"""Every state that evictions and starts, one after the other, can bring a tiny cluster to, by the naive filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.kubernetes import naive_filters as naive
from tests.kubernetes.naive_filters import Object
from tests.kubernetes.own_cases import cluster_of

Places = tuple[int, ...]  # of every pod that may move or waits: the number of its node, -1 while it waits


@dataclass(frozen=True)
class Moves:
    """standing : pods that stay, of which residents alone put no node in use. running : those that may move, each with the
    number of its node. costs : of each node in use."""

    nodes: Sequence[Object]
    standing: Sequence[Object]
    running: Sequence[tuple[Object, int]]
    waiting: Sequence[Object]
    residents: Sequence[Object]
    costs: Sequence[int]

    def best(self) -> tuple[list[int], int]:
        """Waiting pods left out, of the highest priority first, and beside that the least cost of nodes with pods."""
        return min(map(self._value, self.reachable()))

    def reachable(self) -> Iterator[Places]:
        """Every state, the present one first."""
        start = (*(k for _, k in self.running), *(-1 for _ in self.waiting))
        seen, left = {start}, [start]
        while left:
            state = left.pop()
            yield state
            for following in self._following(state):
                if following not in seen:
                    seen.add(following)
                    left.append(following)

    def _following(self, state: Places) -> Iterator[Places]:
        pods = [*(pod for pod, _ in self.running), *self.waiting]
        for moving, pod in enumerate(pods):
            others = cluster_of(list(self.nodes), list(self.standing))
            others.placed += [
                (other, self.nodes[state[n]]) for n, other in enumerate(pods) if n != moving and state[n] >= 0
            ]
            for k, node in enumerate(self.nodes):
                if k != state[moving] and naive.judge(others, pod, node) is None:
                    yield (*state[:moving], k, *state[moving + 1 :])

    def _value(self, state: Places) -> tuple[list[int], int]:
        waits = [pod["spec"].get("priority", 0) for pod in self.waiting]
        at = state[len(self.running) :]
        names = [node["metadata"]["name"] for node in self.nodes]
        held = {names.index(pod["spec"]["nodeName"]) for pod in self.standing if pod not in self.residents}
        left = [sum(p == rank and k < 0 for p, k in zip(waits, at, strict=True)) for rank in sorted(set(waits))]
        return left[::-1], sum(self.costs[k] for k in held | {k for k in state if k >= 0})
