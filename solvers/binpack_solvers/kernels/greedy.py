"""Greedy placement of item types into groups of equal bins, under every rule that concerns one bin.

Bins with the same content are one *group* with a multiplicity, so a run of equal copies is placed into many bins at once
and nothing ever loops over copies. Contents are persistent linked lists: a group that splits shares its list.
All helpers live in this file because numba's cache does not notice changes elsewhere.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

NEXT_FIT, FIRST_FIT, BEST_FIT, WORST_FIT = 0, 1, 2, 3
NOTHING = -1
PLENTY = 2**62


_helper = njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
"""For functions that only kernels call: without entry points from Python they compile faster."""

_uncounted = njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, _nrt=False)  # type: ignore[call-overload]
"""For those that make no arrays: they need not count references to the twenty that they are handed, which takes longer to
compile than what they do. numba refuses to compile one that makes an array."""

_kernel = njit(cache=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
"""For those that Python calls; no other program does, through C."""

_inlined = njit(inline="always")
"""For those that a kernel calls in one place: compiled by themselves they are optimised again, with all that they call, in
every caller, and that several levels deep. Halves the time that the first run compiles."""

# Columns of the tables below. Few tables instead of many arrays: compile time goes with the number of arrays handed on.
EXCLUSIVE, TOGETHER, LIMIT, LIMIT_END, LIMITED, LIMITED_END, REQUIRE, REQUIRE_END, SETUP, SETUP_END = range(10)
OTHER, CAP = range(2)
KIND, TIMES, AFTER, HEAD, LOCKED = range(5)
ITEM, COUNT, NEXT = range(3)
OF, WITH = range(2)
GROUPS, NODES, FIRST, LAST, CAPPED = range(5)
SHIFT, PLACE = range(2)
SLOTS, UNTIL, STALE = range(3)
CHUNK = 32
FEWEST_RUNS, GROUPS_FOR_A_RUN = 64, 128
"""A list of open groups serves so many runs at least, and more where there are many groups, as making it looks at all."""
TOLERANCE = 1e-9
"""Of sums of shares, which are floats and only save work."""


class Rules(NamedTuple):
    """One problem as arrays: m item types, d resources, t bin types, S setups.

    sizes (m, d), capacity (t, d), compatible (m, t). available (t,): PLENTY where unlimited. weight (d,): 1 / capacity.
    run_ptr (runs + 1,), run_item: the item types that share one demand.
    item (m, 10): EXCLUSIVE; TOGETHER, all copies in one bin; and ranges of rows of ``arc`` (A, 2), from LIMIT to LIMIT_END
    and so on. LIMIT: where the item stands, at most CAP of OTHER. LIMITED: the same arcs by their other end. REQUIRE:
    OTHER must stand in the bin already. SETUP: the item pays setup OTHER.
    setup_size (S, d); setup_in (S, t): whether the setup is paid in a bin type.
    field (d, 2): where a resource stands in a packed word (see ``Open``): SHIFT, PLACE; NOTHING: in none. guard: the highest
    bit of each field.
    """

    sizes: Any
    capacity: Any
    compatible: Any
    available: Any
    weight: Any
    run_ptr: Any
    run_item: Any
    item: Any
    arc: Any
    setup_size: Any
    setup_in: Any
    field: Any
    guard: Any


class Bins(NamedTuple):
    """Groups of equal bins in a linked order, and the nodes of their contents.

    group (G, 5): KIND (bin type), TIMES (how many bins), AFTER (next group), HEAD (first node), LOCKED (holds an exclusive
    copy). left (G, d). paid (G, S). node (N, 3): ITEM, COUNT, NEXT. tally: GROUPS, NODES, FIRST and LAST group, and the
    item type that ``cap`` is written for. cap (m, 2): at most so many copies OF the row's item type where that one stands,
    and of that one WITH the row's; PLENTY where there is no limit.
    """

    group: Any
    left: Any
    paid: Any
    node: Any
    tally: Any
    cap: Any


class Needs(NamedTuple):
    """What a copy of each run takes at least, over its alternatives: least (runs, d), the same as a packed ``word`` (runs,),
    and ``share`` (runs,), the sum over capacity."""

    least: Any
    word: Any
    share: Any


class Open(NamedTuple):
    """The groups in order that may take a copy of one of the next runs; as long as it serves, later groups come at its end.

    word: what is left in each, all resources in one integer: the highest bits of each in a field of its own, whose guard bit
    stays up in a subtraction if there is enough. One resource after the other takes three times as long. group: which
    group. state: SLOTS in use; UNTIL which position in the order it serves; STALE where groups came into the middle.
    """

    word: Any
    group: Any
    state: Any


@_uncounted
def _copy_row(source, row, target, at):  # type: ignore[no-untyped-def]
    """``target[at] = source[row]``, which would compile for seconds for the sake of its error message."""
    for column in range(source.shape[1]):
        target[at, column] = source[row, column]


@_helper
def _vector(length, value):  # type: ignore[no-untyped-def]
    """``length`` times ``value``, both int64 and no literals: every kind of numpy call compiles anew, so there are two."""
    vector = np.empty(length, np.int64)
    for k in range(length):
        vector[k] = value
    return vector


@_helper
def _table(rows, columns):  # type: ignore[no-untyped-def]
    """An array whose rows are written before they are read."""
    return np.empty((rows, columns), np.int64)


@_helper
def _new_bins(groups, nodes, d, setups, tally, cap):  # type: ignore[no-untyped-def]
    five, three = np.int64(5), np.int64(3)
    return Bins(_table(groups, five), _table(groups, d), _table(groups, setups), _table(nodes, three), tally, cap)


@_helper
def _with_room(bins):  # type: ignore[no-untyped-def]
    """The same bins with space for at least four more groups and nodes; arrays double, so growth is linear in total."""
    groups, nodes = bins.tally[GROUPS], bins.tally[NODES]
    if groups + 4 <= len(bins.group) and nodes + 4 <= len(bins.node):
        return bins
    d, setups = bins.left.shape[1], bins.paid.shape[1]
    wide = _new_bins(2 * groups + 64, 2 * nodes + 64, d, setups, bins.tally, bins.cap)
    for g in range(groups):
        _copy_row(bins.group, g, wide.group, g)
        _copy_row(bins.left, g, wide.left, g)
        _copy_row(bins.paid, g, wide.paid, g)
    for node in range(nodes):
        _copy_row(bins.node, node, wide.node, node)
    return wide


@_uncounted
def _count(bins, g, i):  # type: ignore[no-untyped-def]
    """Copies of item i in one bin of group g."""
    total = 0
    node = bins.group[g, HEAD]
    while node != NOTHING:
        if bins.node[node, ITEM] == i:
            total += bins.node[node, COUNT]
        node = bins.node[node, NEXT]
    return total


@_uncounted
def _room(rules, bins, g, i):  # type: ignore[no-untyped-def]
    """How many more copies of item i each bin of group g can take; 0 where a rule forbids it."""
    k = bins.group[g, KIND]
    if not rules.compatible[i, k] or bins.group[g, LOCKED]:
        return 0
    if rules.item[i, EXCLUSIVE] and bins.group[g, HEAD] != NOTHING:
        return 0
    most = 1 if rules.item[i, EXCLUSIVE] else PLENTY
    for h in range(rules.sizes.shape[1]):
        free = bins.left[g, h]
        for at in range(rules.item[i, SETUP], rules.item[i, SETUP_END]):
            s = rules.arc[at, OTHER]
            if rules.setup_in[s, k] and not bins.paid[g, s]:
                if rules.setup_size[s, h] > free:
                    return 0
                free -= rules.setup_size[s, h]
        size = rules.sizes[i, h]
        if size > free or free < 0:
            return 0
        if size > 0:
            most = min(most, free // size)
    return _room_by_limits(rules, bins, g, i, most)


@_inlined
def _write_caps(rules, bins, i):  # type: ignore[no-untyped-def]
    """Write the limits of item i to ``cap``, over those of the item before: a bin is then looked through once, not once for
    each of what may be a hundred limits."""
    before = bins.tally[CAPPED]
    if before == i:
        return
    if before != NOTHING:
        for at in range(rules.item[before, LIMIT], rules.item[before, LIMIT_END]):
            bins.cap[rules.arc[at, OTHER], OF] = PLENTY
        for at in range(rules.item[before, LIMITED], rules.item[before, LIMITED_END]):
            bins.cap[rules.arc[at, OTHER], WITH] = PLENTY
    for at in range(rules.item[i, LIMIT], rules.item[i, LIMIT_END]):
        j = rules.arc[at, OTHER]
        bins.cap[j, OF] = min(bins.cap[j, OF], rules.arc[at, CAP])
    for at in range(rules.item[i, LIMITED], rules.item[i, LIMITED_END]):
        j = rules.arc[at, OTHER]
        bins.cap[j, WITH] = min(bins.cap[j, WITH], rules.arc[at, CAP])
    bins.tally[CAPPED] = i


@_inlined
def _room_by_limits(rules, bins, g, i, most):  # type: ignore[no-untyped-def]
    if rules.item[i, LIMIT] < rules.item[i, LIMIT_END] or rules.item[i, LIMITED] < rules.item[i, LIMITED_END]:
        _write_caps(rules, bins, i)
        most = min(most, bins.cap[i, WITH] - _count(bins, g, i))
        node = bins.group[g, HEAD]
        while node != NOTHING and most > 0:
            j = bins.node[node, ITEM]
            if j != i and bins.cap[j, WITH] < PLENTY:
                most = min(most, bins.cap[j, WITH] - _count(bins, g, i))
            if j != i and bins.cap[j, OF] < PLENTY and _count(bins, g, j) > bins.cap[j, OF]:
                return 0
            node = bins.node[node, NEXT]
    for at in range(rules.item[i, REQUIRE], rules.item[i, REQUIRE_END]):
        if _count(bins, g, rules.arc[at, OTHER]) == 0:
            return 0
    return max(most, 0)


@_uncounted
def _append(bins, k, capacity):  # type: ignore[no-untyped-def]
    """A new group of one empty bin at the end; space must be there."""
    g = bins.tally[GROUPS]
    bins.tally[GROUPS] = g + 1
    bins.group[g, KIND] = k
    bins.group[g, TIMES] = 1
    bins.group[g, AFTER] = NOTHING
    bins.group[g, HEAD] = NOTHING
    _copy_row(capacity, k, bins.left, g)
    for s in range(bins.paid.shape[1]):
        bins.paid[g, s] = 0
    bins.group[g, LOCKED] = 0
    if bins.tally[LAST] == NOTHING:
        bins.tally[FIRST] = g
    else:
        bins.group[bins.tally[LAST], AFTER] = g
    bins.tally[LAST] = g
    return g


@_uncounted
def _drop_last(bins, g, before):  # type: ignore[no-untyped-def]
    """Undo the append of group g, which followed ``before``."""
    bins.tally[GROUPS] = g
    bins.tally[LAST] = before
    if before == NOTHING:
        bins.tally[FIRST] = NOTHING
    else:
        bins.group[before, AFTER] = NOTHING


@_uncounted
def _place(rules, bins, g, i, copies, times):  # type: ignore[no-untyped-def]
    """Put ``copies`` of item i into each of the first ``times`` bins of group g; the others follow as a group."""
    if times < bins.group[g, TIMES]:
        rest = bins.tally[GROUPS]
        bins.tally[GROUPS] = rest + 1
        _copy_row(bins.group, g, bins.group, rest)
        _copy_row(bins.left, g, bins.left, rest)
        _copy_row(bins.paid, g, bins.paid, rest)
        bins.group[rest, TIMES] -= times
        bins.group[g, AFTER] = rest
        if bins.tally[LAST] == g:
            bins.tally[LAST] = rest
        bins.group[g, TIMES] = times
    head, count = bins.group[g, HEAD], copies
    if head != NOTHING and bins.node[head, ITEM] == i:
        count += bins.node[head, COUNT]
        head = bins.node[head, NEXT]
    node = bins.tally[NODES]
    bins.tally[NODES] = node + 1
    bins.node[node, ITEM] = i
    bins.node[node, COUNT] = count
    bins.node[node, NEXT] = head
    bins.group[g, HEAD] = node
    for h in range(rules.sizes.shape[1]):
        bins.left[g, h] -= copies * rules.sizes[i, h]
    for at in range(rules.item[i, SETUP], rules.item[i, SETUP_END]):
        s = rules.arc[at, OTHER]
        if rules.setup_in[s, bins.group[g, KIND]] and not bins.paid[g, s]:
            bins.paid[g, s] = 1
            for h in range(rules.sizes.shape[1]):
                bins.left[g, h] -= rules.setup_size[s, h]
    if rules.item[i, EXCLUSIVE]:
        bins.group[g, LOCKED] = 1


@_uncounted
def _choice(rules, bins, g, run, rest):  # type: ignore[no-untyped-def]
    """The first item type of the run that fits group g, and how many copies of the ``rest`` a bin takes."""
    for at in range(rules.run_ptr[run], rules.run_ptr[run + 1]):
        i = rules.run_item[at]
        most = min(_room(rules, bins, g, i), rest)
        if most > 0 and (most == rest or not rules.item[i, TOGETHER]):
            return i, most
    return NOTHING, 0


@_helper
def _fill(rules, bins, g, run, rest):  # type: ignore[no-untyped-def]
    """Fill the bins of group g one after the other with copies of the run; what remains of ``rest``."""
    while rest > 0:
        i, most = _choice(rules, bins, g, run, rest)
        if i == NOTHING:
            break
        times = min(rest // most, bins.group[g, TIMES])
        whole = times == bins.group[g, TIMES]
        bins = _with_room(bins)
        _place(rules, bins, g, i, most, times)
        rest -= most * times
        if whole:
            break
        g = bins.group[g, AFTER]
    return bins, rest


@_uncounted
def _packed(amount, row, field):  # type: ignore[no-untyped-def]
    """A row of amounts as one integer; see ``Open``."""
    word = 0
    for h in range(len(field)):
        if field[h, PLACE] != NOTHING:
            word |= (amount[row, h] >> field[h, SHIFT]) << field[h, PLACE]
    return word


@_inlined
def _listed(rules, bins, needs, opened, order, at):  # type: ignore[no-untyped-def]
    """The groups with room, in sum, for one of the next runs in the order. In decreasing order most have none."""
    groups = bins.tally[GROUPS]
    runs = max(FEWEST_RUNS, groups // GROUPS_FOR_A_RUN)
    until = min(len(order), at + runs)
    word, group = opened.word, opened.group
    if len(word) < groups + runs:
        zero = np.int64(0)
        word, group = _vector(2 * (groups + runs), zero), _vector(2 * (groups + runs), zero)
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
            word[slots] = _packed(bins.left, g, rules.field)
            group[slots] = g
            slots += 1
        g = bins.group[g, AFTER]
    opened.state[SLOTS], opened.state[UNTIL], opened.state[STALE] = slots, until, 0
    return Open(word, group, opened.state)


@_uncounted
def _filled(rules, bins, opened, slot):  # type: ignore[no-untyped-def]
    """Note what is left in the group of a slot."""
    opened.word[slot] = _packed(bins.left, opened.group[slot], rules.field)


@_uncounted
def _next_slot(word, slot, slots, need, guard):  # type: ignore[no-untyped-def]
    """The first slot from here on with at least ``need`` of every resource, as far as words tell; a chunk at a time, so that
    the compiler makes vector instructions of it: 0.3 ns a slot."""
    while slot + CHUNK <= slots:
        found = False
        for k in range(CHUNK):
            found |= (((word[slot + k] | guard) - need) & guard) == guard
        if found:
            break
        slot += CHUNK
    while slot < slots and (((word[slot] | guard) - need) & guard) != guard:
        slot += 1
    return slot


@_uncounted
def _next_fitting(word, group, left, least, slot, slots, need, guard):  # type: ignore[no-untyped-def]
    """The first slot from here on whose group has at least ``least`` of every resource."""
    slot = _next_slot(word, slot, slots, need, guard)
    while slot < slots:
        h = 0
        while h < len(least) and left[group[slot], h] >= least[h]:
            h += 1
        if h == len(least):
            break
        slot = _next_slot(word, slot + 1, slots, need, guard)
    return slot


@_inlined
def _first_fit(rules, bins, needs, opened, run, rest):  # type: ignore[no-untyped-def]
    slots, need, least, guard = opened.state[SLOTS], needs.word[run], needs.least[run], rules.guard
    slot = _next_fitting(opened.word, opened.group, bins.left, least, 0, slots, need, guard)
    while slot < slots and rest > 0:
        bins, rest = _fill(rules, bins, opened.group[slot], run, rest)
        _filled(rules, bins, opened, slot)
        slot = _next_fitting(opened.word, opened.group, bins.left, least, slot + 1, slots, need, guard)
    return bins, rest


@_helper
def _fitting(opened, left, needs, run, weight, guard):  # type: ignore[no-untyped-def]
    """The slots with room for a copy of the run, in order, and what is left in each: each resource over its capacity, added
    up."""
    slots, need, least = opened.state[SLOTS], needs.word[run], needs.least[run]
    fitting, free = np.empty(slots, np.int64), np.empty(slots, np.float64)
    found = 0
    slot = _next_fitting(opened.word, opened.group, left, least, 0, slots, need, guard)
    while slot < slots:
        fitting[found], free[found] = slot, 0.0
        for h in range(len(weight)):
            free[found] += left[opened.group[slot], h] * weight[h]
        found += 1
        slot = _next_fitting(opened.word, opened.group, left, least, slot + 1, slots, need, guard)
    return fitting[:found], free[:found]


@_uncounted
def _sift_down(heap, key, at, size):  # type: ignore[no-untyped-def]
    """Restore the heap (largest key first, then lowest position) after the key of its element ``at`` got smaller."""
    while 2 * at + 1 < size:
        child = 2 * at + 1
        if child + 1 < size:
            left, right = heap[child], heap[child + 1]
            if key[right] > key[left] or (key[right] == key[left] and right < left):
                child += 1
        low, high = heap[at], heap[child]
        if key[low] > key[high] or (key[low] == key[high] and low < high):
            break
        heap[at], heap[child] = high, low
        at = child


@_helper
def _heap_of(key):  # type: ignore[no-untyped-def]
    """The positions of ``key`` as a heap: a run looks at a few of the thousands that are open, which one need not sort."""
    heap = np.arange(len(key))
    for at in range(len(key) // 2 - 1, -1, -1):
        _sift_down(heap, key, at, len(key))
    return heap


@_inlined
def _best_fit(rules, bins, needs, opened, run, rest):  # type: ignore[no-untyped-def]
    """Fullest first. A bin that was fullest stays so while it is filled, so one look at what is left serves a whole run."""
    fitting, free = _fitting(opened, bins.left, needs, run, rules.weight, rules.guard)
    key = -free
    heap = _heap_of(key)
    size = len(heap)
    while rest > 0 and size > 0:
        slot = fitting[heap[0]]
        bins, rest = _fill(rules, bins, opened.group[slot], run, rest)
        _filled(rules, bins, opened, slot)
        size -= 1
        heap[0] = heap[size]
        _sift_down(heap, key, 0, size)
    return bins, rest


@_uncounted
def _weightless(rules, bins, g, i):  # type: ignore[no-untyped-def]
    """Whether a copy of item i leaves a bin of group g as empty as it was, so that the next goes there too."""
    for h in range(rules.sizes.shape[1]):
        if rules.sizes[i, h] > 0:
            return False
        for at in range(rules.item[i, SETUP], rules.item[i, SETUP_END]):
            s = rules.arc[at, OTHER]
            if rules.setup_in[s, bins.group[g, KIND]] and not bins.paid[g, s] and rules.setup_size[s, h] > 0:
                return False
    return True


@_inlined
def _worst_fit(rules, bins, needs, opened, run, rest):  # type: ignore[no-untyped-def]
    """Emptiest first, one copy a bin at a time; a 64th of what fits where that is more, so that steps stay few.

    Only the last step of a run can split a group, so positions among the open groups break ties exactly. The heap
    makes a step O(log groups): 1500 item types of 76,000 copies take 0.2 s instead of 15 s.
    """
    fitting, free = _fitting(opened, bins.left, needs, run, rules.weight, rules.guard)
    heap = _heap_of(free)
    size = len(heap)
    while rest > 0 and size > 0:
        at = heap[0]
        g = opened.group[fitting[at]]
        i, most = _choice(rules, bins, g, run, rest)
        if i == NOTHING:
            size -= 1
            heap[0] = heap[size]
        else:
            copies = most if rules.item[i, TOGETHER] or _weightless(rules, bins, g, i) else max(1, most // 64)
            times = min(rest // copies, bins.group[g, TIMES])
            bins = _with_room(bins)
            _place(rules, bins, g, i, copies, times)
            rest -= copies * times
            free[at] = 0.0
            for h in range(rules.sizes.shape[1]):
                free[at] += bins.left[g, h] * rules.weight[h]
            _filled(rules, bins, opened, fitting[at])
        _sift_down(heap, free, 0, size)
    return bins, rest


@_inlined
def _open(rules, bins, used, type_order, run, rest):  # type: ignore[no-untyped-def]
    """New bins of the first type in order that takes the run, each filled; what remains, and the last bin's group."""
    for k in type_order:
        free = rules.available[k] - used[k]
        if free <= 0:
            continue
        bins = _with_room(bins)
        before = bins.tally[LAST]
        g = _append(bins, k, rules.capacity)
        i, most = _choice(rules, bins, g, run, rest)
        if i == NOTHING:
            _drop_last(bins, g, before)
            continue
        times = min(rest // most, free)
        bins.group[g, TIMES] = times
        used[k] += times
        _place(rules, bins, g, i, most, times)
        return bins, rest - most * times, g
    return bins, rest, NOTHING


@_inlined
def _start(rules, kind, times, ptr, item, count, used):  # type: ignore[no-untyped-def]
    """Bins that are open from the start, with content that is taken as it is."""
    two, five, nothing = np.int64(2), np.int64(5), np.int64(NOTHING)
    tally, cap = _vector(five, nothing), _table(rules.sizes.shape[0], two)
    tally[GROUPS], tally[NODES] = 0, 0
    for i in range(len(cap)):
        cap[i, OF], cap[i, WITH] = PLENTY, PLENTY
    d, setups = rules.sizes.shape[1], rules.setup_size.shape[0]
    bins = _new_bins(2 * len(kind) + 64, len(item) + 64, d, setups, tally, cap)
    for row in range(len(kind)):
        g = _append(bins, kind[row], rules.capacity)
        bins.group[g, TIMES] = times[row]
        used[kind[row]] += times[row]
        for at in range(ptr[row], ptr[row + 1]):
            _place(rules, bins, g, item[at], count[at], times[row])
    return bins


@_inlined
def _rows(bins):  # type: ignore[no-untyped-def]
    """The groups in order as compressed rows: kind, times, ptr, item, count."""
    groups = bins.tally[GROUPS]
    zero = np.int64(0)
    kind, times, ptr = _vector(groups, zero), _vector(groups, zero), _vector(groups + 1, zero)
    g, row = bins.tally[FIRST], 0
    while g != NOTHING:
        kind[row], times[row] = bins.group[g, KIND], bins.group[g, TIMES]
        ptr[row + 1] = ptr[row]
        node = bins.group[g, HEAD]
        while node != NOTHING:
            ptr[row + 1] += 1
            node = bins.node[node, NEXT]
        g = bins.group[g, AFTER]
        row += 1
    item, count = _vector(ptr[groups], zero), _vector(ptr[groups], zero)
    g, at = bins.tally[FIRST], 0
    while g != NOTHING:
        node = bins.group[g, HEAD]
        while node != NOTHING:
            item[at], count[at] = bins.node[node, ITEM], bins.node[node, COUNT]
            at += 1
            node = bins.node[node, NEXT]
        g = bins.group[g, AFTER]
    return kind, times, ptr, item, count


@_uncounted
def _added(rules, bins, opened, g):  # type: ignore[no-untyped-def]
    """Note a new group, the last one."""
    slots = opened.state[SLOTS]
    if slots == len(opened.word) or bins.group[g, LOCKED]:
        opened.state[STALE] |= slots == len(opened.word)
        return
    opened.group[slots] = g
    _filled(rules, bins, opened, slots)
    opened.state[SLOTS] = slots + 1


@_inlined
def _in_new_bins(rules, bins, opened, used, type_order, run, rest):  # type: ignore[no-untyped-def]
    """What is left of the run in new bins; what remains of it, and the last bin's group, NOTHING if there is none."""
    last = NOTHING
    while rest > 0:
        bins, rest, new = _open(rules, bins, used, type_order, run, rest)
        if new == NOTHING:
            break
        last = new
        _added(rules, bins, opened, new)
    return bins, rest, last


@_inlined
def _nothing_open():  # type: ignore[no-untyped-def]
    zero, three = np.int64(0), np.int64(3)
    return Open(_vector(zero, zero), _vector(zero, zero), _vector(three, zero))


@_kernel
def next_fit(  # type: ignore[no-untyped-def]
    rules, needs, order, demand, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """Next fit of the runs in ``order``.

    needs: see ``Needs``; next fit looks at the last bin alone and not at these. order (R,): runs.
    demand (runs,): copies still to place, changed in place to what found no room.
    type_order (t',): bin types in the order in which a new bin is tried.
    start_*: open bins as compressed rows. Returns the rows of all bins, the started ones included.
    """
    used = _vector(rules.capacity.shape[0], np.int64(0))
    bins = _start(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    current, opened = bins.tally[LAST], _nothing_open()
    one = np.int64(1)  # not a literal, for which numba compiles a second version
    for run in order:
        rest = demand[run]
        if current != NOTHING and rest > 0:
            i, most = _choice(rules, bins, current, run, rest)
            if most > 0:
                bins = _with_room(bins)
                _place(rules, bins, current, i, most, one)
                rest -= most
        bins, demand[run], last = _in_new_bins(rules, bins, opened, used, type_order, run, rest)
        if last != NOTHING:
            current = last
    return _rows(bins)


@_kernel
def first_fit(  # type: ignore[no-untyped-def]
    rules, needs, order, demand, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """First fit; see ``next_fit``."""
    used = _vector(rules.capacity.shape[0], np.int64(0))
    bins = _start(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    opened = _nothing_open()
    for at in range(len(order)):
        run = order[at]
        rest = demand[run]
        if rest == 0:
            continue
        if opened.state[STALE] or at >= opened.state[UNTIL]:
            opened = _listed(rules, bins, needs, opened, order, at)
        groups = bins.tally[GROUPS]
        bins, rest = _first_fit(rules, bins, needs, opened, run, rest)
        opened.state[STALE] |= bins.tally[GROUPS] > groups
        bins, demand[run], _ = _in_new_bins(rules, bins, opened, used, type_order, run, rest)
    return _rows(bins)


@_kernel
def best_fit(  # type: ignore[no-untyped-def]
    rules, needs, order, demand, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """Best fit; see ``next_fit``."""
    used = _vector(rules.capacity.shape[0], np.int64(0))
    bins = _start(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    opened = _nothing_open()
    for at in range(len(order)):
        run = order[at]
        rest = demand[run]
        if rest == 0:
            continue
        if opened.state[STALE] or at >= opened.state[UNTIL]:
            opened = _listed(rules, bins, needs, opened, order, at)
        groups = bins.tally[GROUPS]
        bins, rest = _best_fit(rules, bins, needs, opened, run, rest)
        opened.state[STALE] |= bins.tally[GROUPS] > groups
        bins, demand[run], _ = _in_new_bins(rules, bins, opened, used, type_order, run, rest)
    return _rows(bins)


@_kernel
def worst_fit(  # type: ignore[no-untyped-def]
    rules, needs, order, demand, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """Worst fit; see ``next_fit``."""
    used = _vector(rules.capacity.shape[0], np.int64(0))
    bins = _start(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    opened = _nothing_open()
    for at in range(len(order)):
        run = order[at]
        rest = demand[run]
        if rest == 0:
            continue
        if opened.state[STALE] or at >= opened.state[UNTIL]:
            opened = _listed(rules, bins, needs, opened, order, at)
        groups = bins.tally[GROUPS]
        bins, rest = _worst_fit(rules, bins, needs, opened, run, rest)
        opened.state[STALE] |= bins.tally[GROUPS] > groups
        bins, demand[run], _ = _in_new_bins(rules, bins, opened, used, type_order, run, rest)
    return _rows(bins)


ANY_FIT = (next_fit, first_fit, best_fit, worst_fit)
"""By policy; each compiles by itself, when it is first called. The last three are alike on purpose: numba finds a closure
over the policy in no later run's cache, and with the policy as a constant they take 1 to 3 s longer to compile."""


@_helper
def _best_run(rules, bins, g, demand, urgency, weight, runs, size):  # type: ignore[no-untyped-def]
    """The run that fits group g with the highest urgency, then the largest dot product with what is left.

    runs[:size] are the runs to look at; one that has no room any more is dropped, as a bin only gets fuller. Room is
    computed only for a score that would win, which makes a bin ten times cheaper with many item types.
    """
    best, best_item, best_room, best_urgency, best_score = NOTHING, NOTHING, 0, NOTHING, -1.0
    droppable = (rules.item[:, REQUIRE] == rules.item[:, REQUIRE_END]).all()
    left, sizes, run_ptr, run_item = bins.left[g], rules.sizes, rules.run_ptr, rules.run_item
    at = 0
    while at < size:
        run = runs[at]
        at += 1
        if demand[run] <= 0 or urgency[run] < best_urgency:
            continue
        first = run_item[run_ptr[run]]
        score, full = 0.0, False
        if run_ptr[run + 1] - run_ptr[run] == 1:
            for h in range(len(left)):
                full |= sizes[first, h] > left[h]
        if full:
            if droppable:
                size -= 1
                at -= 1
                runs[at] = runs[size]
            continue
        for h in range(len(left)):
            score += weight[h] * sizes[first, h] * left[h]
        if urgency[run] == best_urgency and (score < best_score or (score == best_score and run > best)):
            continue
        i, most = _choice(rules, bins, g, run, demand[run])
        if most > 0:
            best, best_item, best_room, best_urgency, best_score = run, i, most, urgency[run], score
        elif droppable:
            size -= 1
            at -= 1
            runs[at] = runs[size]
    return best, best_item, best_room, size


@_helper
def _fill_by_dot_product(rules, bins, g, demand, urgency):  # type: ignore[no-untyped-def]
    """Fill one bin; an eighth of what fits at a time. The number of copies placed."""
    weight = np.zeros(rules.sizes.shape[1])
    for run in range(len(demand)):
        for h in range(rules.sizes.shape[1]):
            weight[h] += demand[run] * (rules.sizes[rules.run_item[rules.run_ptr[run]], h] * rules.weight[h])
    weight *= rules.weight * rules.weight
    placed = 0
    runs = np.flatnonzero(demand > 0)
    run, i, most, size = _best_run(rules, bins, g, demand, urgency, weight, runs, len(runs))
    while run != NOTHING:
        copies = most if rules.item[i, TOGETHER] else max(1, most // 8)
        bins = _with_room(bins)
        _place(rules, bins, g, i, copies, bins.group[g, TIMES])
        demand[run] -= copies
        placed += copies
        run, i, most, size = _best_run(rules, bins, g, demand, urgency, weight, runs, size)
    return bins, placed


@_kernel
def dot_product(  # type: ignore[no-untyped-def]
    rules, demand, urgency, run_of, type_order, start_kind, start_times, start_ptr, start_item, start_count
):
    """Bin-centric filling by the dot product of size and residual; a full bin is repeated while the demand lasts.

    urgency (runs,): higher ones first. run_of (m,): the run of each item type. The rest as for ``next_fit``.
    """
    used = _vector(rules.capacity.shape[0], np.int64(0))
    bins = _start(rules, start_kind, start_times, start_ptr, start_item, start_count, used)
    g = bins.tally[FIRST]
    while g != NOTHING:
        if bins.group[g, TIMES] == 1:  # started bins that are alike stay as they are; the caller starts them one by one
            bins, _ = _fill_by_dot_product(rules, bins, g, demand, urgency)
        g = bins.group[g, AFTER]
    at = 0
    while at < len(type_order):
        k = type_order[at]
        if used[k] >= rules.available[k]:
            at += 1
            continue
        bins = _with_room(bins)
        before = bins.tally[LAST]
        g = _append(bins, k, rules.capacity)
        bins, placed = _fill_by_dot_product(rules, bins, g, demand, urgency)
        if placed == 0:
            _drop_last(bins, g, before)
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
    return _rows(bins)


@_helper
def _count_of_run(rules, bins, g, run):  # type: ignore[no-untyped-def]
    """Copies of a run in one bin of group g, over its alternatives."""
    total = 0
    for at in range(rules.run_ptr[run], rules.run_ptr[run + 1]):
        total += _count(bins, g, rules.run_item[at])
    return total
