"""Side rows times their duals, added up: what they show of the cost, and what they make a copy in a bin worth."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from binpack_solvers.checking.side_rows import Fact, SideRows
from binpack_solvers.column_generation.certificate import SideRowDual
from binpack_solvers.problem import Problem

Key = TypeVar("Key", bound=Hashable)


class SideRowSum:
    """objective : what the rows add to that of the demands. bins : what they pay for a bin. flaws : rows that do not exist,
    or that have no limit on the side of their dual; with one, nothing is shown."""

    def __init__(self, problem: Problem, side_row_duals: Iterable[SideRowDual]) -> None:
        self.objective, self.bins, self.flaws = 0, 0, list[str]()
        self._copies: dict[tuple[int, int], int] = {}
        facts: dict[Fact, int] = {}
        rows = SideRows(problem)
        for rule, of, dual in side_row_duals:
            row = rows.row(rule, of)
            limit = None if row is None else row.least if dual > 0 else row.most
            if row is None or limit is None:
                which = f"{rule} of {list(of)}"
                self.flaws.append(f"side row {which}: {'no such row' if row is None else 'no limit on that side'}")
                continue
            self.objective += dual * limit
            self.bins += dual * row.bins
            _add(self._copies, row.copies, dual)
            _add(facts, row.facts, dual)
        self.objective -= sum(max(0, paid) * rows.most(fact) for fact, paid in facts.items())

    def worth(self, duals: Sequence[int], k: int) -> list[int]:
        """What a copy of each item type is worth in a bin of type k: one worth less than nothing may be left out."""
        return [max(0, dual + self._copies.get((i, k), 0)) for i, dual in enumerate(duals)]


def _add(total: dict[Key, int], factors: dict[Key, int], dual: int) -> None:
    for key, factor in factors.items():
        total[key] = total.get(key, 0) + dual * factor
