"""Sequences of arrivals and departures that keep as many copies standing as at first, whatever the policy."""

from __future__ import annotations

import numpy as np
from binpack_solvers.problem import Problem
from numpy.typing import NDArray

ITEM_TYPES = 1000


def churn(resources: int, capacity: int, standing: int, events: int, rules: str, seed: int) -> tuple[Problem, NDArray]:
    """A Problem and ``standing`` arrivals followed by ``events``, by turns a departure at random and an arrival.

    Sizes are uniform from 1 % to 50 % of the capacity. rules : "plain", or "own limits": at most two copies of an item type
    stand in a bin.
    """
    rng = np.random.default_rng(seed)
    sizes = rng.integers(capacity // 100, capacity // 2 + 1, (ITEM_TYPES, resources))
    limits = [(i, i, 2) for i in range(ITEM_TYPES)] if rules == "own limits" else None
    sequence = rng.integers(0, ITEM_TYPES, standing + events)
    here = list(range(standing))
    chosen = rng.random(events)
    for at in range(0, events, 2):
        place = int(chosen[at] * len(here))
        sequence[standing + at] = -1 - here[place]
        here[place] = standing + at // 2
    return Problem(sizes, [capacity] * resources, limits=limits), sequence
