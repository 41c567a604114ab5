"""One bin after the other filled with the item types of the best score."""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import helper, kernel
from binpack_solvers.kernels.groups import (
    AFTER,
    COUNT,
    FIRST,
    HEAD,
    ITEM,
    LAST,
    NEXT,
    NOTHING,
    REQUIRE,
    REQUIRE_END,
    TIMES,
    TOGETHER,
    append_bin,
    drop_last,
    place_copies,
    rows_of,
    started,
    vector,
    with_room,
)
from binpack_solvers.kernels.room import choice, copies_in
from binpack_solvers.kernels.scores import DOT_PRODUCT, DYNAMIC, STATIC, scored, write_scaled_weights


@helper
def best_run(rules, bins, g, demand, urgency, score, weight, runs, size):  # type: ignore[no-untyped-def]
    """The run that fits group g with the highest urgency, then the best score: it, its item type, the room in copies, the
    score, and how many runs are still to look at.

    runs[:size] are the runs to look at; one that has no room any more is dropped, as a bin only gets fuller. Room is
    computed only for a score that would win, which makes a bin ten times cheaper with many item types.
    """
    best, best_item, best_room, best_urgency, best_value = NOTHING, NOTHING, 0, NOTHING, -np.inf
    droppable = (rules.item[:, REQUIRE] == rules.item[:, REQUIRE_END]).all()
    left, sizes, run_ptr, run_item = bins.left[g], rules.sizes, rules.run_ptr, rules.run_item
    at = 0
    while at < size:
        run = runs[at]
        at += 1
        if demand[run] <= 0 or urgency[run] < best_urgency:
            continue
        first = run_item[run_ptr[run]]
        full = False
        if run_ptr[run + 1] - run_ptr[run] == 1:
            for h in range(len(left)):
                full |= sizes[first, h] > left[h]
        if full:
            if droppable:
                size -= 1
                at -= 1
                runs[at] = runs[size]
            continue
        value = 0.0
        if (
            score == DOT_PRODUCT
        ):  # written out, as it is what runs by itself: through a call all takes 1.4 times as long
            for h in range(len(left)):
                value += weight[h] * sizes[first, h] * left[h]
        else:
            value = scored(score, weight, rules.weight, sizes[first], left)
        if urgency[run] == best_urgency and (value < best_value or (value == best_value and run > best)):
            continue
        i, most = choice(rules, bins, g, run, demand[run])
        if most > 0:
            best, best_item, best_room, best_urgency, best_value = run, i, most, urgency[run], value
        elif droppable:
            size -= 1
            at -= 1
            runs[at] = runs[size]
    return best, best_item, best_room, best_value, size


@helper
def _fill(rules, bins, g, demand, urgency, scoring, weight, total):  # type: ignore[no-untyped-def]
    """Fill one bin; an eighth of what fits at a time. The number of copies placed."""
    placed, runs, renew = 0, np.flatnonzero(demand > 0), scoring.renewed != STATIC
    size = len(runs)
    while True:
        if renew:
            write_scaled_weights(rules, demand, scoring, weight, total)
        renew = scoring.renewed == DYNAMIC
        run, i, most, _, size = best_run(rules, bins, g, demand, urgency, scoring.score, weight, runs, size)
        if run == NOTHING:
            break
        copies = most if rules.item[i, TOGETHER] else max(1, most // 8)
        bins = with_room(bins)
        place_copies(rules, bins, g, i, copies, bins.group[g, TIMES])
        demand[run] -= copies
        placed += copies
    return bins, placed


@kernel
def fill_bins(  # type: ignore[no-untyped-def]
    rules, demand, urgency, run_of, scoring, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """Bin-centric filling by a score; a full bin is repeated while the demand lasts.

    urgency (runs,): higher ones first. run_of (m,): the run of each item type. The rest as for ``next_fit``.
    """
    weight, total = np.empty(rules.sizes.shape[1]), np.empty(rules.sizes.shape[1])
    write_scaled_weights(rules, demand, scoring, weight, total)
    used = vector(rules.capacity.shape[0], np.int64(0))
    bins = started(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    g = bins.tally[FIRST]
    while g != NOTHING:
        if bins.group[g, TIMES] == 1:  # started bins that are alike stay as they are; the caller starts them one by one
            bins, _ = _fill(rules, bins, g, demand, urgency, scoring, weight, total)
        g = bins.group[g, AFTER]
    at = 0
    while at < len(type_order):
        k = type_order[at]
        if used[k] >= rules.available[k]:
            at += 1
            continue
        bins = with_room(bins)
        before = bins.tally[LAST]
        g = append_bin(bins, k, rules.capacity)
        bins, placed = _fill(rules, bins, g, demand, urgency, scoring, weight, total)
        if placed == 0:
            drop_last(bins, g, before)
            at += 1
            continue
        again = rules.available[k] - used[k] - 1
        node = bins.group[g, HEAD]
        while node != NOTHING:
            i = bins.node[node, ITEM]
            if run_of[i] != NOTHING:
                again = min(again, demand[run_of[i]] // _count_of_run(rules, bins, g, run_of[i]))
            node = bins.node[node, NEXT]
        node = bins.group[g, HEAD]
        while node != NOTHING:
            demand[run_of[bins.node[node, ITEM]]] -= again * bins.node[node, COUNT]
            node = bins.node[node, NEXT]
        bins.group[g, TIMES] += again
        used[k] += 1 + again
    return rows_of(bins)


@helper
def _count_of_run(rules, bins, g, run):  # type: ignore[no-untyped-def]
    """Copies of a run in one bin of group g, over its alternatives."""
    total = 0
    for at in range(rules.run_ptr[run], rules.run_ptr[run + 1]):
        total += copies_in(bins, g, rules.run_item[at])
    return total
