"""Next, first, best and worst fit of item types into groups of equal bins, under every rule that concerns one bin."""

from __future__ import annotations

import numpy as np

from binpack_solvers.jit import helper, inlined, kernel
from binpack_solvers.kernels.groups import (
    AFTER,
    GROUPS,
    LAST,
    NOTHING,
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
from binpack_solvers.kernels.heap import heap_of, sift_down
from binpack_solvers.kernels.measures import measured
from binpack_solvers.kernels.open_groups import (
    SLOTS,
    STALE,
    UNTIL,
    fitting_slots,
    listed_groups,
    next_fitting,
    note_left,
    note_new,
    nothing_open,
)
from binpack_solvers.kernels.room import choice, is_weightless

NEXT_FIT, FIRST_FIT, BEST_FIT, WORST_FIT = 0, 1, 2, 3


@helper
def _fill(rules, bins, g, run, rest):  # type: ignore[no-untyped-def]
    """Fill the bins of group g one after the other with copies of the run; what remains of ``rest``."""
    while rest > 0:
        i, most = choice(rules, bins, g, run, rest)
        if i == NOTHING:
            break
        times = min(rest // most, bins.group[g, TIMES])
        whole = times == bins.group[g, TIMES]
        bins = with_room(bins)
        place_copies(rules, bins, g, i, most, times)
        rest -= most * times
        if whole:
            break
        g = bins.group[g, AFTER]
    return bins, rest


@inlined
def _first_fit(rules, bins, needs, opened, run, rest):  # type: ignore[no-untyped-def]
    slots, need, least, guard = opened.state[SLOTS], needs.word[run], needs.least[run], rules.guard
    slot = next_fitting(opened.word, opened.group, bins.left, least, 0, slots, need, guard)
    while slot < slots and rest > 0:
        bins, rest = _fill(rules, bins, opened.group[slot], run, rest)
        note_left(rules, bins, opened, slot)
        slot = next_fitting(opened.word, opened.group, bins.left, least, slot + 1, slots, need, guard)
    return bins, rest


@inlined
def _best_fit(rules, bins, needs, opened, run, rest):  # type: ignore[no-untyped-def]
    """Fullest first. A bin that was fullest stays so while it is filled, so one look at what is left serves a whole run."""
    fitting, free = fitting_slots(opened, bins.left, needs, run, rules.guard)
    key = -free
    heap = heap_of(key)
    size = len(heap)
    while rest > 0 and size > 0:
        slot = fitting[heap[0]]
        bins, rest = _fill(rules, bins, opened.group[slot], run, rest)
        note_left(rules, bins, opened, slot)
        size -= 1
        heap[0] = heap[size]
        sift_down(heap, key, 0, size)
    return bins, rest


@inlined
def _worst_fit(rules, bins, needs, opened, run, rest):  # type: ignore[no-untyped-def]
    """Emptiest first, one copy a bin at a time; a 64th of what fits where that is more, so that steps stay few.

    Only the last step of a run can split a group, so positions among the open groups break ties exactly. The heap
    makes a step O(log groups): 1500 item types of 76,000 copies take 0.2 s instead of 15 s.
    """
    fitting, free = fitting_slots(opened, bins.left, needs, run, rules.guard)
    heap = heap_of(free)
    size = len(heap)
    while rest > 0 and size > 0:
        at = heap[0]
        g = opened.group[fitting[at]]
        i, most = choice(rules, bins, g, run, rest)
        if i == NOTHING:
            size -= 1
            heap[0] = heap[size]
        else:
            copies = most if rules.item[i, TOGETHER] or is_weightless(rules, bins, g, i) else max(1, most // 64)
            times = min(rest // copies, bins.group[g, TIMES])
            bins = with_room(bins)
            place_copies(rules, bins, g, i, copies, times)
            rest -= copies * times
            free[at] = measured(needs.norm, needs.weight[run % len(needs.weight)], bins.left[g])
            note_left(rules, bins, opened, fitting[at])
        sift_down(heap, free, 0, size)
    return bins, rest


@inlined
def _open(rules, bins, used, type_order, run, rest):  # type: ignore[no-untyped-def]
    """New bins of the first type in order that takes the run, each filled; what remains, and the last bin's group."""
    for k in type_order:
        free = rules.available[k] - used[k]
        if free <= 0:
            continue
        bins = with_room(bins)
        before = bins.tally[LAST]
        g = append_bin(bins, k, rules.capacity)
        i, most = choice(rules, bins, g, run, rest)
        if i == NOTHING:
            drop_last(bins, g, before)
            continue
        times = min(rest // most, free)
        bins.group[g, TIMES] = times
        used[k] += times
        place_copies(rules, bins, g, i, most, times)
        return bins, rest - most * times, g
    return bins, rest, NOTHING


@inlined
def _in_new_bins(rules, bins, opened, used, type_order, run, rest):  # type: ignore[no-untyped-def]
    """What is left of the run in new bins; what remains of it, and the last bin's group, NOTHING if there is none."""
    last = NOTHING
    while rest > 0:
        bins, rest, new = _open(rules, bins, used, type_order, run, rest)
        if new == NOTHING:
            break
        last = new
        note_new(rules, bins, opened, new)
    return bins, rest, last


@kernel
def next_fit(  # type: ignore[no-untyped-def]
    rules, needs, order, demand, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """Next fit of the runs in ``order``.

    needs: see ``Needs``; next fit looks at the last bin alone and not at these. order (R,): runs.
    demand (runs,): copies still to place, changed in place to what found no room.
    type_order (t',): bin types in the order in which a new bin is tried.
    start_*: open bins as compressed rows. Returns the rows of all bins, the started ones included.
    """
    used = vector(rules.capacity.shape[0], np.int64(0))
    bins = started(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    current, opened = bins.tally[LAST], nothing_open()
    one = np.int64(1)  # not a literal, for which numba compiles a second version
    for run in order:
        rest = demand[run]
        if current != NOTHING and rest > 0:
            i, most = choice(rules, bins, current, run, rest)
            if most > 0:
                bins = with_room(bins)
                place_copies(rules, bins, current, i, most, one)
                rest -= most
        bins, demand[run], last = _in_new_bins(rules, bins, opened, used, type_order, run, rest)
        if last != NOTHING:
            current = last
    return rows_of(bins)


@kernel
def first_fit(  # type: ignore[no-untyped-def]
    rules, needs, order, demand, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """First fit; see ``next_fit``."""
    used = vector(rules.capacity.shape[0], np.int64(0))
    bins = started(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    opened = nothing_open()
    for at in range(len(order)):
        run = order[at]
        rest = demand[run]
        if rest == 0:
            continue
        if opened.state[STALE] or at >= opened.state[UNTIL]:
            opened = listed_groups(rules, bins, needs, opened, order, at)
        groups = bins.tally[GROUPS]
        bins, rest = _first_fit(rules, bins, needs, opened, run, rest)
        opened.state[STALE] |= bins.tally[GROUPS] > groups
        bins, demand[run], _ = _in_new_bins(rules, bins, opened, used, type_order, run, rest)
    return rows_of(bins)


@kernel
def best_fit(  # type: ignore[no-untyped-def]
    rules, needs, order, demand, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """Best fit; see ``next_fit``."""
    used = vector(rules.capacity.shape[0], np.int64(0))
    bins = started(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    opened = nothing_open()
    for at in range(len(order)):
        run = order[at]
        rest = demand[run]
        if rest == 0:
            continue
        if opened.state[STALE] or at >= opened.state[UNTIL]:
            opened = listed_groups(rules, bins, needs, opened, order, at)
        groups = bins.tally[GROUPS]
        bins, rest = _best_fit(rules, bins, needs, opened, run, rest)
        opened.state[STALE] |= bins.tally[GROUPS] > groups
        bins, demand[run], _ = _in_new_bins(rules, bins, opened, used, type_order, run, rest)
    return rows_of(bins)


@kernel
def worst_fit(  # type: ignore[no-untyped-def]
    rules, needs, order, demand, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """Worst fit; see ``next_fit``."""
    used = vector(rules.capacity.shape[0], np.int64(0))
    bins = started(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    opened = nothing_open()
    for at in range(len(order)):
        run = order[at]
        rest = demand[run]
        if rest == 0:
            continue
        if opened.state[STALE] or at >= opened.state[UNTIL]:
            opened = listed_groups(rules, bins, needs, opened, order, at)
        groups = bins.tally[GROUPS]
        bins, rest = _worst_fit(rules, bins, needs, opened, run, rest)
        opened.state[STALE] |= bins.tally[GROUPS] > groups
        bins, demand[run], _ = _in_new_bins(rules, bins, opened, used, type_order, run, rest)
    return rows_of(bins)


ANY_FIT = (next_fit, first_fit, best_fit, worst_fit)
"""By policy; each compiles by itself, when it is first called. The last three are alike on purpose: numba finds a closure
over the policy in no later run's cache, and with the policy as a constant they take 1 to 3 s longer to compile."""
