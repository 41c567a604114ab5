"""Rows: a packing's compressed rows with what every rule asks of them; cost follows entries, never copies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

SHOWN = 10
SAFE = 2**62


class Rows:
    """A packing seen through its problem. A *row* is ``times[row]`` alike bins; an *entry* is one item type in a row.

    row_of : (nnz,) the row of each entry.
    kind : (P,) the bin type of each row.
    times : P Python integers, so that products with them are exact.
    """

    def __init__(self, problem: Problem, packing: Packing) -> None:
        self.problem = problem
        self.kind = packing.bin_type
        self.times: list[int] = packing.multiplicity.tolist()
        self._times = packing.multiplicity
        self.item, self.count = packing.item, packing.count
        self.row_of = np.repeat(np.arange(len(self.kind)), np.diff(packing.indptr))

    @cached_property
    def _by_item(self) -> Int64:
        """The entries in the order of their item types."""
        return np.argsort(self.item, kind="stable")

    @cached_property
    def _start(self) -> Int64:
        """Where in that order each item type begins."""
        return np.searchsorted(self.item[self._by_item], np.arange(self.problem.item_types + 1))

    @cached_property
    def _places(self) -> Int64:
        """Row and item type of each entry as one number, ascending, as entries are."""
        return self.row_of * self.problem.item_types + self.item

    def holding(self, i: int) -> tuple[Int64, Int64]:
        """The rows that hold item type ``i``, ascending, and the copies of it in each of their bins."""
        entries = self._by_item[self._start[i] : self._start[i + 1]]
        return self.row_of[entries], self.count[entries]

    def entries(self, item: Int64) -> tuple[Int64, Int64]:
        """The entries of each of the item types (n,), one type after the other, and for each its position in ``item``."""
        many = self._start[item + 1] - self._start[item]
        position = np.repeat(np.arange(len(item)), many)
        nth = np.arange(len(position)) - np.repeat(np.cumsum(many) - many, many)
        return self._by_item[self._start[item[position]] + nth], position

    def copies_in(self, row: Int64, item: Int64) -> Int64:
        """(n,) copies of item[n] in each bin of row[n]."""
        if not len(self._places):
            return np.zeros(len(row), np.int64)
        wanted = row * self.problem.item_types + item
        at = np.minimum(np.searchsorted(self._places, wanted), len(self._places) - 1)
        return np.where(self._places[at] == wanted, self.count[at], 0)

    def holding_any(self, items: Iterable[int]) -> Int64:
        """The rows that hold any of the item types, ascending."""
        return np.unique(np.concatenate([np.empty(0, np.int64), *(self.holding(i)[0] for i in items)]))

    def per_bin(self, amount: Int64, extra: int = 0) -> NDArray[Any]:
        """(P,) the sum of ``amount[item] * count`` in one bin of each row, exactly.

        int64 where no sum can leave it, also after adding up to ``extra``; Python integers otherwise.
        """
        if not len(self.item):
            return np.zeros(len(self.kind), np.int64 if extra < SAFE else object)
        longest = int(np.bincount(self.row_of).max())
        largest = longest * int(amount.max()) * int(self.count.max()) + extra
        dtype = np.int64 if largest < SAFE else object
        sums = np.zeros(len(self.kind), dtype)
        np.add.at(sums, self.row_of, amount[self.item].astype(dtype) * self.count.astype(dtype))
        return sums

    @cached_property
    def placed(self) -> NDArray[Any]:
        """(m,) copies of each item type in all bins: int64 where no sum can leave it, Python integers otherwise."""
        times = self._times[self.row_of]
        largest = len(self.item) * int(self.count.max(initial=0)) * int(times.max(initial=0))
        dtype = np.int64 if largest < SAFE else object
        placed = np.zeros(self.problem.item_types, dtype)
        np.add.at(placed, self.item, self.count.astype(dtype) * times.astype(dtype))
        return placed

    @cached_property
    def bins_of_type(self) -> list[int]:
        """Bins of each type, as Python integers."""
        dtype = np.int64 if len(self.times) * int(self._times.max(initial=0)) < SAFE else object
        bins = np.zeros(self.problem.bin_types, dtype)
        np.add.at(bins, self.kind, self._times.astype(dtype))
        listed: list[int] = bins.tolist()
        return listed

    @cached_property
    def setup_rows(self) -> list[Int64]:
        """The rows that pay each setup: of one of its types, holding any of its members."""
        paying = []
        for setup in self.problem.setups:
            rows = self.holding_any(setup.members)
            paying.append(rows[np.isin(self.kind[rows], setup.types)])
        return paying

    def name(self, row: int) -> str:
        """How messages call a row."""
        bins = "1 bin" if self.times[row] == 1 else f"{self.times[row]} bins"
        return f"pattern {row} ({bins} of {self.problem.bin_name(int(self.kind[row]))})"

    def names(self, items: Iterable[int]) -> str:
        """How messages call several item types: at most ``SHOWN`` by name."""
        known = [self.problem.item_name(i) for i in items]
        more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
        return ", ".join(known[:SHOWN]) + more


def common(first: Int64, second: Int64) -> Int64:
    """The rows in both, each ascending without repeats; the shorter is looked up in the longer."""
    short, long = (first, second) if len(first) <= len(second) else (second, first)
    if not len(short):
        return short
    place = np.minimum(np.searchsorted(long, short), len(long) - 1)
    return short[long[place] == short]


def some(rule: str, found: Iterable[Any], words: Callable[[Any], str]) -> list[str]:
    """One message per finding, each beginning with the rule's name; beyond ``SHOWN`` they are only counted."""
    kept = list(found)
    messages = [f"{rule}: {words(one)}" for one in kept[:SHOWN]]
    if len(kept) > SHOWN:
        messages.append(f"{rule}: and {len(kept) - SHOWN} more like the last")
    return messages
