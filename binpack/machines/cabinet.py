"""Cabinet: how many rack units a cabinet has, and what it feeds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Cabinet:
    """units : rack units, one above the other. watts : for all machines in it together, at full load."""

    units: int = 42
    watts: Fraction = Fraction(15_000)
