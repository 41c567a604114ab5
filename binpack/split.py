"""Splitting: copies of a whole held against its parts, each scaled by its own load, over levels of load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from binpack.comparison import EraResult
from binpack.workload.application import Resources

SPLIT_SCHEMA = "binpack.split/1"

Verdict = Literal["saves", "equal", "costs", "open", "unfit"]
"""What splitting does, proven, to the price of all machines and, where that is the same or unknown, to their number;
``open`` where the bounds leave more than one of these, ``unfit`` where one side has no place for everything."""


class Traffic(NamedTuple):
    """Bytes a second, rounded up: of all calls, and of those between machines."""

    total: int
    crossing: int


@dataclass(frozen=True)
class Side:
    """The estate at one load, as wholes or as parts.

    row : the era's count. copies, requested : of everything placed. fixed : of ``requested``, what processes take whatever
        their load, as far as components say it. volume : machines that the sums of everything ask for, what the era charges
        for each copy included. load_volume : those that ``requested`` beyond ``fixed`` and calls asks for.
    by_cost : machines are of several prices, or licences are charged, and all costs are known: volumes are the machines'
        price, in micro-dollars a month, and no machines.
    call_cpu : thousandths of a thread, of ``requested``, for calls between services. served_volume : machines that
        ``requested`` beyond ``fixed`` asks for, calls included. traffic : of those calls; None where something has no place.
    """

    row: EraResult
    copies: int
    requested: Resources
    fixed: Resources
    volume: int
    load_volume: int
    served_volume: int
    by_cost: bool = False
    call_cpu: int = 0
    traffic: Traffic | None = None


@dataclass(frozen=True)
class LoadLevel:
    """So many times the load, borne by copies of the whole and by parts."""

    load: int
    whole: Side
    split: Side

    @property
    def verdict(self) -> Verdict:
        """By the values where both are proven, else where one's is below the other's bound."""
        whole, split = self.whole.row, self.split.row
        if whole.plan.unplaced or split.plan.unplaced:
            return "unfit"
        if all(row.plan.status == "optimal" and row.cost_per_month == _least_cost(row) for row in (whole, split)):
            before, after = ((row.cost_per_month or 0, row.machines) for row in (whole, split))
            return "equal" if after == before else "saves" if after < before else "costs"
        if _value(split) < _bound(whole):
            return "saves"
        return "costs" if _value(whole) < _bound(split) else "open"

    @property
    def saved(self) -> int | None:
        """Machines that splitting saves, or micro-dollars a month ``by_cost``; below 0 where it costs more.

        None where something has no place.
        """
        if self.verdict == "unfit":
            return None
        return self._counted(self.whole) - self._counted(self.split)

    @staticmethod
    def _counted(side: Side) -> int:
        return side.row.cost_per_month or 0 if side.by_cost else side.row.machines

    @property
    def saved_by_scaling(self) -> int | None:
        """Of ``saved``, what parts that scale by themselves request less for the same load."""
        return None if self.verdict == "unfit" else self.whole.load_volume - self.split.load_volume

    @property
    def saved_by_processes(self) -> int | None:
        """Of ``saved``, what being more or fewer processes takes: fixed parts, and the era's charges for each copy."""
        if self.verdict == "unfit":
            return None
        return (self.whole.volume - self.whole.served_volume) - (self.split.volume - self.split.served_volume)

    @property
    def saved_by_calls(self) -> int | None:
        """Of ``saved``, at most 0: what calls take that were none within one process."""
        return None if self.verdict == "unfit" else self.split.load_volume - self.split.served_volume

    @property
    def saved_by_packing(self) -> int | None:
        """Of ``saved``, what remains: machines beyond their volume that wholes take and finer grains do not, what
        they draw under load, and their licences."""
        if self.verdict == "unfit":
            return None
        beyond = [self._counted(side) - side.volume for side in (self.whole, self.split)]
        return beyond[0] - beyond[1]


def _value(row: EraResult) -> int:
    """The price of all machines, and their number where it is unknown."""
    return row.machines if row.cost_per_month is None else row.cost_per_month


def _bound(row: EraResult) -> int:
    """What that is at least."""
    return row.plan.lower_bound if row.cost_per_month is None else _least_cost(row) or 0


def _least_cost(row: EraResult) -> int | None:
    return None if row.cost_per_month is None else row.cost_lower_bound_per_month


@dataclass(frozen=True)
class Turn:
    """The verdict is another one at ``load`` than at a load less."""

    load: int
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class Splitting:
    """The levels asked for and the turns between them.

    wholes : keys of the applications that are split. machine : a sentence about the machine.
    """

    workload: str
    era: str
    wholes: Sequence[str]
    machine: str
    levels: Sequence[LoadLevel]
    turns: Sequence[Turn]
    notes: Sequence[str] = ()
