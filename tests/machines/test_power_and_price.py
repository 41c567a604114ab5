"""Watts from load, and prices by the month: exact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from binpack.machines.catalogue import default_machine
from binpack.machines.power import watts
from binpack.machines.price import price_per_month


def test_watts_are_linear_from_idle_to_full() -> None:
    """Idle at 0, full at 1, half-way in between, and no more than full above 1."""
    machine = default_machine()
    assert watts(machine, Fraction(0)) == Fraction("17.9")
    assert watts(machine, Fraction(1)) == watts(machine, Fraction(3, 2)) == Fraction("70.5")
    assert watts(machine, Fraction(1, 2)) == Fraction("44.2")


def test_unknown_watts_are_unknown() -> None:
    """One figure alone is no power model."""
    assert watts(replace(default_machine(), watts_full=None), Fraction(1, 2)) is None
    assert watts(replace(default_machine(), watts_idle=None), Fraction(1, 2)) is None


def test_a_month_has_730_hours() -> None:
    """0.096 dollars an hour are 70.08 dollars a month, in whole micro-dollars."""
    assert price_per_month(96_000) == 70_080_000
