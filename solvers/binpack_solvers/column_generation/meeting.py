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


def _limits(problem: Problem, meeting: Meeting) -> list[list[int]]:
    """What may not share a bin with a part may not with the merged item; nor may a part that may be there only once."""
    new = problem.item_types
    limits = problem.limits.tolist()
    for i, j, most, _ in problem.limits.tolist():
        if i in meeting.parts and most == 0:
            limits.append([new, j, 0, 0])
        if j in meeting.parts and (most == 0 or i == j):
            limits.append([i, new, 0, 0])
    return limits


def _setup(setup: Setup, meeting: Meeting, new: int) -> Setup:
    if not set(meeting.parts) & set(setup.members):
        return setup
    return Setup((*setup.members, new), setup.size, setup.types, setup.cost)


def _names(problem: Problem, parts: list[int]) -> tuple[str, ...]:
    if not problem.item_names:
        return ()
    return (*problem.item_names, " + ".join(problem.item_name(i) for i in parts))


def _without_caps(problem: Problem, parts: set[int]) -> Problem:
    """Limits of these items to a number of copies, written as resources, which a merged item takes like any other.

    At most k of j: k of a resource of which a copy takes 1. At most k of j beside an i: as much of a resource as there may
    ever be copies of j in a bin, of which an i, however many, takes all but k.
    """
    caps = [
        (i, j, most)
        for i, j, most, _ in problem.limits.tolist()
        if (i in parts or j in parts) and most > (1 if i == j else 0)
    ]
    for i, j, most in caps:
        kept = problem.limits[(problem.limits[:, :2] != (i, j)).any(axis=1)]
        plenty = max(most, int(problem.demands[j]))
        size = np.zeros((problem.item_types, 1), np.int64)
        size[j] = 1
        setups = [Setup(s.members, (*s.size, 0), s.types, s.cost) for s in problem.setups]
        if i != j:
            setups.append(Setup((i,), (0,) * problem.resources + (plenty - most,)))
        room = most if i == j else plenty
        problem = problem.replace(
            sizes=np.hstack([problem.sizes, size]),
            capacity=np.hstack([problem.capacity, np.full((problem.bin_types, 1), room)]),
            limits=kept,
            setups=setups,
            resource_names=(),
        )
    return problem
