"""GivenBoxes: the boxes of a nested packing where they stand, as the bins of one Problem. Items may change boxes, no box
changes its host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import ANY_NUMBER, NestedProblem
from binpack_solvers.packing import Packing
from binpack_solvers.problem import NO_DOMAIN, Problem
from binpack_solvers.rules import Setup

Box = tuple[int, Mapping[int, int]]
"""Kind, and copies of each item type in it."""


class Place(NamedTuple):
    """Where boxes of one bin type stand: their kind, the type of their host, and its number; NO_DOMAIN for any host that
    holds one box alone, as rules of hosts are rules of the box there."""

    kind: int
    host_type: int
    host: int


@dataclass(frozen=True, eq=False)
class GivenBoxes:
    """problem : as many bins as there are boxes, at the cost that ``inner`` gives their kinds; what may not stand together
    on a host may not in its domain. packing : what is in them. places (t,): what each bin type is. host_types: how many
    hosts there are of each type. fewest_hosts : so many stay, empty or not."""

    problem: Problem
    packing: Packing
    places: tuple[Place, ...]
    host_types: Counter[int]
    fewest_hosts: int

    @classmethod
    def of(cls, nested: NestedProblem, packing: NestedPacking) -> GivenBoxes:
        """The boxes of a packing that keeps the rules."""
        types: dict[Place, int] = {}
        boxes = list(packing.boxes.patterns)
        filled = Packing.from_patterns(
            (types.setdefault(place, len(types)), boxes[row].items, many) for place, row, many in _places(packing)
        )
        hosts = Counter[int]()
        for host in packing.hosts.patterns:
            hosts[host.bin_type] += host.multiplicity
        return cls(_problem(nested, tuple(types), filled), filled, tuple(types), hosts, nested.outer.minimum_bins)

    def nested(self, packing: Packing) -> NestedPacking:
        """A packing of ``problem`` as boxes on their hosts; hosts whose boxes are all empty go, down to the fewest."""
        stand: list[tuple[int, list[Box]]] = []
        shared: dict[int, tuple[int, list[Box]]] = {}
        for k, items, times in packing.patterns:
            kind, host_type, host = self.places[k]
            if host == NO_DOMAIN:
                stand += [(host_type, [(kind, items)])] * times
            else:
                shared.setdefault(host, (host_type, []))[1].extend([(kind, items)] * times)
        stand += shared.values()
        empty = self.host_types - Counter(host_type for host_type, _ in stand)
        stand += [(host_type, []) for host_type in islice(empty.elements(), max(0, self.fewest_hosts - len(stand)))]
        return NestedPacking.of_hosts(stand)


def _places(packing: NestedPacking) -> Iterator[tuple[Place, int, int]]:
    """Where boxes stand, the row of their content, and how many."""
    kinds, numbers = packing.boxes.bin_type.tolist(), count()
    for host in packing.hosts.patterns:
        if sum(host.items.values()) == 1:
            [row] = host.items
            yield Place(kinds[row], host.bin_type, NO_DOMAIN), row, host.multiplicity
            continue
        for number in islice(numbers, host.multiplicity):
            for row, boxes in host.items.items():
                yield Place(kinds[row], host.bin_type, number), row, boxes


def _problem(nested: NestedProblem, places: tuple[Place, ...], filled: Packing) -> Problem:
    boxed = nested.boxed()
    kinds = [place.kind for place in places]
    available = np.zeros(len(places), np.int64)
    np.add.at(available, filled.bin_type, filled.multiplicity)
    level = boxed.topology.shape[1] + 1
    limited = np.flatnonzero(nested.most_per_host != ANY_NUMBER).tolist()
    limits = [(i, i, int(nested.most_per_host[i]), level) for i in limited]
    limits += [(i, j, 0, level) for i, j in nested.apart]
    return boxed.replace(
        capacity=boxed.capacity[kinds],
        cost=boxed.cost[kinds],
        available=available,
        compatible=boxed.compatible[:, kinds],
        topology=np.hstack([boxed.topology[kinds], [[place.host] for place in places]]),
        limits=[*boxed.limits.tolist(), *limits] or None,
        setups=[_setup(setup, kinds) for setup in boxed.setups if set(setup.types).intersection(kinds)],
        bin_names=[boxed.bin_name(k) for k in kinds],
    )


def _setup(setup: Setup, kinds: list[int]) -> Setup:
    """The same setup, paid by boxes of the same kinds."""
    return replace(setup, types=tuple(k for k, kind in enumerate(kinds) if kind in setup.types))
