"""Bins that some best packing holds, for one resource and bins of one capacity: an item alone, or with one partner.

Let r be the most that any copies add up to in the room beside an item i. If some j has size r, a best packing has a bin
with i and j and nothing else: in any packing, what stands beside i is at most r, so it can change places with j. If r is 0,
i stands alone. Source: the dominance criterion of S. Martello, P. Toth, "Lower bounds and reduction procedures for the bin
packing problem", Discrete Applied Mathematics 28 (1990), for sets of one and two items, with every set beside i in place of
their sufficient conditions: what sets add up to is known from one bit set of reachable sums.
"""

from __future__ import annotations

from functools import reduce
from math import gcd

MOST_WORK = 2**27
"""Bits times shifts of one call: about ten milliseconds."""

Bins = list[tuple[dict[int, int], int]]
"""({item: copies}, how many such bins)."""


def dominant_bins(sizes: list[int], demands: list[int], capacity: int) -> tuple[Bins, list[int]]:
    """The bins taken, and the demands that are left; the best packing of these in further bins completes a best packing.

    sizes : at most ``capacity`` each. Nothing is taken where a size with a demand is 0 (such copies stand beside any), or
    where sizes are so large that the reachable sums would take too long.
    """
    left, taken = list(demands), []
    present = [size for size, copies in zip(sizes, demands, strict=True) if copies]
    if not present or min(present) == 0:
        return [], left
    unit = reduce(gcd, present)
    scaled, room = [size // unit for size in sizes], capacity // unit
    order = sorted(range(len(sizes)), key=lambda i: -sizes[i])
    allowed = MOST_WORK
    while (allowed := allowed - _work(scaled, left, room)) > 0:
        bins = _one_pass(scaled, left, room, order)
        if not bins:
            break
        taken += bins
    return taken, left


def reachable_sums(sizes: list[int], demands: list[int], limit: int) -> int:
    """Bit s is set if some of the copies add up to s <= limit. Copies are added in runs of doubling length."""
    within, sums = (1 << (limit + 1)) - 1, 1
    for size, demand in zip(sizes, demands, strict=True):
        copies, run = min(demand, limit // size) if size else 0, 1
        while copies:
            run = min(run, copies)
            sums |= (sums << (size * run)) & within
            copies -= run
            run *= 2
    return sums


def largest_sum(sums: int, room: int) -> int:
    """The largest reachable sum of at most ``room``."""
    return (sums & ((1 << (room + 1)) - 1)).bit_length() - 1


def _one_pass(sizes: list[int], left: list[int], capacity: int, order: list[int]) -> Bins:
    """Bins found with the sums of all copies there are at its start, largest items first; ``left`` is lowered."""
    sums, bins = reachable_sums(sizes, left, capacity), []
    of_size: dict[int, list[int]] = {}
    for i in order:
        of_size.setdefault(sizes[i], []).append(i)
    for i in order:
        if not left[i]:
            continue
        most = largest_sum(sums, capacity - sizes[i])
        if most == 0:
            bins.append(({i: 1}, left[i]))
            left[i] = 0
            continue
        for j in of_size.get(most, []):
            times = left[i] // 2 if i == j else min(left[i], left[j])
            if times:
                bins.append(({i: 2} if i == j else {i: 1, j: 1}, times))
                left[i] -= times
                left[j] -= times
    return bins


def _work(sizes: list[int], demands: list[int], capacity: int) -> int:
    """Bits times shifts of ``reachable_sums``, and one look at the bits for each item type."""
    fitting = (min(q, capacity // size) if size else 0 for size, q in zip(sizes, demands, strict=True))
    return capacity * sum(1 + copies.bit_length() for copies in fitting if copies)
