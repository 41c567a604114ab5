"""The cheapest way to cover an amount with bins, fractionally; exact, as availability and cost per unit decide greedily."""

from __future__ import annotations

from fractions import Fraction

from binpack_solvers.bounds.demands import PLENTY


def cover(amount: int, each: list[int], cost: list[int], available: list[int]) -> int | None:
    """Least integer >= min sum(cost * x) with sum(each * x) >= amount, 0 <= x <= available; None if it cannot be covered.

    each : what one bin of a type gives. cost : of one bin. available : bins, PLENTY where unlimited. Python integers:
    nothing overflows. Costs are integers, so the cost of whole bins is at least the value rounded up.
    """
    if amount <= 0:
        return 0
    total = Fraction(0)
    for k in sorted((k for k in range(len(each)) if each[k] > 0), key=lambda k: Fraction(cost[k], each[k])):
        if available[k] == PLENTY or available[k] * each[k] >= amount:
            total += Fraction(cost[k] * amount, each[k])
            return -(-total.numerator // total.denominator)
        total += cost[k] * available[k]
        amount -= available[k] * each[k]
    return None
