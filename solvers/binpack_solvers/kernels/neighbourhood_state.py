"""The state of the consistent neighbourhood search: what stands in each bin, and the pile of what lies loose, as arrays."""

from __future__ import annotations

from typing import Any, NamedTuple

from binpack_solvers.jit import uncounted
from binpack_solvers.kernels.bin_contents import CAP, COUNT, OTHER, count

# Columns of the tables below; those of bins are of ``bin_contents``, as is the first of ``tally``.
WEIGHT, LOOSE, PILE, OUT_PTR, OUT_END, IN_PTR, IN_END = range(7)
STEPS, WORK, LOOSE_TYPES, LOOSE_WEIGHT, LEAST_WEIGHT, IDLE, SPARE = range(1, 8)
FREE, MOVE, TAKE, BEST, BEHIND, ORDER, OLD, OLD_COUNT, COPY, PLACE = range(10)


class Search(NamedTuple):
    """m item types by decreasing weight, d resources, B bins, the last ``tally[SPARE]`` of them spare.

    size (m, d), factor (d,): the weight of a type is the sum of factor times size. room (B, d): capacity left.
    item (m, 7): WEIGHT; LOOSE, copies in no bin; PILE, in the first ``tally[LOOSE_TYPES]`` rows the types of these, heaviest
    first; and rows of ``arc`` (A, 2), limits within a bin: where the type stands at most CAP of OTHER (from OUT_PTR to
    OUT_END), and the same arcs by their other end (IN_PTR to IN_END).
    cell (4, B, m), held (B,): see ``bin_contents``; TABU, the step until which a type may neither enter nor leave the bin.
    tally (8,): state of RANDOM, STEPS done, WORK (candidates looked at), LOOSE_TYPES, LOOSE_WEIGHT, the LEAST_WEIGHT loose
    so far, steps IDLE since then, SPARE. space (10, max(m + 1, copies, d, 5)): work space.
    """

    size: Any
    factor: Any
    room: Any
    item: Any
    arc: Any
    cell: Any
    held: Any
    tally: Any
    space: Any


@uncounted
def put(s, b, t, n):  # type: ignore[no-untyped-def]
    """Put n loose copies of type t into bin b; n below 0: take them out."""
    count(s, b, t, n)
    for h in range(len(s.factor)):
        s.room[b, h] -= n * s.size[t, h]
    s.tally[LOOSE_WEIGHT] -= n * s.item[t, WEIGHT]
    lay(s, t, -n)


@uncounted
def lay(s, t, n):  # type: ignore[no-untyped-def]
    """n more copies of type t (fewer below 0) in the pile."""
    before = s.item[t, LOOSE]
    s.item[t, LOOSE] += n
    types = s.tally[LOOSE_TYPES]
    if before == 0:
        k = types
        while k > 0 and s.item[k - 1, PILE] > t:
            s.item[k, PILE] = s.item[k - 1, PILE]
            k -= 1
        s.item[k, PILE] = t
        s.tally[LOOSE_TYPES] += 1
    elif s.item[t, LOOSE] == 0:
        k = 0
        while s.item[k, PILE] != t:
            k += 1
        for j in range(k, types - 1):
            s.item[j, PILE] = s.item[j + 1, PILE]
        s.tally[LOOSE_TYPES] -= 1


@uncounted
def hold(s, b, t, n):  # type: ignore[no-untyped-def]
    """n copies more in bin b while it is being filled: the pile and the list of kinds stay."""
    s.cell[COUNT, b, t] += n
    for h in range(len(s.factor)):
        s.room[b, h] -= n * s.size[t, h]


@uncounted
def keeps_limits(s, b, t):  # type: ignore[no-untyped-def]
    """Whether bin b, with its copies of type t counted, keeps the limits that have t at either end."""
    for e in range(s.item[t, OUT_PTR], s.item[t, OUT_END]):
        if s.cell[COUNT, b, s.arc[e, OTHER]] > s.arc[e, CAP]:
            return False
    for e in range(s.item[t, IN_PTR], s.item[t, IN_END]):
        if s.cell[COUNT, b, s.arc[e, OTHER]] > 0 and s.cell[COUNT, b, t] > s.arc[e, CAP]:
            return False
    return True
