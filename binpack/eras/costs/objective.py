"""What the search of an era minimises where machines have prices: their cost a month, what they draw, and licences."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from binpack.machines.price import HOURS_PER_MONTH


@dataclass(frozen=True)
class Objective:
    """How ``Problem.cost`` says a part of the bill, so that its bound is one of the bill.

    unit : micro-units a month that one of ``Problem.cost`` stands for. beside : micro-units a month that every placement
        pays at least beside that. parts : of the bill that both are about (``machines``, ``energy``, ``licences``).
    """

    unit: Fraction
    beside: Fraction
    parts: tuple[str, ...]

    def least(self, cost: int) -> int:
        """Micro-units a month at the least, from a bound on ``Problem.cost``; energy is rounded where it is shown."""
        return ceil(cost * self.unit + self.beside - Fraction(1, 2))

    def per_hour(self, cost: int) -> int:
        """A bound on ``Problem.cost`` in whole micro-units an hour."""
        return floor(cost * self.unit / HOURS_PER_MONTH)
