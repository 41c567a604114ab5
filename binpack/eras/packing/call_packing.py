"""Calls come last: the machines once found, and few bytes of images to fetch, copies stand beside those that they call.

A search without a bound: what still crosses machines is told, not proven to be the least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from binpack_solvers.heuristics.setup_exchange import Affinity
from binpack_solvers.packing import Packing

from binpack.eras.images.image_packing import SameBoxes
from binpack.eras.packing.compilation import Compiled
from binpack.workload.calls import Pair, Place, copies_in, said_within, worth_of_pairs

if TYPE_CHECKING:
    from binpack.eras.packing.placement import Solve

FINENESS = 10**6
"""What the calls of one pair of copies are worth at the most."""


def with_calls_within(compiled: Compiled, packing: Packing, solve: Solve) -> Packing:
    """The same pieces in the same boxes, which fetch no more bytes of images, placed so that more of what calls say stays
    within a box; the packing itself where nothing calls or no such packing is found."""
    applications = {piece.application.key: piece.application for piece in compiled.pieces if piece.application}
    places = _places(compiled, packing)
    worth = worth_of_pairs(applications.values(), copies_in(places))
    same = SameBoxes.of(compiled, packing) if any(worth.values()) else None
    if same is None:
        return packing
    found = same.back(solve.nearer(same.problem, same.packing, _affinity(compiled, worth)))
    return found if said_within(worth, _places(compiled, found)) > said_within(worth, places) else packing


def _places(compiled: Compiled, packing: Packing) -> list[Place]:
    """Equal boxes, and the copies in one of them."""
    return [(times, _copies(compiled, items)) for _, items, times in packing.patterns]


def _copies(compiled: Compiled, items: Mapping[int, int]) -> Counter[str]:
    here = Counter[str]()
    for i, count in items.items():
        if (application := compiled.pieces[i].application) is not None:
            here[application.key] += count
    return here


def _affinity(compiled: Compiled, worth: dict[Pair, Fraction]) -> Affinity:
    """The worth of each pair, of which the dearest is worth ``FINENESS``, and none that has any is 0."""
    ends = {key for pair in worth for key in pair}
    keys = [piece.application.key if piece.application else "" for piece in compiled.pieces]
    items = [k for k, key in enumerate(keys) if key in ends]
    at: dict[str, list[int]] = {}
    for row, k in enumerate(items):
        at.setdefault(keys[k], []).append(row)
    dearest = max(worth.values())
    found = np.zeros((len(items), len(items)), np.int64)
    for (caller, other), amount in worth.items():
        found[np.ix_(at[caller], at[other])] += -(-amount * FINENESS // dearest)
    return Affinity(np.array(items, np.int64), found + found.T)
