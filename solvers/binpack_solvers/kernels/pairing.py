"""All open bins at once: of every pair of an item type and a bin the one with the best score comes next.

Source: C. Mommessin, T. Erlebach, N. V. Shakhlevich, "Classification and evaluation of the algorithms for vector bin
packing", Computers & Operations Research 173, 2025, where it is the best of those that open several bins.
"""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import helper, kernel, uncounted
from binpack_solvers.kernels.bin_centric import best_run
from binpack_solvers.kernels.groups import (
    AFTER,
    FIRST,
    GROUPS,
    NOTHING,
    TIMES,
    TOGETHER,
    copy_row,
    place_copies,
    rows_of,
    started,
    vector,
    with_room,
)
from binpack_solvers.kernels.scores import DYNAMIC, write_scaled_weights

RUN, TAKEN, ROOM = range(3)


@helper
def _look(rules, bins, g, demand, urgency, score, weight, pair, value):  # type: ignore[no-untyped-def]
    """Note the best item type for a bin of group g: pair (G, 3), its run, the item type and the room; value (G,)."""
    runs = np.flatnonzero(demand > 0)
    run, i, most, best, _ = best_run(rules, bins, g, demand, urgency, score, weight, runs, len(runs))
    pair[g, RUN], pair[g, TAKEN], pair[g, ROOM], value[g] = run, i, most, best


@uncounted
def _best_group(bins, urgency, pair, value):  # type: ignore[no-untyped-def]
    """The group of the most urgent, then the best pair, ties by order; NOTHING if nothing fits anywhere."""
    best, g = NOTHING, bins.tally[FIRST]
    while g != NOTHING:
        run = pair[g, RUN]
        if run != NOTHING:
            most = NOTHING if best == NOTHING else urgency[pair[best, RUN]]
            if urgency[run] > most or (urgency[run] == most and value[g] > value[best]):
                best = g
        g = bins.group[g, AFTER]
    return best


@kernel
def pair_up(  # type: ignore[no-untyped-def]
    rules, demand, urgency, scoring, start_kind, start_times, start_ptr, start_item, start_count
):
    """Fill the bins that stand open, an eighth of what fits at a time; ``demand`` (runs,) becomes what found no room.

    urgency (runs,): higher ones first. Pairs keep the score by the weights of when their bin was last looked at: then
    something joined it, or what was best for it came to an end. Start and result: see ``next_fit``.
    """
    used = vector(rules.capacity.shape[0], np.int64(0))
    bins = started(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    most_groups = bins.tally[GROUPS] + used.sum() + 1
    pair, value = np.empty((most_groups, 3), np.int64), np.empty(most_groups)
    weight, total = np.empty(rules.sizes.shape[1]), np.empty(rules.sizes.shape[1])
    write_scaled_weights(rules, demand, scoring, weight, total)
    for g in range(bins.tally[GROUPS]):
        _look(rules, bins, g, demand, urgency, scoring.score, weight, pair, value)
    g = _best_group(bins, urgency, pair, value)
    while g != NOTHING:
        run, i, most = pair[g, RUN], pair[g, TAKEN], pair[g, ROOM]
        copies = most if rules.item[i, TOGETHER] else max(1, most // 8)
        bins = with_room(bins)
        if bins.group[g, TIMES] > 1:
            rest = bins.tally[GROUPS]
            copy_row(pair, g, pair, rest)
            value[rest] = value[g]
        place_copies(rules, bins, g, i, copies, 1)
        demand[run] -= copies
        if scoring.renewed == DYNAMIC:
            write_scaled_weights(rules, demand, scoring, weight, total)
        for other in range(bins.tally[GROUPS]):
            if other == g or (pair[other, RUN] == run and pair[other, ROOM] > demand[run]):
                _look(rules, bins, other, demand, urgency, scoring.score, weight, pair, value)
        g = _best_group(bins, urgency, pair, value)
    return rows_of(bins)
