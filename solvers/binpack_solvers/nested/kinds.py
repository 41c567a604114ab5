"""Kinds of boxes: what part of a host each is worth, which are alike in size, and hosts full of one kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.problem import Problem
from binpack_solvers.validation import LARGEST

Int64 = NDArray[np.int64]

DEAREST = 2**30
"""What the dearest host costs in prices of boxes."""
MOST_ON_A_HOST = 10_000
"""Boxes of one kind, where nothing that they take is scarce."""


def shares_of_hosts(outer: Problem) -> Int64:
    """(S,): a box's part of the host that holds the most of its kind for the money, in millionths of the dearest host."""
    most = most_per_bin(outer)
    unit = max(1, int(outer.cost.max()))
    return np.array(
        [
            min(
                (
                    -(-cost * DEAREST // (unit * count))
                    for cost, count in zip(outer.cost.tolist(), row, strict=True)
                    if count
                ),
                default=DEAREST,
            )
            for row in most.tolist()
        ],
        np.int64,
    )


def kinds_alike(boxed: Problem, outer: Problem) -> list[NDArray[np.bool_]]:
    """(S,): the kinds of which one stands on a host, two, three ..., each with the kinds nearest in size for items that
    they do not hold; and all kinds."""
    usable = boxed.available != 0
    on_a_host = most_per_bin(outer).max(axis=1)
    holds = (most_per_bin(boxed) > 0) & usable
    found = [usable]
    for many in np.unique(on_a_host[usable])[::-1]:
        chosen = usable & (on_a_host == many)
        distance = np.where(holds, np.abs(on_a_host - many), LARGEST)
        chosen[distance.argmin(axis=1)[~holds[:, chosen].any(axis=1) & holds.any(axis=1)]] = True
        found.append(chosen)
    return found[::-1]


def single_kinds(outer: Problem) -> Columns:
    """Each host filled with boxes of one kind."""
    most = most_per_bin(outer)
    kind, host = np.nonzero(most)
    content = np.zeros((len(kind), outer.item_types), np.int64)
    content[np.arange(len(kind)), kind] = np.minimum(most[kind, host], MOST_ON_A_HOST)
    return Columns(host, content, outer.cost[host])
