"""Whole bins of several types that cover several amounts at the least cost: a depth-first search over the counts."""

from __future__ import annotations

import numpy as np
from numba import njit

UNDECIDED = -1


@njit(cache=True)
def cheapest_counts(each, amount, cost, most, order, below, budget):  # type: ignore[no-untyped-def]
    """The least sum of cost * n with each @ n >= amount and whole 0 <= n <= most; ``below`` if none is below that.

    each (R, t), amount (R,), cost (t,), most (t,). order (R, t) : the types that give something to a row, the cheapest for
    what they give first, then -1. budget : nodes to visit. Returns the cost, UNDECIDED beyond the budget, and the nodes.
    """
    rows, types = each.shape
    left, count = amount.copy(), np.zeros(types, np.int64)
    p, spent, best, nodes = 0, 0, below, 0
    while True:
        nodes += 1
        if nodes > budget:
            return UNDECIDED, nodes
        if left.max() <= 0:
            best = min(best, spent)
        elif p < types and spent + fractional_rest(each, left, cost, most, order, p, best - spent) < best:
            copies = 0
            for h in range(rows):
                if left[h] > 0 and each[h, p] > 0:
                    copies = max(copies, -(-left[h] // each[h, p]))
            count[p] = min(copies, most[p])
            spent += count[p] * cost[p]
            for h in range(rows):
                left[h] -= count[p] * each[h, p]
            p += 1
            continue
        p -= 1
        while p >= 0 and count[p] == 0:
            p -= 1
        if p < 0:
            return best, nodes
        count[p] -= 1
        spent -= cost[p]
        for h in range(rows):
            left[h] += each[h, p]
        p += 1


@njit(cache=True)
def fractional_rest(each, left, cost, most, order, first, enough):  # type: ignore[no-untyped-def]
    """What bins of the types from ``first`` on cost at least, in parts, to cover what is left of the worst row; ``enough``
    where that is as much, or where they cannot."""
    worst = 0
    for h in range(len(left)):
        lacks, price = left[h], 0
        for k in order[h]:
            if lacks <= 0 or k < 0 or price >= enough:
                break
            if k < first:
                continue
            if most[k] * each[h, k] >= lacks:
                price += -(-lacks * cost[k] // each[h, k])
                lacks = 0
            else:
                price += most[k] * cost[k]
                lacks -= most[k] * each[h, k]
        worst = max(worst, enough if lacks > 0 else price)
    return min(worst, enough)
