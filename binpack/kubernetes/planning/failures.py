"""What fails at once: any so many nodes of a plan, or all nodes of any zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import combinations_with_replacement
from typing import Literal, NamedTuple

from binpack.errors import input_error
from binpack.kubernetes.planning.node_class import ZONE
from binpack.kubernetes.planning.planner import PlannedNode

Spare = int | Literal["zone"]
"""How many nodes may fail at once, whichever they are, or that any one zone may."""
MOST_FAILURES = 20_000


class Failure(NamedTuple):
    """nodes : the positions of those that fail. zone : the one that fails, if it is a zone."""

    nodes: frozenset[int]
    zone: str | None = None

    def among(self, nodes: Sequence[PlannedNode]) -> Failure:
        """The same failure of a plan with more nodes at its end."""
        return self if self.zone is None else _of_zone(nodes, self.zone)

    def words(self, nodes: Sequence[PlannedNode]) -> str:
        """What fails, by name."""
        return (
            " and ".join(nodes[k].node.name for k in sorted(self.nodes)) if self.zone is None else f"zone {self.zone}"
        )


def failures_of(nodes: Sequence[PlannedNode], spare: Spare, zonal: Container[str] = ()) -> list[Failure]:
    """All that may fail; of nodes with equal pods each number of them once. zonal : pods that are not equal to others of
    their template, as they come again in their own zone alone.

    InputError where more would have to be tried than can be.
    """
    found: list[Failure] = []
    for failure in _zones(nodes) if spare == "zone" else _nodes(nodes, spare, zonal):
        found.append(failure)
        if len(found) > MOST_FAILURES:
            most = f"at most {MOST_FAILURES:,}, as each is tried"
            raise input_error(f"--spare {spare}", f"more ways in which {len(nodes)} nodes fail", most)
    return found


def _zones(nodes: Sequence[PlannedNode]) -> Iterator[Failure]:
    for zone in sorted({n.node.labels[ZONE] for n in nodes if ZONE in n.node.labels}):
        yield _of_zone(nodes, zone)


def _of_zone(nodes: Sequence[PlannedNode], zone: str) -> Failure:
    return Failure(frozenset(k for k, n in enumerate(nodes) if n.node.labels.get(ZONE) == zone), zone)


def _nodes(nodes: Sequence[PlannedNode], most: int, zonal: Container[str]) -> Iterator[Failure]:
    alike: dict[object, list[int]] = {}
    for k, planned in enumerate(nodes):
        content = Counter((pod.template, pod.key in zonal) for pod in planned.movable)
        alike.setdefault((planned.of.node.name, frozenset(content.items())), []).append(k)
    groups = list(alike.values())
    for size in range(1, most + 1):
        for chosen in combinations_with_replacement(range(len(groups)), size):
            times = Counter(chosen)
            if all(len(groups[g]) >= count for g, count in times.items()):
                yield Failure(frozenset(k for g, count in times.items() for k in groups[g][:count]))
