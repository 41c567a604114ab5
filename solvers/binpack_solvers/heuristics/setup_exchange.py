"""Setup exchange: copies change bins, so that the same bins pay for fewer setups, and what belongs together is closer.

Copies that need one setup gather: those of an item type leave a bin for another one, and copies of one other item type come
back as far as room is wanting. An exchange is made if the setups cost less, or as much with more copies beside those that
they have an affinity for, or all that with the copies of each item type in fewer places, which opens the way for later ones.

Source: items that share parts in a bin are the pagination problem (A. Grange, I. Kacem, S. Martin, "Algorithms for the
pagination problem, a bin packing with overlapping items", arXiv 1605.00558), whose heuristics too judge an item by what it
shares with a bin. There bins are minimised; here they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.packing import Packing
from binpack_solvers.problem import NO_DOMAIN, Problem

Int64 = NDArray[np.int64]

LARGEST_TABLE = 4 * 10**6
"""Bins times item types, and bins times setups."""
JUDGED = 4
"""Of the exchanges for an item type in a bin, how many are computed exactly: before, what the two types share is unknown."""
FINENESS = 1000
NEVER = 2**62


Gain = tuple[int, int, int]
"""What setups cost less, what affinity there is more within bins, and how much more copies are gathered."""
NO_GAIN: Gain = (0, 0, 0)


class Affinity(NamedTuple):
    """items (k,) : the item types that have any. worth (k, k), symmetric, at least 0 : what a copy of each is worth in a bin
    with a copy of another."""

    items: Int64
    worth: Int64


NO_AFFINITY = Affinity(np.zeros(0, np.int64), np.zeros((0, 0), np.int64))


class Exchange(NamedTuple):
    """``copies`` of item ``i`` go from bin ``b`` to bin ``to``, and ``back`` of item ``j`` come the other way."""

    b: int
    i: int
    copies: int
    to: int
    j: int
    back: int


def applies(problem: Problem, packing: Packing) -> bool:
    """No rule but limits looks beyond one bin, their least number aside, and the tables are not too large."""
    widest = max(problem.item_types, len(problem.setups))
    return (
        not problem.rules & {"spread", "initial"}
        and not (problem.requires[:, 2] > 0).any()
        and packing.bins * widest <= LARGEST_TABLE
    )


def with_cheaper_setups(
    problem: Problem, packing: Packing, over: Callable[[], bool], affinity: Affinity = NO_AFFINITY
) -> Packing:
    """The packing, which keeps every rule, with copies exchanged between its bins until no exchange makes setups cheaper or
    copies closer, or until ``over``, which is asked before each look at an item type in a bin. Bins stay as they are, but
    those left empty go, down to the least number."""
    if not applies(problem, packing):
        return packing
    state = SetupExchange(problem, packing, affinity)
    while not over() and state.sweep(over):
        pass
    return state.packing()


class SetupExchange:
    """A packing bin by bin. content (B, m): copies; free (B, d): room left, setups paid; held (B, S): item types that need a
    setup, where the bin's type pays for it; pull (B, k + 1): what a copy more of each item type is worth there by affinity,
    0 of all that have none."""

    def __init__(self, problem: Problem, packing: Packing, affinity: Affinity = NO_AFFINITY) -> None:
        rows = [(k, items) for k, items, times in packing.patterns for _ in range(times)]
        self.problem = problem
        self.kind = np.array([k for k, _ in rows], np.int64)
        self.content = np.zeros((len(rows), problem.item_types), np.int64)
        for b, (_, items) in enumerate(rows):
            self.content[b, [*items]] = [*items.values()]
        self._member = np.zeros((len(problem.setups), problem.item_types), np.int64)
        self._paid = np.zeros((problem.bin_types, len(problem.setups)), np.int64)
        for s, setup in enumerate(problem.setups):
            self._member[s, list(setup.members)] = 1
            self._paid[list(setup.types), s] = 1
        self._cost = np.array([s.cost for s in problem.setups], np.int64)
        self._size = np.array([s.size for s in problem.setups], np.int64).reshape(-1, problem.resources)
        self._weight = _weights(self._member, self._cost)
        beyond = problem.limits[:, 3] > 0
        self._limits, self._limits_beyond = problem.limits[~beyond, :3], problem.limits[beyond]
        self._domain = problem.topology[self.kind]
        shape = self.content.shape
        self.free = np.zeros((len(rows), problem.resources), np.int64)
        self._saved, self._asked = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        k = len(affinity.items)
        self._attracted, self._at = affinity.items, np.full(problem.item_types, k)
        self._at[affinity.items] = np.arange(k)
        self._worth = np.pad(affinity.worth, (0, 1))
        self._pull = np.zeros((len(rows), k + 1), np.int64)
        self._refresh(np.arange(len(rows)))

    def packing(self) -> Packing:
        """The bins as they are now."""
        full = self.content.any(axis=1)
        spare = np.flatnonzero(~full)[: max(0, self.problem.minimum_bins - int(full.sum()))]
        kept = np.sort(np.concatenate([np.flatnonzero(full), spare]))
        rows = (({int(i): int(row[i]) for i in np.flatnonzero(row)}) for row in self.content[kept])
        return Packing.from_patterns((int(k), items, 1) for k, items in zip(self.kind[kept], rows, strict=True))

    def sweep(self, over: Callable[[], bool]) -> bool:
        """Look at every item type in every bin once, what would save most first; whether any exchange was made."""
        changed = False
        bins, items = np.nonzero(self.content)
        for at in np.argsort(-self._saved[bins, items], kind="stable").tolist():
            if over():
                break
            b, i = int(bins[at]), int(items[at])
            for copies in dict.fromkeys((int(self.content[b, i]), 1)):
                if 0 < copies <= self.content[b, i] and (found := self._best(b, i, copies)) is not None:
                    self._make(found)
                    changed = True
        return changed

    def _refresh(self, bins: Int64) -> None:
        """What follows from the content of these bins. saved (B, m): what an item type there pays for alone; asked (B, m):
        what it would have to pay for anew."""
        there = self.content[bins] > 0
        pays = self._paid[self.kind[bins]]
        held = there @ self._member.T * pays
        cost = pays * self._cost
        self._saved[bins] = np.where(there, np.where(held == 1, cost, 0) @ self._member, 0)
        self._asked[bins] = np.where(held == 0, cost, 0) @ self._member
        self._pull[bins] = self.content[np.ix_(bins, self._attracted)] @ self._worth[:-1]
        used = self.content[bins] @ self.problem.sizes + (held > 0) @ self._size
        self.free[bins] = self.problem.capacity[self.kind[bins]] - used

    def _best(self, b: int, i: int, copies: int) -> Exchange | None:
        """The best exchange for so many copies, exactly judged; None if the few most promising gain nothing."""
        best: tuple[Gain, Exchange] | None = None
        for exchange in self._promising(b, i, copies):
            gain = self._gain(exchange)
            if gain > NO_GAIN and (best is None or gain > best[0]):
                best = gain, exchange
        return None if best is None else best[1]

    def _promising(self, b: int, i: int, copies: int) -> Iterator[Exchange]:
        """Exchanges that seem to gain, and for which there seems to be room: setups' own sizes are not looked at."""
        saved = self._saved[b, i] if copies == self.content[b, i] else 0
        to = np.flatnonzero((self._asked[:, i] <= saved) & self.problem.compatible[i, self.kind])
        to = to[to != b]
        lacking = np.maximum(copies * self.problem.sizes[i] - self.free[to], 0)
        straight = np.flatnonzero(~lacking.any(axis=1))
        net = saved - self._asked[to, i]
        closer = self._closer(b, i, copies, to[straight], np.full_like(straight, i), np.zeros_like(straight))
        for t in straight[np.lexsort((-closer, -net[straight]))[:JUDGED]].tolist():
            yield Exchange(b, i, copies, int(to[t]), i, 0)
        back = self._copies_back(to, lacking)
        back[:, i] = NEVER
        back[back > self.content[to]] = NEVER
        room = self.free[b] + copies * self.problem.sizes[i]
        t, j = np.nonzero(back < NEVER)
        count = back[t, j]
        fits = (count[:, None] * self.problem.sizes[j] <= room).all(axis=1)
        t, j, count = t[fits], j[fits], count[fits]
        gone = np.where(count == self.content[to[t], j], self._saved[to[t], j], 0)
        seems = net[t] + gone - self._asked[b, j]
        good = np.flatnonzero(seems >= 0)
        drawn = self._gathered(b, j[good], to[t[good]], count[good])
        closer = self._closer(b, i, copies, to[t[good]], j[good], count[good])
        for at in good[np.lexsort((-drawn, -closer, -seems[good]))[:JUDGED]].tolist():
            yield Exchange(b, i, copies, int(to[t[at]]), int(j[at]), int(count[at]))

    def _copies_back(self, to: Int64, lacking: Int64) -> Int64:
        """(to, m): the fewest copies of each item type that make room for what is lacking; NEVER where they do not, or where
        nothing is lacking."""
        back = np.zeros((len(to), self.problem.item_types), np.int64)
        for h, size in enumerate(self.problem.sizes.T):
            short = lacking[:, h, None]
            back = np.maximum(back, np.where(short > 0, np.where(size > 0, -(-short // np.maximum(size, 1)), NEVER), 0))
        back[back == 0] = NEVER
        return back

    def _closer(self, b: int, i: int, copies: int, to: Int64, j: Int64, back: Int64) -> Int64:
        """How much more affinity there is within bins if copies of i go from b to each of ``to``, and ``back`` of j come: of
        the sum of content, affinity, content over the two bins, the change."""
        w, pull, i, j = self._worth, self._pull, self._at[i], self._at[j]
        drawn = copies * (pull[to, i] - pull[b, i]) + back * (pull[b, j] - pull[to, j])
        return np.asarray(2 * (drawn + copies * copies * w[i, i] + back * back * w[j, j] - 2 * copies * back * w[i, j]))

    def _gathered(self, b: int, j: Int64, to: Int64, back: Int64) -> Int64:
        """How much closer the copies of j are together if some go from ``to`` to b: the change of the sum of squares."""
        here, there = self.content[b, j], self.content[to, j]
        return np.asarray(self._weight[j] * 2 * back * (here - there + back))

    def _gain(self, exchange: Exchange) -> Gain:
        """What an exchange gains; nothing where a rule of a bin is broken."""
        pair = [exchange.b, exchange.to]
        before, kinds = self.content[pair], self.kind[pair]
        change = _change(exchange, self.problem.item_types)
        after = before + change
        if not all(self._keeps(int(k), row) for k, row in zip(kinds, after, strict=True)):
            return NO_GAIN
        if not self._keeps_beyond(pair, change):
            return NO_GAIN
        saved = sum(self._setup_cost(k, row) for k, row in zip(kinds, before, strict=True))
        saved -= sum(self._setup_cost(k, row) for k, row in zip(kinds, after, strict=True))
        squares = (self._weight * (after * after - before * before)).sum()
        b, i, copies, to, j, back = exchange
        closer = self._closer(b, i, copies, np.array([to]), np.array([j]), np.array([back]))
        return int(saved), int(closer[0]), int(squares)

    def _setup_cost(self, kind: int, row: Int64) -> int:
        return int(self._cost[self._held(kind, row)].sum())

    def _held(self, kind: int, row: Int64) -> NDArray[np.bool_]:
        return (self._member @ (row > 0) > 0) & (self._paid[kind] > 0)

    def _keeps(self, kind: int, row: Int64) -> bool:
        """Whether a bin of a type may hold this, by every rule that concerns one bin."""
        problem, there = self.problem, row > 0
        used = row @ problem.sizes + self._size[self._held(kind, row)].sum(axis=0)
        if (used > problem.capacity[kind]).any() or (there & ~problem.compatible[:, kind]).any():
            return False
        if (there & problem.exclusive).any() and row.sum() > 1:
            return False
        i, j, most = self._limits.T
        if (there[i] & (row[j] > most)).any():
            return False
        return not (there[problem.requires[:, 0]] & ~there[problem.requires[:, 1]]).any()

    def _keeps_beyond(self, pair: list[int], change: Int64) -> bool:
        """Whether the domains that the two bins are in keep their limits; within one domain nothing changes."""
        for level in np.unique(self._limits_beyond[:, 3]).tolist():
            i, j, most, _ = self._limits_beyond[self._limits_beyond[:, 3] == level].T
            domain = self._domain[:, level - 1]
            if domain[pair[0]] == domain[pair[1]]:
                continue
            for b, difference in zip(pair, change, strict=True):
                there = self.content[domain == domain[b]].sum(axis=0) + difference
                if domain[b] != NO_DOMAIN and ((there[i] > 0) & (there[j] > most)).any():
                    return False
        return True

    def _make(self, exchange: Exchange) -> None:
        pair = np.array([exchange.b, exchange.to])
        self.content[pair] += _change(exchange, self.problem.item_types)
        self._refresh(pair)


def _change(exchange: Exchange, items: int) -> Int64:
    """(2, m): what the exchange adds to the bins ``b`` and ``to``."""
    change = np.zeros((2, items), np.int64)
    change[:, exchange.i] += (-exchange.copies, exchange.copies)
    change[:, exchange.j] += (exchange.back, -exchange.back)
    return change


def _weights(member: Int64, cost: Int64) -> Int64:
    """(m,) what gathering an item type is worth: its part of its setups, from 1 to FINENESS."""
    part = (cost // np.maximum(member.sum(axis=1), 1)) @ member
    return np.asarray(np.maximum(1, part * FINENESS // max(1, int(part.max(initial=0)))))
