"""What whole bins of each type cost at least: a covering program in the numbers of bins alone.

The configuration LP opens bins in parts, and with bins of several types and prices what is then left to round is much more
than one bin. An inequality that every packing keeps, sum(each * bins of a type) >= amount, is kept by its whole numbers of
bins too: volume is one, and so are any duals of the configuration LP, with what the best configuration of each type is
worth under them. The cheapest whole numbers that keep several such inequalities bound the cost of every packing. (Compare
the inequalities with which Correia, Gouveia and Saldanha-da-Gama, Computers & Operations Research 35, 2008, strengthen
models of the variable size bin packing problem.)
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.kernels.bin_counts import UNDECIDED, cheapest_counts
from binpack_solvers.problem import UNLIMITED

Int64 = NDArray[np.int64]

LARGEST_AMOUNT = 2**30
LARGEST_COST = 2**31
"""Products of an amount and a cost stay in 64 bits."""
MOST_NODES = 200_000


class Covering(NamedTuple):
    """Of every packing: its bins give together at least ``amount``, a bin of type k at most ``each[k]``."""

    each: list[int]
    amount: int


class Program(NamedTuple):
    """What ``cheapest_counts`` takes."""

    each: Int64
    amount: Int64
    cost: Int64
    most: Int64
    order: Int64


def cost_of_whole_bins(
    rows: list[Covering], cost: list[int], available: list[int], fewest: list[int], known: int, target: int
) -> int:
    """A bound on the cost of whole bins that keep every row, between ``known``, which is one already, and ``target``.

    available : bins of each type, UNLIMITED or a number. fewest : bins of each type that there are at least. Python
    integers; rows of large amounts are rounded to the safe side. The search asks whether there is anything below a cost,
    which it raises in growing steps; it ends with what is proven after so many nodes.
    """
    spent = sum(c * n for c, n in zip(cost, fewest, strict=True))
    rows = [_beside(row, fewest) for row in rows]
    rows = [_scaled(row) for row in rows if row.amount > 0]
    if not rows or min(cost) < 0:
        return max(known, min(spent, target))
    proven, step, nodes = max(known, spent), 1, MOST_NODES
    program = _program(rows, cost, [a if a < 0 else a - n for a, n in zip(available, fewest, strict=True)])
    while proven < target and nodes > 0:
        below = min(target, proven + step)
        if below - spent > LARGEST_COST:
            break
        found, visited = cheapest_counts(
            program.each, program.amount, program.cost, program.most, program.order, below - spent, nodes
        )
        nodes -= int(visited)
        if found == UNDECIDED:
            break
        proven = max(proven, int(found) + spent)
        if proven < below:
            break
        step *= 2
    return max(known, min(proven, target))


def _beside(row: Covering, fewest: list[int]) -> Covering:
    """What is left for further bins to give."""
    return Covering(row.each, row.amount - sum(e * n for e, n in zip(row.each, fewest, strict=True)))


def _scaled(row: Covering) -> Covering:
    """Amounts in range, what a bin gives rounded up, and never more than all that there is to give."""
    each, amount = row
    if amount > LARGEST_AMOUNT:
        step = Fraction(LARGEST_AMOUNT, amount)
        amount, each = LARGEST_AMOUNT, [-int(-e * step // 1) for e in each]
    return Covering([min(e, amount) for e in each], amount)


def _program(rows: list[Covering], cost: list[int], available: list[int]) -> Program:
    """The program of these rows, the types first that the last row finds cheapest."""
    types = sorted(range(len(cost)), key=lambda k: _price(rows[-1], cost, k))
    rows = [Covering([row.each[k] for k in types], row.amount) for row in rows]
    cost = [cost[k] for k in types]
    order = np.full((len(rows), len(types)), -1, np.int64)
    for h, row in enumerate(rows):
        giving = sorted((k for k in range(len(types)) if row.each[k] > 0), key=lambda k: _price(row, cost, k))
        order[h, : len(giving)] = giving
    plenty = [max(-(-row.amount // row.each[k]) if row.each[k] else 0 for row in rows) for k in range(len(types))]
    most = [p if available[k] == UNLIMITED else min(p, available[k]) for k, p in zip(types, plenty, strict=True)]
    return Program(
        np.array([row.each for row in rows], np.int64),
        np.array([row.amount for row in rows], np.int64),
        np.minimum(cost, LARGEST_COST).astype(np.int64),
        np.array(most, np.int64),
        order,
    )


def _price(row: Covering, cost: list[int], k: int) -> tuple[bool, Fraction]:
    """What a type costs for what it gives; last, what gives nothing."""
    return row.each[k] == 0, Fraction(cost[k], max(1, row.each[k]))
