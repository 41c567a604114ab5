"""NestedProblem: items are packed into boxes, and the boxes onto hosts; only hosts cost anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.errors import ProblemError
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem
from binpack_solvers.validation import LARGEST, as_integers, check_indices

Int64 = NDArray[np.int64]

ANY_NUMBER = -1
LEFT_OUT = frozenset({"optional", "initial"})
"""Rules that items in boxes cannot have."""
KEPT_BY_HOSTS = frozenset({"compatible", "exclusive", "minimum_bins"})
"""Rules that boxes on hosts can have; those between items are ``most_per_host`` and ``apart``."""


@dataclass(frozen=True, eq=False)
class NestedProblem:
    """All items into boxes of ``inner``, all boxes onto hosts of ``outer``: least cost of hosts, then hosts, then boxes.

    This is two-stage cutting stock (Gilmore & Gomory 1965) with several resources at each stage: which boxes are cut from
    the hosts is decided together with what goes into them.

    inner : items and kinds of boxes (its bin types, what they offer to items). Its costs are not looked at.
    outer : kinds of boxes (its item types, in the same order, what they take of a host) and hosts (its bin types, with
        cost and number available). Its demands are not looked at: how many boxes there are is part of the answer.
    most_per_host (m,) : at most so many copies of an item type on one host, in whichever boxes; -1: any number.
    apart : pairs of different item types that do not stand on the same host.
    """

    inner: Problem
    outer: Problem
    most_per_host: Int64
    apart: tuple[tuple[int, int], ...]

    def __init__(
        self,
        inner: Problem,
        outer: Problem,
        *,
        most_per_host: ArrayLike | None = None,
        apart: Iterable[tuple[int, int]] = (),
    ) -> None:
        if inner.bin_types != outer.item_types:
            raise ProblemError(
                f"inner has {inner.bin_types} kinds of boxes, outer {outer.item_types}: expected the same in the same order"
            )
        if refused := sorted(inner.rules & LEFT_OUT):
            raise ProblemError(f"inner has {refused[0]}: not possible where boxes stand on hosts")
        if refused := sorted(outer.rules - KEPT_BY_HOSTS):
            raise ProblemError(f"outer has {refused[0]}: not possible where how many boxes there are is to be found")
        pairs = tuple((int(i), int(j)) for i, j in apart)
        check_indices("apart", np.array(pairs, np.int64).reshape(-1), inner.item_types)
        if any(i == j for i, j in pairs):
            raise ProblemError("apart has an item type twice in a pair: expected most_per_host 1 for that")
        most = as_integers(
            "most_per_host", most_per_host, (inner.item_types,), ANY_NUMBER, ANY_NUMBER, inner.item_names
        )
        for name, value in (("inner", inner), ("outer", outer), ("most_per_host", most), ("apart", pairs)):
            object.__setattr__(self, name, value)

    @property
    def kept_apart(self) -> list[int]:
        """Item types that keep others off their host."""
        return sorted({i for pair in self.apart for i in pair})

    @property
    def hosts_have_rules(self) -> bool:
        """Whether it matters for items which boxes stand together."""
        return bool(self.apart) or bool((self.most_per_host != ANY_NUMBER).any())

    def boxed(self) -> Problem:
        """``inner`` with what the rules of hosts ask of each box, and no more boxes of a kind than all hosts hold."""
        limited = np.flatnonzero(self.most_per_host != ANY_NUMBER)
        own = [(int(i), int(i), int(self.most_per_host[i]), 0) for i in limited]
        own += [(i, j, 0, 0) for i, j in self.apart]
        available = [_fewer(own, most) for own, most in zip(self.inner.available.tolist(), self._places(), strict=True)]
        return self.inner.replace(limits=[*self.inner.limits.tolist(), *own] or None, available=available)

    def _places(self) -> list[int]:
        """(S,): how many boxes of a kind alone all hosts hold; -1: any number."""
        hosts = self.outer.available.tolist()
        places = []
        for row in most_per_bin(self.outer).tolist():
            endless = any(most and available == UNLIMITED for most, available in zip(row, hosts, strict=True))
            held = sum(most * max(0, available) for most, available in zip(row, hosts, strict=True))
            places.append(UNLIMITED if endless else min(held, LARGEST))
        return places

    def stacking(self, boxes: Packing) -> Problem:
        """The Problem of these boxes on hosts: an item type for each pattern of ``boxes``, demanded as often as there are
        such boxes; a resource more for each item type that a host may hold only so many of."""
        limited = np.flatnonzero(self.most_per_host != ANY_NUMBER)
        content = contents(boxes, self.inner.item_types)
        outer, kind = self.outer, boxes.bin_type
        per_host = np.tile(self.most_per_host[limited], (outer.bin_types, 1))
        return outer.replace(
            sizes=np.hstack([outer.sizes[kind], content[:, limited]]),
            capacity=np.hstack([outer.capacity, per_host]),
            demands=boxes.multiplicity,
            compatible=outer.compatible[kind],
            alternatives=None,
            optional=None,
            exclusive=outer.exclusive[kind],
            limits=self._apart_rows(content) or None,
            move_cost=None,
            item_names=(),
            resource_names=(),
        )

    def _apart_rows(self, content: Int64) -> list[tuple[int, int, int]]:
        """Limits that keep boxes apart whose contents must be; a box that holds both has no place."""
        rows = []
        for i, j in self.apart:
            first, second = np.flatnonzero(content[:, i]), np.flatnonzero(content[:, j])
            rows += [(a, b, 0) for a in first.tolist() for b in second.tolist()]
        return rows


def _fewer(one: int, other: int) -> int:
    """The smaller of two numbers of boxes, where -1 is any number."""
    return max(one, other) if UNLIMITED in (one, other) else min(one, other)


def contents(boxes: Packing, item_types: int) -> Int64:
    """(P, m): copies of each item type in each pattern."""
    content = np.zeros((len(boxes.bin_type), item_types), np.int64)
    row = np.repeat(np.arange(len(boxes.bin_type)), np.diff(boxes.indptr))
    content[row, boxes.item] = boxes.count
    return content
