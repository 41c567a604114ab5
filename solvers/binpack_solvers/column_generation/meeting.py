"""What a branch decides on: copies that meet in one bin, which become one copy of an item type of their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.problem import NO_ALTERNATIVE, Problem
from binpack_solvers.rules import Setup

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Meeting:
    """One copy of each of ``parts`` in one bin: two item types, or one twice for two equal copies; or a single one, in a bin
    of type ``bin_type``."""

    parts: tuple[int, ...]
    bin_type: int | None = None

    @property
    def copies(self) -> Counter[int]:
        """Item type -> copies."""
        return Counter(self.parts)


def merged(problem: Problem, meeting: Meeting) -> Problem:
    """The problem with a new last item type, of one copy, in place of the copies that meet. Every rule of one bin stays.

    Rules beyond one bin are not looked at: a problem in the tree has none.
    """
    parts = list(meeting.parts)
    problem = _without_caps(problem, set(parts))
    demands = problem.demands.copy()
    for i in parts:
        demands[_group(problem, i)] -= 1
    compatible = problem.compatible[parts].all(axis=0)
    if meeting.bin_type is not None:
        compatible &= np.arange(problem.bin_types) == meeting.bin_type
    return problem.replace(
        sizes=np.vstack([problem.sizes, problem.sizes[parts].sum(axis=0)]),
        demands=np.append(demands, 1),
        compatible=np.vstack([problem.compatible, compatible]),
        alternatives=np.append(problem.alternatives, NO_ALTERNATIVE),
        optional=np.append(problem.optional, problem.optional[parts[0]]),
        exclusive=np.append(problem.exclusive, problem.exclusive[parts].any()),
        limits=_limits(problem, meeting),
        setups=[_setup(setup, meeting, problem.item_types) for setup in problem.setups],
        move_cost=np.append(problem.move_cost, 0),
        item_names=_names(problem, parts),
    )


def _group(problem: Problem, i: int) -> Int64:
    """The item types that share a demand with i."""
    alternative = problem.alternatives[i]
    return np.array([i]) if alternative == NO_ALTERNATIVE else np.flatnonzero(problem.alternatives == alternative)


def _limits(problem: Problem, meeting: Meeting) -> Int64:
    """What may not share a bin with a part may not with the merged item; nor may a part that may be there only once."""
    i, j, most, _ = problem.limits.T
    of, beside = np.isin(i, meeting.parts) & (most == 0), np.isin(j, meeting.parts) & ((most == 0) | (i == j))
    new = problem.item_types
    more = [(new, other, 0, 0) for other in j[of].tolist()] + [(other, new, 0, 0) for other in i[beside].tolist()]
    return np.vstack([problem.limits, np.array(more, np.int64).reshape(-1, 4)])


def _setup(setup: Setup, meeting: Meeting, new: int) -> Setup:
    if not set(meeting.parts) & set(setup.members):
        return setup
    return Setup((*setup.members, new), setup.size, setup.types, setup.cost)


def _names(problem: Problem, parts: list[int]) -> tuple[str, ...]:
    if not problem.item_names:
        return ()
    return (*problem.item_names, " + ".join(problem.item_name(i) for i in parts))


def _caps(limits: Int64) -> NDArray[np.bool_]:
    """Of the rows of ``limits`` those that leave room for more than one copy of i, or for some of j beside it."""
    return limits[:, 2] > (limits[:, 0] == limits[:, 1])


def caps_per_item(problem: Problem) -> Int64:
    """(m,): how many resources it takes to write the limits of an item type, and those that it stands in, without
    numbers of copies, as a meeting of it asks for."""
    i, j, _, _ = problem.limits[_caps(problem.limits)].T
    return np.bincount(i, minlength=problem.item_types) + np.bincount(j[i != j], minlength=problem.item_types)


def _without_caps(problem: Problem, parts: set[int]) -> Problem:
    """Limits of these items to a number of copies, written as resources, which a merged item takes like any other.

    At most k of j: k of a resource of which a copy takes 1. At most k of j beside an i: as much of a resource as there may
    ever be copies of j in a bin, of which an i, however many, takes all but k.
    """
    inside = np.isin(problem.limits[:, :2], list(parts)).any(axis=1)
    rows = np.flatnonzero(inside & _caps(problem.limits))
    if not len(rows):
        return problem
    count = len(rows)
    i, j, most, _ = problem.limits[rows].T
    plenty = np.maximum(most, problem.demands[j])
    sizes, room = np.zeros((problem.item_types, count), np.int64), np.where(i == j, most, plenty)
    sizes[j, np.arange(count)] = 1
    setups = [Setup(s.members, (*s.size, *[0] * count), s.types, s.cost) for s in problem.setups]
    for at in np.flatnonzero(i != j).tolist():
        taken = [0] * (problem.resources + count)
        taken[problem.resources + at] = int(plenty[at] - most[at])
        setups.append(Setup((int(i[at]),), tuple(taken)))
    return problem.replace(
        sizes=np.hstack([problem.sizes, sizes]),
        capacity=np.hstack([problem.capacity, np.tile(room, (problem.bin_types, 1))]),
        limits=np.delete(problem.limits, rows, axis=0),
        setups=setups,
        resource_names=(),
    )
