"""Prices by the month."""

from __future__ import annotations

HOURS_PER_MONTH = 730  # 365 x 24 / 12, as cloud price lists count


def price_per_month(per_hour: int) -> int:
    """Micro-dollars a month from micro-dollars an hour."""
    return per_hour * HOURS_PER_MONTH
