"""Instance: a Problem read from a file, and the way back to the positions of that file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from binpack_solvers.errors import SolutionError
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

FilePattern = tuple[int, dict[int, int], int]


class Share(NamedTuple):
    """``copies`` of an item type come from entry ``position`` of the file."""

    position: int
    copies: int


@dataclass(frozen=True, eq=False)
class Instance:
    """A named problem with what is published about it.

    problem : equal items of the file are one item type each. Bin types are those of the file, in its order.
    positions : per item type the entries of the file it stands for, with their copies, in the order of the file.
    reference : published figures by name (``optimum``, ``lower_bound``, ``upper_bound``, ``best_heuristic`` ...);
        null ones are left out.
    """

    name: str
    problem: Problem
    positions: tuple[tuple[Share, ...], ...]
    reference: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """How many item entries the file has."""
        return sum(len(shares) for shares in self.positions)

    def file_patterns(self, packing: Packing) -> Iterator[FilePattern]:
        """The packing in positions of the file: (bin type, {position: copies}, multiplicity).

        A pattern is split where the copies of a type run over from one entry to the next.
        """
        left = [[[share.position, share.copies] for share in shares if share.copies] for shares in self.positions]
        for shares in left:
            shares.reverse()  # so that the next entry is the last of the list
        for bin_type, items, multiplicity in packing.patterns:
            while multiplicity:
                times = min([multiplicity, *(_whole_bins(left[i], count) for i, count in items.items())])
                content: dict[int, int] = {}
                for i, count in items.items():
                    _take(left[i], count, times, content, f"item type {i}")
                yield bin_type, content, times
                multiplicity -= times

    def packing(self, patterns: Iterable[FilePattern]) -> Packing:
        """The packing over item types, from patterns in positions of the file; SolutionError for a wrong position."""
        type_of = {share.position: i for i, shares in enumerate(self.positions) for share in shares}
        rows = []
        for number, (bin_type, content, multiplicity) in enumerate(patterns):
            if not 0 <= bin_type < self.problem.bin_types:
                raise SolutionError(f"pattern {number}: bin type {bin_type}; the file has {self.problem.bin_types}")
            items: dict[int, int] = {}
            for position, count in content.items():
                if position not in type_of:
                    raise SolutionError(f"pattern {number}: item {position}; the file has {self.entries}")
                items[type_of[position]] = items.get(type_of[position], 0) + count
            rows.append((bin_type, items, multiplicity))
        return Packing.from_patterns(rows)

    def position_violations(self, patterns: Iterable[FilePattern]) -> list[str]:
        """Entries of the file that are not packed as often as they are there: equal items are told apart here.

        Alternatives share their demand, so that the checker of the Problem counts them.
        """
        placed: dict[int, int] = {}
        for _, content, multiplicity in patterns:
            for position, count in content.items():
                placed[position] = placed.get(position, 0) + count * multiplicity
        wrong = [
            (share.position, placed.get(share.position, 0), share.copies)
            for i, shares in enumerate(self.positions)
            for share in shares
            if self.problem.alternatives[i] < 0 and placed.get(share.position, 0) != share.copies
        ]
        return [
            f"item {position}: packed {found} times, expected {copies}" for position, found, copies in sorted(wrong)
        ]

    def by_position(self, values: Sequence[int]) -> list[int]:
        """One value per item type -> one per entry of the file (the duals of a certificate, say)."""
        spread = [0] * self.entries
        for i, shares in enumerate(self.positions):
            for share in shares:
                spread[share.position] = values[i]
        return spread

    def by_item_type(self, values: Sequence[int]) -> list[int]:
        """One value per entry of the file -> one per item type; SolutionError where equal entries differ."""
        if len(values) != self.entries:
            raise SolutionError(f"{len(values)} values, the file has {self.entries} entries")
        for shares in self.positions:
            for share in shares:
                if values[share.position] != values[shares[0].position]:
                    raise SolutionError(
                        f"entries {shares[0].position} and {share.position} are equal items with the values "
                        f"{values[shares[0].position]} and {values[share.position]}"
                    )
        return [values[shares[0].position] for shares in self.positions]


def _whole_bins(shares: list[list[int]], count: int) -> int:
    """How many bins with ``count`` copies each the current entry fills on its own; 1 where it must be mixed."""
    return max(1, shares[-1][1] // count) if shares else 1


def _take(shares: list[list[int]], count: int, times: int, content: dict[int, int], name: str) -> None:
    """Moves ``count`` copies (for ``times`` bins) from the entries to ``content``."""
    while count:
        if not shares:
            raise SolutionError(f"{name}: packed more often than it is there")
        position, copies = shares[-1]
        used = min(count, copies // times)
        content[position] = content.get(position, 0) + used
        count -= used
        shares[-1][1] -= used * times
        if not shares[-1][1]:
            shares.pop()


def merge_entries(
    sizes: Sequence[tuple[int, ...]], demands: Sequence[int], apart: frozenset[int] = frozenset()
) -> tuple[list[tuple[int, ...]], list[int], list[tuple[Share, ...]]]:
    """Joins entries of equal size into item types: (sizes, demands, positions), in order of first appearance.

    ``apart`` : entries that stay alone, because a rule names them.
    """
    types: dict[Any, list[Share]] = {}
    for position, (size, demand) in enumerate(zip(sizes, demands, strict=True)):
        key = (size, position) if position in apart else size
        types.setdefault(key, []).append(Share(position, demand))
    positions = [tuple(shares) for shares in types.values()]
    return (
        [tuple(sizes[shares[0].position]) for shares in positions],
        [sum(share.copies for share in shares) for shares in positions],
        positions,
    )


def item_names(positions: Sequence[tuple[Share, ...]], sizes: Sequence[tuple[int, ...]]) -> list[str]:
    """How messages call the item types: by the first position in the file, and the size."""
    return [
        f"position {shares[0].position}, size {' '.join(map(str, size))}"
        for shares, size in zip(positions, sizes, strict=True)
    ]
