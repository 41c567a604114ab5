"""SideBySide: the eras of one trace with its copies sized in several ways, or as they were there at several times."""

from __future__ import annotations

from dataclasses import dataclass

from binpack.comparison import Comparison, EraResult

SIDE_BY_SIDE_SCHEMA = "binpack.side_by_side/1"
MAXIMUM = "maximum"


@dataclass(frozen=True)
class Way:
    """The eras in one way of sizing.

    name : ``requests``, ``maximum``, ``p95`` ..., ``curve``, ``all at once``, ``at the peak``. overfull : era -> machines
    that hold too much at some point of time where copies follow their curves; None where there are no curves.
    """

    name: str
    comparison: Comparison
    overfull: dict[str, int] | None = None

    def row(self, era: str) -> EraResult | None:
        """The row of an era; None where it is not counted in this way."""
        return next((row for row in self.comparison.rows if row.era == era), None)


@dataclass(frozen=True)
class SideBySide:
    """All ways, in order."""

    ways: tuple[Way, ...]

    @property
    def baseline(self) -> Way:
        """The way that savings are told against: by the maximum where there are curves, else the first."""
        return next((way for way in self.ways if way.name == MAXIMUM), self.ways[0])

    @property
    def eras(self) -> tuple[str, ...]:
        """The eras that some way counts, in order."""
        return tuple(dict.fromkeys(row.era for way in self.ways for row in way.comparison.rows))


def saved(before: EraResult, after: EraResult) -> tuple[int, int] | None:
    """Machines that ``after`` needs fewer, by the plans and at the least, by bound and plan; None where something has no
    place."""
    if before.plan.unplaced or after.plan.unplaced:
        return None
    return before.machines - after.machines, before.plan.lower_bound - after.machines
