"""The children of a branch, built from the decision alone, and whether two of them cover all packings of their parent.

This is the checker's own reading of ``Decision``; the arguments are those of Ryan & Foster (1981) for what meets in a bin.
A packing in which some bin holds the parts becomes one of *together* by calling one copy of each the new item; any other
one keeps the rule of *apart*. No packing is lost, so what bounds both children bounds the parent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.tree import Decision
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from binpack_solvers.validation import LARGEST


class Unsound(Exception):
    """A decision that makes no sense for its parent, in words."""


@dataclass(frozen=True, eq=False)
class Subproblem:
    """What is packed at a node. ``fewest``: bin type -> bins of it that there are at least."""

    problem: Problem
    fewest: dict[int, int]

    def child(self, decision: Decision) -> Subproblem:
        """The packings that the decision leaves; Unsound if it cannot be taken."""
        if decision.kind in ("at_most", "at_least"):
            return self._of_bins(decision)
        parts, k = decision.parts, decision.bin_type
        if any(i >= self.problem.item_types for i in parts) or (k is not None and k >= self.problem.bin_types):
            raise Unsound(f"parts {list(parts)}, bin type {k}: no such item type or bin type")
        if (len(parts), k is None) not in ((2, True), (1, False)):
            raise Unsound("two parts meet in a bin, or one stands in a bin type")
        build = _together if decision.kind == "together" else _apart
        return replace(self, problem=build(self.problem, decision))

    @property
    def marked(self) -> list[int]:
        """Bin types of which there are at least some, in order."""
        return [k for k, fewest in sorted(self.fewest.items()) if fewest > 0]

    def with_markers(self) -> Problem:
        """A problem of the same packings in which an item of no size, worth what such a bin is worth, stands once in each
        of as many bins of a type as there are at least."""
        types = self.marked
        if not types:
            return self.problem
        where = np.arange(self.problem.bin_types) == np.array(types)[:, None]
        return with_marks(self.problem, where, [self.fewest[k] for k in types])

    def _of_bins(self, decision: Decision) -> Subproblem:
        k, bins = decision.bin_type, decision.bins
        if k is None or bins is None or k >= self.problem.bin_types or decision.parts:
            raise Unsound("a number of bins needs a bin type and no parts")
        if decision.kind == "at_least":
            return replace(self, fewest={**self.fewest, k: max(bins, self.fewest.get(k, 0))})
        available = self.problem.available.copy()
        available[k] = bins if available[k] < 0 else min(bins, int(available[k]))
        return replace(self, problem=self.problem.replace(available=available))


def with_marks(problem: Problem, where: NDArray[np.bool_], copies: list[int]) -> Problem:
    """The problem with items of no size, of which so many ``copies`` (M,) stand one to a bin, of types ``where`` (M, t)."""
    if problem.exclusive.any():
        problem = _without_exclusive(problem)
    m, count = problem.item_types, len(copies)
    return problem.replace(
        sizes=np.vstack([problem.sizes, np.zeros((count, problem.resources), np.int64)]),
        demands=[*problem.demands.tolist(), *copies],
        compatible=np.vstack([problem.compatible, where]),
        alternatives=[*problem.alternatives.tolist(), *[-1] * count],
        optional=[*problem.optional.tolist(), *[-1] * count],
        exclusive=[*problem.exclusive.tolist(), *[False] * count],
        limits=[*problem.limits.tolist(), *((m + n, m + n, 1, 0) for n in range(count))],
        move_cost=[*problem.move_cost.tolist(), *[0] * count],
        item_names=(),
    )


def uncovered(decisions: list[Decision]) -> str:
    """What packings of the parent are in no child, in words; empty if each is in one."""
    kinds = sorted(decision.kind for decision in decisions)
    if kinds == ["apart", "together"]:
        one, other = decisions
        same = sorted(one.parts) == sorted(other.parts) and one.bin_type == other.bin_type
        return "" if same else "its children decide on different meetings"
    if kinds == ["at_least", "at_most"]:
        least, most = sorted(decisions, key=lambda decision: decision.kind)
        if least.bin_type != most.bin_type or least.bins is None or most.bins is None:
            return "its children count bins of different types"
        return "" if least.bins <= most.bins + 1 else f"no child has {most.bins + 1} bins of type {most.bin_type}"
    return "its children are " + (", ".join(kinds) if kinds else "not there")


def _apart(problem: Problem, decision: Decision) -> Problem:
    """No bin holds the parts; of a single part, no bin of the type."""
    if decision.bin_type is not None:
        compatible = problem.compatible.copy()
        compatible[decision.parts[0], decision.bin_type] = False
        return problem.replace(compatible=compatible)
    i, j = decision.parts
    return problem.replace(limits=[*problem.limits.tolist(), (i, j, int(i == j), 0)])


def _together(problem: Problem, decision: Decision) -> Problem:
    """One copy of each part becomes the copy of a new item type, which every rule of a part holds for."""
    parts = decision.parts
    problem = _counted_by_resources(problem, set(parts))
    new, where = problem.item_types, problem.compatible[list(parts)].all(axis=0)
    if decision.bin_type is not None:
        where = where & (np.arange(problem.bin_types) == decision.bin_type)
    setups = [
        Setup((*s.members, new), s.size, s.types, s.cost) if set(s.members) & set(parts) else s for s in problem.setups
    ]
    return problem.replace(
        sizes=[*problem.sizes.tolist(), _size_together(problem, parts)],
        demands=[*_less(problem, parts), 1],
        compatible=np.vstack([problem.compatible, where]),
        alternatives=[*problem.alternatives.tolist(), -1],
        optional=[*problem.optional.tolist(), -1],
        exclusive=[*problem.exclusive.tolist(), any(problem.exclusive[i] for i in parts)],
        limits=[*problem.limits.tolist(), *_inherited(problem, parts)],
        setups=setups,
        move_cost=[*problem.move_cost.tolist(), 0],
        item_names=(),
    )


def _size_together(problem: Problem, parts: tuple[int, ...]) -> list[int]:
    """(d,): of the parts in one bin; no more than a Problem may hold, which is less than it takes where that matters."""
    return [min(LARGEST, sum(sizes)) for sizes in zip(*(problem.sizes[i].tolist() for i in parts), strict=True)]


def _less(problem: Problem, parts: tuple[int, ...]) -> list[int]:
    """The demands without a copy of each part; whoever shares the demand of a part has one copy less too."""
    demands = problem.demands.tolist()
    for i in parts:
        group = next(members for members in problem.demand_groups if i in members)
        for member in group:
            demands[member] -= 1
            if demands[member] < 0:
                raise Unsound(f"no copy of item type {i} is left to meet another")
    return demands


def _inherited(problem: Problem, parts: tuple[int, ...]) -> list[tuple[int, int, int, int]]:
    """What the new item may not stand beside: what a part may not, and a part of which there may be one copy in a bin."""
    new = problem.item_types
    rows = []
    for i, j, most, _ in problem.limits.tolist():
        if i == j:
            if i in parts:
                rows.append((i, new, 0, 0))
        elif most == 0 and i in parts:
            rows.append((new, j, 0, 0))
        elif most == 0 and j in parts:
            rows.append((i, new, 0, 0))
    return rows


def _counted_by_resources(problem: Problem, parts: set[int]) -> Problem:
    """Limits of a part to two copies or more, and to one copy or more beside another item, as resources, one each.

    At most c copies of j: c of a resource of which a j takes 1. At most c copies of j beside an i: of a resource there is
    as much as there can be copies of j in one bin, and i, however often it stands, takes all but c of it.
    """
    for i, j, most, _ in problem.limits.tolist():
        if not parts & {i, j} or most <= (1 if i == j else 0):
            continue
        room = most if i == j else max(most, int(problem.demands[j]))
        takes = [[int(n == j)] for n in range(problem.item_types)]
        setups = [Setup(s.members, (*s.size, 0), s.types, s.cost) for s in problem.setups]
        if i != j:
            setups.append(Setup((i,), (0,) * problem.resources + (room - most,)))
        problem = problem.replace(
            sizes=np.hstack([problem.sizes, takes]),
            capacity=np.hstack([problem.capacity, [[room]] * problem.bin_types]),
            limits=[row for row in problem.limits.tolist() if row[:2] != [i, j]],
            setups=setups,
            resource_names=(),
        )
    return problem


def _without_exclusive(problem: Problem) -> Problem:
    """Exclusive items as limits, which leave room for markers."""
    rows = problem.limits.tolist()
    for i in np.flatnonzero(problem.exclusive).tolist():
        rows += [(i, j, int(i == j), 0) for j in range(problem.item_types)]
    return problem.replace(exclusive=None, limits=rows)
