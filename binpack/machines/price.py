"""Prices by the hour and by the month, and what is taken off them, in whole millionths of a currency's unit."""

from __future__ import annotations

from fractions import Fraction

HOURS_PER_MONTH = 730  # 365 x 24 / 12, as cloud price lists count
MICRO = 10**6


def price_per_month(per_hour: int) -> int:
    """Micro-dollars a month from micro-dollars an hour."""
    return per_hour * HOURS_PER_MONTH


def price_per_hour(per_month: Fraction) -> int:
    """Micro-dollars an hour from dollars a month, to the nearest one."""
    return round(per_month * MICRO / HOURS_PER_MONTH)


def discounted(price: int, share: Fraction) -> int:
    """The price without this share of it, rounded up."""
    left = price * (1 - share)
    return -(-left.numerator // left.denominator)
