"""Places: where copies have to be counted, because a rule across bins tells the bin types there from others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.problem import NO_DOMAIN, Problem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Places:
    """P classes of bin types, and the items of a node (rows of its configurations) whose copies are counted in each.

    of_type (t,) : place of each bin type. domain (P, K) : its domain at each key. counted : the items. share : original item
    type -> the counted items that hold it, which merging has made several, and how many copies of it are in each.
    """

    of_type: Int64
    domain: Int64
    counted: tuple[int, ...]
    share: dict[int, tuple[tuple[int, int], ...]]

    def __len__(self) -> int:
        return len(self.domain)

    def domains(self, level: int) -> dict[int, list[int]]:
        """Domain id of a level of the topology -> its places."""
        places: dict[int, list[int]] = {}
        for place, domain in enumerate(self.domain[:, level - 1].tolist()):
            if domain != NO_DOMAIN:
                places.setdefault(domain, []).append(place)
        return places


def places_of(problem: Problem, node: Node, configurations: Configurations, everything: bool = False) -> Places:
    """problem : the original with its rules, of whose relaxation ``node`` is a part. everything : count all items."""
    own = np.zeros((problem.bin_types, 1), np.int64)
    for number, standing in enumerate(problem.initial, start=1):
        own[standing.bin_type] = number if standing.fixed else 0
    usable = np.flatnonzero(problem.available != 0)
    kinds, of_usable = np.unique(np.hstack([problem.topology, own])[usable], axis=0, return_inverse=True)
    of_type = np.full(problem.bin_types, -1, np.int64)
    of_type[usable] = of_usable.ravel()
    share = _shares(node, configurations, _looked_at(problem))
    groups = {int(configurations.group[n]) for held in share.values() for n, _ in held}
    counted = np.flatnonzero(everything | np.isin(configurations.group, list(groups))).tolist()
    return Places(of_type, kinds[:, :-1], tuple(counted), share)


def _looked_at(problem: Problem) -> set[int]:
    """The item types whose copies a rule counts by domain, in a bin that stands, or beside others that need them."""
    looked_at = {i for *pair, _, level in problem.limits.tolist() if level for i in pair}
    looked_at |= {i for *pair, _ in problem.requires.tolist() for i in pair}
    looked_at |= {i for s in problem.spread if s.key for i in (*s.carriers, *s.counted)}
    return looked_at | {i for s in problem.initial if s.fixed for i in s.content}


def _shares(node: Node, configurations: Configurations, wanted: set[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    """``Places.share`` for the original item types that are wanted."""
    held: dict[int, list[tuple[int, int]]] = {i: [] for i in sorted(wanted)}
    row_of = {int(i): n for n, i in enumerate(configurations.item)}
    contents: list[dict[int, int]] = []
    for i in range(node.problem.item_types):
        if i < node.originals:
            content = {i: 1}
        else:
            content = {}
            for part in node.parts[i - node.originals]:
                for original, copies in contents[part].items():
                    content[original] = content.get(original, 0) + copies
        contents.append(content)
        for original, copies in content.items():
            if original in held and i in row_of:
                held[original].append((row_of[i], copies))
    return {i: tuple(rows) for i, rows in held.items()}
