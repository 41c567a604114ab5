"""Domains: where copies count as together at a level of the topology, summed over all bins with multiplicity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.checking.rows import Rows


class Domains:
    """One level k >= 1: the domain of each row and, on demand, the copies of an item type in each domain.

    of_row : (P,) the id in column k - 1 of the topology; -1 where the bin type lacks the key.
    """

    def __init__(self, rows: Rows, level: int) -> None:
        self._rows = rows
        self.of_row: NDArray[np.int64] = rows.problem.topology[rows.kind, level - 1]
        self._copies: dict[int, dict[int, int]] = {}

    def copies(self, i: int) -> dict[int, int]:
        """Domain id -> copies of item type ``i``; only domains that hold some, and only bins that carry the key."""
        if i not in self._copies:
            totals: dict[int, int] = {}
            holding, counts = self._rows.holding(i)
            for row, domain, count in zip(
                holding.tolist(), self.of_row[holding].tolist(), counts.tolist(), strict=True
            ):
                if domain >= 0:
                    totals[domain] = totals.get(domain, 0) + count * self._rows.times[row]
            self._copies[i] = totals
        return self._copies[i]

    def keyless(self, i: int) -> list[int]:
        """The rows that hold item type ``i`` in bins without the key."""
        holding, _ = self._rows.holding(i)
        return holding[self.of_row[holding] < 0].tolist()
