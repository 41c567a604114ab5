"""Groups of which no two share a bin have bins of their own; what of the others these bins cannot take needs further ones.

How much the bins of the clique take of the other groups is a transportation problem, in which limits inside a bin say how
many copies of a group a bin of another one takes. No solution of it exceeds any cut: the room of some of the clique's
groups, and of every other group what the rest of the clique takes, or all of it if that is less. Whatever cut is chosen,
the bound is a sum of integers that holds.

Sources: M. Gendreau, G. Laporte, F. Semet, "Heuristics and lower bounds for the bin packing problem with conflicts",
Computers & Operations Research 31 (2004), the constrained packing bound; A. E. Fernandes Muritiba, M. Iori, E. Malaguti,
P. Toth, "Algorithms for the bin packing problem with conflicts", INFORMS Journal on Computing 22 (2010).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from binpack_solvers.bounds.bound import Bound, Reason
from binpack_solvers.bounds.conflicts import Conflicts
from binpack_solvers.bounds.demands import Int64
from binpack_solvers.exact_sums import dot

LARGEST_TABLE = 10**7
"""Groups of the clique times other groups: 80 MB."""
LARGEST_SUM = 2**62


class Beside(NamedTuple):
    """clique (K,), bins (K,) : groups of which no two share a bin, and how many bins each has at least. others (n,) : the
    other groups. takes (K, n) : copies of each that all those bins together take at most, by rules alone."""

    clique: Int64
    bins: Int64
    others: Int64
    takes: Int64


def constrained_packing(conflicts: Conflicts, clique: list[int], bins: list[int], known: int) -> list[Bound]:
    """Bounds on bins that exceed ``known``, by each resource, every bin taken to be as large as the largest.

    clique : groups of which no two share a bin. bins : per group of the demands, how many it has at least.
    """
    demands = conflicts.demands
    own, copies = sum(bins[g] for g in clique), max(demands.demand, default=0)
    room = [int(c) for c in demands.problem.capacity.max(axis=0)]
    if not clique or len(clique) * len(bins) > LARGEST_TABLE or copies * own * max(1, *room) >= LARGEST_SUM:
        return []
    demand, others = np.array(demands.demand, np.int64), np.setdiff1d(np.arange(len(bins)), clique)
    beside: Beside | None = None
    found = []
    for h, capacity in enumerate(room):
        volume = dot(demands.size[others, h], demand[others])
        if volume >= LARGEST_SUM or not capacity or own - (-volume // capacity) <= known:
            continue
        beside = beside or _beside(conflicts, np.array(clique), others, np.array(bins, np.int64))
        left = volume - _least_cut(beside, demands.size[:, h], demand, capacity)
        value = own - (-left // capacity)
        if value > known:
            by = f"{len(clique)} item types of which no two share a bin + {-(-left // capacity)} bins for what"
            by += f" these cannot take of {demands.problem.resource_name(h)}"
            reason = Reason("conflicts", h, demands.item[clique[0]], amount=len(clique))
            found.append(Bound(value, by, reason))
    return found


def _beside(conflicts: Conflicts, clique: Int64, others: Int64, bins: Int64) -> Beside:
    """The table of a clique: nothing where two groups conflict, otherwise what limits leave in a bin, times the bins."""
    demands = conflicts.demands
    demand, own = np.array(demands.demand, np.int64), bins[clique]
    most = np.minimum(demands.most.max(axis=1), demand)
    takes = np.empty((len(clique), len(others)), np.int64)
    for at, g in enumerate(clique.tolist()):
        takes[at] = np.where(conflicts.row(g), 0, most)[others]
    row, column, copies = _limits_between(conflicts, clique, others)
    np.minimum.at(takes, (row, column), copies)
    return Beside(clique, own, others, np.minimum(takes * own[:, None], demand[others]))


def _limits_between(conflicts: Conflicts, clique: Int64, others: Int64) -> tuple[Int64, Int64, Int64]:
    """(row, column, copies): limits of a group of the clique on another one; groups of one item type alone."""
    demands = conflicts.demands
    row_of, column_of = (np.full(demands.problem.item_types, -1) for _ in range(2))
    for place, groups in ((row_of, clique), (column_of, others)):
        for at, g in enumerate(groups.tolist()):
            if len(demands.members[g]) == 1:
                place[demands.item[g]] = at
    i, j, copies, level = demands.problem.limits.T
    inside = (level == 0) & (row_of[i] >= 0) & (column_of[j] >= 0)
    return row_of[i[inside]], column_of[j[inside]], copies[inside]


def _least_cut(beside: Beside, size: Int64, demand: Int64, capacity: int) -> int:
    """The smallest cut found, from all of the clique's room counted and from none, one group after the other changing sides
    as long as that makes it smaller: an upper bound on the volume of the others that the clique's bins take."""
    volume = demand[beside.others] * size[beside.others]
    room = np.maximum(0, capacity * beside.bins - demand[beside.clique] * size[beside.clique])
    takes = beside.takes * size[beside.others]
    return min(_descended(takes, volume, room, start) for start in (True, False))


def _descended(takes: Int64, volume: Int64, room: Int64, start: bool) -> int:
    """The cut where no single change makes it smaller; ``start`` : whether each group's room is counted at first."""
    counted = np.full(len(room), start)
    by_others = np.zeros_like(volume) if start else takes.sum(axis=0)
    cut, changed = int(room.sum()) if start else int(np.minimum(volume, by_others).sum()), True
    while changed:
        changed = False
        for row in range(len(room)):
            after = by_others + takes[row] if counted[row] else by_others - takes[row]
            rooms = int(room[counted].sum()) + int(-room[row] if counted[row] else room[row])
            value = rooms + int(np.minimum(volume, after).sum())
            if value < cut:
                cut, by_others, changed = value, after, True
                counted[row] = not counted[row]
    return cut
