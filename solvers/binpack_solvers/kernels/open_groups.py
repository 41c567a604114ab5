"""Which groups of bins may take a copy of the next runs: looked up at all resources at once, several groups at a time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from binpack_solvers.jit import helper, inlined, uncounted
from binpack_solvers.kernels.groups import AFTER, FIRST, GROUPS, LOCKED, vector
from binpack_solvers.kernels.measures import measured
from binpack_solvers.kernels.packed_words import NOTHING, first_with, packed

SLOTS, UNTIL, STALE = range(3)
FEWEST_RUNS, GROUPS_FOR_A_RUN = 64, 128
"""A list of open groups serves so many runs at least, and more where there are many groups, as making it looks at all."""
TOLERANCE = 1e-9
"""Of sums of shares, which are floats and only save work."""


class Needs(NamedTuple):
    """What a copy of each run takes at least, over its alternatives: least (runs, d), the same as a packed ``word`` (runs,),
    and ``share`` (runs,), the sum over capacity. By which measure, ``norm`` of ``measures``, its bin is the fullest or the
    emptiest; weight (runs, d), or (1, d) for all of them, in units of what is measured."""

    least: Any
    word: Any
    share: Any
    norm: Any
    weight: Any


class Open(NamedTuple):
    """The groups in order that may take a copy of one of the next runs; as long as it serves, later groups come at its end.

    word: what is left in each, all resources in one integer; see ``packed_words``. group: which group. state: SLOTS in use;
    UNTIL which position in the order it serves; STALE where groups came into the middle.
    """

    word: Any
    group: Any
    state: Any


@inlined
def nothing_open():  # type: ignore[no-untyped-def]
    zero, three = np.int64(0), np.int64(3)
    return Open(vector(zero, zero), vector(zero, zero), vector(three, zero))


@inlined
def listed_groups(rules, bins, needs, opened, order, at):  # type: ignore[no-untyped-def]
    """The groups with room, in sum, for one of the next runs in the order. In decreasing order most have none."""
    groups = bins.tally[GROUPS]
    runs = max(FEWEST_RUNS, groups // GROUPS_FOR_A_RUN)
    until = min(len(order), at + runs)
    word, group = opened.word, opened.group
    if len(word) < groups + runs:
        zero = np.int64(0)
        word, group = vector(2 * (groups + runs), zero), vector(2 * (groups + runs), zero)
    fewest = needs.share[order[at]]
    for position in range(at, until):
        fewest = min(fewest, needs.share[order[position]])
    slots, g = 0, bins.tally[FIRST]
    while g != NOTHING:
        share, over = 0.0, bins.group[g, LOCKED] > 0
        for h in range(len(rules.weight)):
            share += bins.left[g, h] * rules.weight[h]
            over |= bins.left[g, h] < 0
        if share >= fewest - TOLERANCE and not over:
            word[slots] = packed(bins.left, g, rules.field)
            group[slots] = g
            slots += 1
        g = bins.group[g, AFTER]
    opened.state[SLOTS], opened.state[UNTIL], opened.state[STALE] = slots, until, 0
    return Open(word, group, opened.state)


@uncounted
def note_left(rules, bins, opened, slot):  # type: ignore[no-untyped-def]
    """Note what is left in the group of a slot."""
    opened.word[slot] = packed(bins.left, opened.group[slot], rules.field)


@uncounted
def note_new(rules, bins, opened, g):  # type: ignore[no-untyped-def]
    """Note a new group, the last one."""
    slots = opened.state[SLOTS]
    if slots == len(opened.word) or bins.group[g, LOCKED]:
        opened.state[STALE] |= slots == len(opened.word)
        return
    opened.group[slots] = g
    note_left(rules, bins, opened, slots)
    opened.state[SLOTS] = slots + 1


@uncounted
def next_fitting(word, group, left, least, slot, slots, need, guard):  # type: ignore[no-untyped-def]
    """The first slot from here on whose group has at least ``least`` of every resource."""
    slot = first_with(word, slot, slots, need, guard)
    while slot < slots:
        h = 0
        while h < len(least) and left[group[slot], h] >= least[h]:
            h += 1
        if h == len(least):
            break
        slot = first_with(word, slot + 1, slots, need, guard)
    return slot


@helper
def fitting_slots(opened, left, needs, run, guard):  # type: ignore[no-untyped-def]
    """The slots with room for a copy of the run, in order, and the measure of what is left in each."""
    slots, need, least = opened.state[SLOTS], needs.word[run], needs.least[run]
    weight = needs.weight[run % len(needs.weight)]
    fitting, free = np.empty(slots, np.int64), np.empty(slots, np.float64)
    found = 0
    slot = next_fitting(opened.word, opened.group, left, least, 0, slots, need, guard)
    while slot < slots:
        fitting[found], free[found] = slot, measured(needs.norm, weight, left[opened.group[slot]])
        found += 1
        slot = next_fitting(opened.word, opened.group, left, least, slot + 1, slots, need, guard)
    return fitting[:found], free[:found]
