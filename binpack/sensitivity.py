"""How the order of the eras depends on what is assumed: each assumption alone over its range, all others as in the run.

Source: Eschenbach, Spiderplots versus Tornado Diagrams for Sensitivity Analysis, Interfaces 22(6), 1992: one factor at a
time, the one that changes the result most first. What two assumptions change only together is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import isqrt
from typing import Any, NamedTuple

from binpack.comparison import Comparison


class EraCount(NamedTuple):
    """One era at one value: ``unplaced`` copies, and ``cost_per_month`` in micro-dollars, None without a price."""

    era: str
    machines: int
    cost_per_month: int | None
    lower_bound: int
    status: str
    unplaced: int


@dataclass(frozen=True)
class Point:
    """The eras at one value. by_cost : their order is by cost, not by machines."""

    counts: Mapping[str, EraCount]
    by_cost: bool = False

    def rank(self, era: str) -> tuple[int, ...]:
        """Smaller is better. An era in which something has no place comes after all others, beside its like."""
        count = self.counts[era]
        if count.unplaced:
            return (1,)
        return 0, (count.cost_per_month or 0) if self.by_cost else count.machines

    def order(self, first: str, second: str) -> int:
        """-1 where the first era is better, 1 where the second is, 0 where they are level."""
        a, b = self.rank(first), self.rank(second)
        return (a > b) - (a < b)

    def proven(self, first: str, second: str) -> bool:
        """Whether no search can change their order: both eras at their optimum, or one below the other's lower bound."""
        a, b = self.counts[first], self.counts[second]
        if a.status == b.status == "optimal":
            return True
        if self.by_cost or a.unplaced or b.unplaced:
            return False
        return a.machines < b.lower_bound or b.machines < a.lower_bound


@dataclass(frozen=True)
class Axis:
    """An assumption and the values at which the eras are counted first, ascending.

    points : integers in ``unit``; of choices without a unit, their places in the list. own : the point of the run itself,
        None if it is not among them. label : a value as people read it; ``own_label`` is the run's own.
    percent : break-even values are found to so many per cent, 0: exactly; None: there is nothing between the points.
    change : the question of the run with another value of the assumption.
    """

    name: str
    unit: str
    points: tuple[int, ...]
    own: int | None
    own_label: str
    label: Callable[[int], str]
    change: Callable[[Any, int], Any]
    percent: int | None = None

    def middle(self, low: int, high: int) -> int | None:
        """A value that halves the gap by ratio, by difference from 0 on; None where it is narrow enough."""
        if self.percent is None:
            return None
        narrow = max(1, low * self.percent // 100, self.points[-1] * self.percent // 10_000)
        if high - low <= narrow:
            return None
        return max(low + 1, isqrt(low * high)) if low else high // 2


class BreakEven(NamedTuple):
    """Neighbouring values, ``below`` and ``above``, between which the order of two eras changes."""

    first: str
    second: str
    below: int
    above: int


@dataclass(frozen=True)
class Swept:
    """An axis and every value at which the eras were counted, ascending, those of the search for break-even among them."""

    axis: Axis
    run: Point
    points: Mapping[int, Point]

    @property
    def break_evens(self) -> tuple[BreakEven, ...]:
        """Every change of order that was found, by value."""
        return tuple(
            BreakEven(*pair, low, high)
            for low, high in pairwise(self.points)
            for pair in changes(self.points[low], self.points[high])
        )

    def reverses(self, found: BreakEven) -> bool:
        """Whether the better era becomes the worse one; else they part, or draw level."""
        orders = [self.points[value].order(found.first, found.second) for value in (found.below, found.above)]
        return 0 not in orders

    def proven(self, found: BreakEven) -> bool:
        """Whether the order on both sides is proven; else it may be the search that differs, not the eras."""
        return all(self.points[value].proven(found.first, found.second) for value in (found.below, found.above))

    @property
    def by_cost(self) -> bool:
        """Whether cost is what is compared at every value; else machines are."""
        return self.run.by_cost and all(point.by_cost for point in self.points.values())

    @property
    def change(self) -> Fraction:
        """The difference between an era's most and fewest machines (or costs) over the run's, the mean of all eras.

        Eras and values where something has no place are left out.
        """
        shares = [share for era in self.run.counts if (share := self._change_of(era)) is not None]
        return sum(shares, Fraction(0)) / len(shares) if shares else Fraction(0)

    def _change_of(self, era: str) -> Fraction | None:
        counts = [self.points[value].counts.get(era) for value in self.axis.points]
        amounts = [self._amount(count) for count in counts if count is not None and not count.unplaced]
        own = self.run.counts[era]
        if own.unplaced or not amounts or not self._amount(own):
            return None
        return Fraction(max(amounts) - min(amounts), self._amount(own))

    def _amount(self, count: EraCount) -> int:
        return (count.cost_per_month or 0) if self.by_cost else count.machines


Count = Callable[[Sequence[tuple[Axis, int]]], Sequence[Point]]
"""Counts the eras at many values, which may be done in parallel; the points in the order of the values."""


def sensitivity(axes: Sequence[Axis], run: Point, count: Count) -> tuple[Swept, ...]:
    """Every axis at its points, and break-even values between them; the axis that changes most comes first.

    run : the eras under the run's own assumptions. A gap between neighbouring values over which the order of two eras
    changes is halved until it is narrow: bisection, for all eras at once. Changes that undo each other between two
    neighbouring points are not seen.
    """
    found = [{} if axis.own is None else {axis.own: run} for axis in axes]
    while wanted := [(k, value) for k, axis in enumerate(axes) for value in _missing(axis, found[k])]:
        points = count([(axes[k], value) for k, value in wanted])
        for (k, value), point in zip(wanted, points, strict=True):
            found[k][value] = point
    swept = [Swept(axis, run, dict(sorted(known.items()))) for axis, known in zip(axes, found, strict=True)]
    return tuple(sorted(swept, key=lambda each: -each.change))


def _missing(axis: Axis, known: Mapping[int, Point]) -> Iterator[int]:
    """The values to be counted next."""
    if first := [value for value in axis.points if value not in known]:
        yield from first
        return
    for low, high in pairwise(sorted(known)):
        middle = axis.middle(low, high)
        if middle is not None and any(changes(known[low], known[high])):
            yield middle


def changes(low: Point, high: Point) -> Iterator[tuple[str, str]]:
    """The pairs of eras that stand in another order at one point than at the other."""
    both = [era for era in low.counts if era in high.counts]
    for first, second in combinations(both, 2):
        if low.order(first, second) != high.order(first, second):
            yield first, second


def point_of(comparison: Comparison) -> Point:
    """What a comparison over one shape says of the order of its eras."""
    counts = {
        row.era: EraCount(
            row.era,
            row.machines,
            row.cost_per_month,
            row.plan.lower_bound,
            row.plan.status,
            sum(missing.count for missing in row.plan.unplaced),
        )
        for row in comparison.rows
    }
    priced = all(count.cost_per_month is not None for count in counts.values())
    return Point(counts, comparison.cost_first and priced)
