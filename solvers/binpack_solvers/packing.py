"""Packing: which bins, and what is in them, stored in compressed rows so that its size never depends on copies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.errors import SolutionError
from binpack_solvers.exact_sums import sums_by, total
from binpack_solvers.validation import as_integers

LARGEST_ASSIGNMENT = 2**27
FIELDS = ("bin_type", "multiplicity", "indptr", "item", "count")


class Pattern(NamedTuple):
    """``multiplicity`` bins of one type with the same content, ``items``: item type -> copies."""

    bin_type: int
    items: dict[int, int]
    multiplicity: int


class Patterns(Sequence[Pattern]):
    """A lazy view on a packing's rows."""

    def __init__(self, packing: Packing) -> None:
        self._packing = packing

    def __len__(self) -> int:
        return len(self._packing.bin_type)

    def __getitem__(self, row):  # type: ignore[no-untyped-def]
        if isinstance(row, slice):
            return [self[k] for k in range(*row.indices(len(self)))]
        packing = self._packing
        row = range(len(self))[row]
        span = slice(packing.indptr[row], packing.indptr[row + 1])
        content = dict(zip(packing.item[span].tolist(), packing.count[span].tolist(), strict=True))
        return Pattern(int(packing.bin_type[row]), content, int(packing.multiplicity[row]))


@dataclass(frozen=True, eq=False)
class Packing:
    """P patterns in compressed rows; row p is ``multiplicity[p]`` bins of type ``bin_type[p]``.

    bin_type, multiplicity : (P,)
    indptr : (P + 1,); the content of row p is ``item[indptr[p]:indptr[p+1]]`` with ``count`` copies of each per bin.
    item, count : (nnz,), item types ascending within a row, counts at least 1.

    Rows may be empty (bins added for ``minimum_bins``). Whether the rules are kept is for ``check`` to say.
    """

    bin_type: NDArray[np.int64]
    multiplicity: NDArray[np.int64]
    indptr: NDArray[np.int64]
    item: NDArray[np.int64]
    count: NDArray[np.int64]

    def __post_init__(self) -> None:
        self._validate(copy=True)

    @classmethod
    def of_own(cls, *arrays: NDArray[np.int64]) -> Packing:
        """From int64 arrays in the order of the fields that the caller gives up: they become read-only, not copied."""
        packing = object.__new__(cls)
        for name, array in zip(FIELDS, arrays, strict=True):
            object.__setattr__(packing, name, array)
        packing._validate(copy=False)
        return packing

    def _validate(self, copy: bool) -> None:
        for name in FIELDS:
            object.__setattr__(self, name, as_integers(f"packing.{name}", getattr(self, name), None, copy=copy))
        rows, entries = len(self.bin_type), len(self.item)
        if len(self.multiplicity) != rows or len(self.indptr) != rows + 1 or len(self.count) != entries:
            raise SolutionError("packing: bin_type, multiplicity, indptr, item and count do not belong together")
        if self.indptr[0] != 0 or self.indptr[-1] != entries or (np.diff(self.indptr) < 0).any():
            raise SolutionError("packing.indptr: expected a non-decreasing walk from 0 to the number of entries")
        if self.multiplicity.min(initial=1) < 1 or self.count.min(initial=1) < 1:
            raise SolutionError("packing: multiplicities and counts must be at least 1")

    @classmethod
    def from_patterns(cls, patterns: Iterable[tuple[int, Mapping[int, int], int]]) -> Packing:
        """From (bin type, {item: count}, multiplicity) triples; equal ones are joined, in order of first appearance."""
        joined: dict[tuple[int, tuple[tuple[int, int], ...]], int] = {}
        for bin_type, items, multiplicity in patterns:
            content = tuple(sorted((int(i), int(c)) for i, c in items.items() if c))
            key = (int(bin_type), content)
            joined[key] = joined.get(key, 0) + int(multiplicity)
        kept = [(key, times) for key, times in joined.items() if times]
        indptr = np.cumsum([0, *(len(content) for (_, content), _ in kept)])
        entries = [entry for (_, content), _ in kept for entry in content]
        return cls(
            np.array([bin_type for (bin_type, _), _ in kept], np.int64),
            np.array([times for _, times in kept], np.int64),
            np.asarray(indptr, np.int64),
            np.array([i for i, _ in entries], np.int64),
            np.array([c for _, c in entries], np.int64),
        )

    @property
    def patterns(self) -> Patterns:
        """(bin_type, {item: count}, multiplicity), one per row."""
        return Patterns(self)

    @property
    def bins(self) -> int:
        """All bins, empty ones included; a Python integer."""
        return total(self.multiplicity)

    def copies(self, item_types: int) -> list[int]:
        """Placed copies of each item type, as Python integers."""
        placed: list[int] = self.placed(item_types).tolist()
        return placed

    def placed(self, item_types: int) -> NDArray[Any]:
        """``copies`` as an array, exact: of int64 where that holds them, else of Python integers."""
        rows = np.repeat(self.multiplicity, np.diff(self.indptr))
        return sums_by(self.item, self.count, rows, item_types)

    def iter_assignment(self) -> Iterator[tuple[int, int]]:
        """(item type, bin index) per placed copy: items in order, bins in pattern order."""
        first_bin = np.cumsum(self.multiplicity) - self.multiplicity
        row_of = np.repeat(np.arange(len(self.bin_type)), np.diff(self.indptr))
        for entry in np.argsort(self.item, kind="stable").tolist():
            row = int(row_of[entry])
            for b in range(int(first_bin[row]), int(first_bin[row]) + int(self.multiplicity[row])):
                for _ in range(int(self.count[entry])):
                    yield int(self.item[entry]), b

    def assignment(self) -> NDArray[np.int64]:
        """A bin index per placed copy (items in order, bins in pattern order); refuses above 2**27 copies."""
        per_entry = zip(self.count.tolist(), np.repeat(self.multiplicity, np.diff(self.indptr)).tolist(), strict=True)
        copies = sum(c * times for c, times in per_entry)
        if copies > LARGEST_ASSIGNMENT:
            raise SolutionError(f"assignment of {copies} copies is too long to list; use iter_assignment()")
        return np.fromiter((b for _, b in self.iter_assignment()), np.int64, count=copies)
