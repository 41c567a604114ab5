"""Slow obvious versions of the bounds' building blocks."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, product


def cover(amount, each, cost, available):
    """Cheapest whole bins, by trying every number of bins of each type; None if none suffices."""
    counts = [range(min(a, -(-amount // e) if e else 0) + 1) for e, a in zip(each, available, strict=True)]
    costs = [
        sum(c * x for c, x in zip(cost, choice, strict=True))
        for choice in product(*counts)
        if sum(e * x for e, x in zip(each, choice, strict=True)) >= amount
    ]
    return min(costs, default=None)


def martello_toth(sizes, demands, capacity):
    """L2 as it is written: over every threshold up to half the capacity, with the three sets as lists."""
    items = [s for s, q in zip(sizes, demands, strict=True) for _ in range(q)]
    best = 0
    for a in range(capacity // 2 + 1):
        own = [w for w in items if w > capacity - a]
        half = [w for w in items if capacity - a >= w and 2 * w > capacity]
        rest = [w for w in items if 2 * w <= capacity and w >= a]
        excess = sum(rest) - (len(half) * capacity - sum(half))
        best = max(best, len(own) + len(half) + max(0, -(-excess // capacity)))
    return best


def heaviest_clique(conflicts, weight):
    """The largest weight of a set of which every two conflict."""
    best = 0
    for size in range(len(weight) + 1):
        for chosen in combinations(range(len(weight)), size):
            if all(conflicts(i, j) for i, j in combinations(chosen, 2)):
                best = max(best, sum(weight[i] for i in chosen))
    return best


def fekete_schepers(size, capacity, k):
    """u(k) of a size, as a share of a bin."""
    share = Fraction((k + 1) * size, capacity)
    return Fraction(size, capacity) if share.denominator == 1 else Fraction(share.numerator // share.denominator, k)


def carlier_clautiaux_moukrim(size, capacity, k):
    """f2 of a size, as a share of a bin."""
    if 2 * size > capacity:
        return 1 - Fraction((capacity - size) // k, capacity // k)
    return Fraction(1, 2) if 2 * size == capacity else Fraction(size // k, capacity // k)


def dual_feasible(sizes, demands, capacity):
    """The best bound of u(1) to u(20), and of f2 with every size up to half as its threshold."""
    items = [s for s, q in zip(sizes, demands, strict=True) for _ in range(q)]
    sums = [sum(fekete_schepers(s, capacity, k) for s in items) for k in range(1, 21)]
    sums += [sum(carlier_clautiaux_moukrim(s, capacity, k) for s in items) for k in items if 0 < 2 * k <= capacity]
    return max(-(-total.numerator // total.denominator) for total in map(Fraction, sums))


def fewest_bins(sizes, demands, capacity):
    """The fewest bins, by putting each copy, the largest first, into every bin with room and into a new one."""
    items = sorted((s for s, q in zip(sizes, demands, strict=True) for _ in range(q)), reverse=True)

    def place(k, loads, best):
        if len(loads) >= best:
            return best
        if k == len(items):
            return len(loads)
        for load in {load for load in loads if load + items[k] <= capacity}:
            rest = list(loads)
            rest.remove(load)
            best = place(k + 1, [*rest, load + items[k]], best)
        return place(k + 1, [*loads, items[k]], best)

    return place(0, [], len(items) + 1)
