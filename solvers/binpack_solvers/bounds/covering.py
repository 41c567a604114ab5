"""The cheapest way to cover an amount with bins, fractionally; exact, as availability and cost per unit decide greedily."""

from __future__ import annotations

from functools import cmp_to_key

from binpack_solvers.bounds.demands import PLENTY


def cover(amount: int, each: list[int], cost: list[int], available: list[int]) -> int | None:
    """Least integer >= min sum(cost * x) with sum(each * x) >= amount, 0 <= x <= available; None if it cannot be covered.

    each : what one bin of a type gives. cost : of one bin. available : bins, PLENTY where unlimited. Python integers:
    nothing overflows. Costs are integers, so the cost of whole bins is at least the value rounded up.
    """
    if amount <= 0:
        return 0

    def dearer(a: int, b: int) -> int:
        """Cost per unit, by products: bounds ask so often that fractions would take a tenth of a small run."""
        return cost[a] * each[b] - cost[b] * each[a]

    total = 0
    for k in sorted((k for k in range(len(each)) if each[k] > 0), key=cmp_to_key(dearer)):
        if available[k] == PLENTY or available[k] * each[k] >= amount:
            return total - (-cost[k] * amount // each[k])
        total += cost[k] * available[k]
        amount -= available[k] * each[k]
    return None
