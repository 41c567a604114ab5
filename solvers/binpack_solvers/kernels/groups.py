"""Groups of bins with the same content: what is in them and what is left, as arrays that grow, and the rows they end as.

Bins with the same content are one *group* with a multiplicity, so a run of equal copies is placed into many bins at once
and nothing ever loops over copies. Contents are persistent linked lists: a group that splits shares its list.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from binpack_solvers.jit import helper, inlined, uncounted

NOTHING = -1
PLENTY = 2**62

# Columns of the tables below. Few tables instead of many arrays: compile time goes with the number of arrays handed on.
EXCLUSIVE, TOGETHER, LIMIT, LIMIT_END, LIMITED, LIMITED_END, REQUIRE, REQUIRE_END, SETUP, SETUP_END = range(10)
OTHER, CAP = range(2)
KIND, TIMES, AFTER, HEAD, LOCKED = range(5)
ITEM, COUNT, NEXT = range(3)
OF, WITH = range(2)
GROUPS, NODES, FIRST, LAST, CAPPED = range(5)


class Rules(NamedTuple):
    """One problem as arrays: m item types, d resources, t bin types, S setups.

    sizes (m, d), capacity (t, d), compatible (m, t). available (t,): PLENTY where unlimited. weight (d,): 1 / capacity.
    run_ptr (runs + 1,), run_item: the item types that share one demand.
    item (m, 10): EXCLUSIVE; TOGETHER, all copies in one bin; and ranges of rows of ``arc`` (A, 2), from LIMIT to LIMIT_END
    and so on. LIMIT: where the item stands, at most CAP of OTHER. LIMITED: the same arcs by their other end. REQUIRE:
    OTHER must stand in the bin already. SETUP: the item pays setup OTHER.
    setup_size (S, d); setup_in (S, t): whether the setup is paid in a bin type.
    field (d, 2): where a resource stands in a packed word: SHIFT, PLACE of ``packed_words``; NOTHING: in none. guard: the
    highest bit of each field.
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


@uncounted
def copy_row(source, row, target, at):  # type: ignore[no-untyped-def]
    """``target[at] = source[row]``, which would compile for seconds for the sake of its error message."""
    for column in range(source.shape[1]):
        target[at, column] = source[row, column]


@helper
def vector(length, value):  # type: ignore[no-untyped-def]
    """``length`` times ``value``, both int64 and no literals: every kind of numpy call compiles anew, so there are two."""
    vector = np.empty(length, np.int64)
    for k in range(length):
        vector[k] = value
    return vector


@helper
def _table(rows, columns):  # type: ignore[no-untyped-def]
    """An array whose rows are written before they are read."""
    return np.empty((rows, columns), np.int64)


@helper
def _new_bins(groups, nodes, d, setups, tally, cap):  # type: ignore[no-untyped-def]
    five, three = np.int64(5), np.int64(3)
    return Bins(_table(groups, five), _table(groups, d), _table(groups, setups), _table(nodes, three), tally, cap)


@helper
def with_room(bins):  # type: ignore[no-untyped-def]
    """The same bins with space for at least four more groups and nodes; arrays double, so growth is linear in total."""
    groups, nodes = bins.tally[GROUPS], bins.tally[NODES]
    if groups + 4 <= len(bins.group) and nodes + 4 <= len(bins.node):
        return bins
    d, setups = bins.left.shape[1], bins.paid.shape[1]
    wide = _new_bins(2 * groups + 64, 2 * nodes + 64, d, setups, bins.tally, bins.cap)
    for g in range(groups):
        copy_row(bins.group, g, wide.group, g)
        copy_row(bins.left, g, wide.left, g)
        copy_row(bins.paid, g, wide.paid, g)
    for node in range(nodes):
        copy_row(bins.node, node, wide.node, node)
    return wide


@uncounted
def append_bin(bins, k, capacity):  # type: ignore[no-untyped-def]
    """A new group of one empty bin at the end; space must be there."""
    g = bins.tally[GROUPS]
    bins.tally[GROUPS] = g + 1
    bins.group[g, KIND] = k
    bins.group[g, TIMES] = 1
    bins.group[g, AFTER] = NOTHING
    bins.group[g, HEAD] = NOTHING
    copy_row(capacity, k, bins.left, g)
    for s in range(bins.paid.shape[1]):
        bins.paid[g, s] = 0
    bins.group[g, LOCKED] = 0
    if bins.tally[LAST] == NOTHING:
        bins.tally[FIRST] = g
    else:
        bins.group[bins.tally[LAST], AFTER] = g
    bins.tally[LAST] = g
    return g


@uncounted
def drop_last(bins, g, before):  # type: ignore[no-untyped-def]
    """Undo the append of group g, which followed ``before``."""
    bins.tally[GROUPS] = g
    bins.tally[LAST] = before
    if before == NOTHING:
        bins.tally[FIRST] = NOTHING
    else:
        bins.group[before, AFTER] = NOTHING


@uncounted
def place_copies(rules, bins, g, i, copies, times):  # type: ignore[no-untyped-def]
    """Put ``copies`` of item i into each of the first ``times`` bins of group g; the others follow as a group."""
    if times < bins.group[g, TIMES]:
        rest = bins.tally[GROUPS]
        bins.tally[GROUPS] = rest + 1
        copy_row(bins.group, g, bins.group, rest)
        copy_row(bins.left, g, bins.left, rest)
        copy_row(bins.paid, g, bins.paid, rest)
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


@inlined
def started(rules, kind, times, ptr, item, count, used):  # type: ignore[no-untyped-def]
    """Bins that are open from the start, with content that is taken as it is."""
    two, five, nothing = np.int64(2), np.int64(5), np.int64(NOTHING)
    tally, cap = vector(five, nothing), _table(rules.sizes.shape[0], two)
    tally[GROUPS], tally[NODES] = 0, 0
    for i in range(len(cap)):
        cap[i, OF], cap[i, WITH] = PLENTY, PLENTY
    d, setups = rules.sizes.shape[1], rules.setup_size.shape[0]
    bins = _new_bins(2 * len(kind) + 64, len(item) + 64, d, setups, tally, cap)
    for row in range(len(kind)):
        g = append_bin(bins, kind[row], rules.capacity)
        bins.group[g, TIMES] = times[row]
        used[kind[row]] += times[row]
        for at in range(ptr[row], ptr[row + 1]):
            place_copies(rules, bins, g, item[at], count[at], times[row])
    return bins


@inlined
def rows_of(bins):  # type: ignore[no-untyped-def]
    """The groups in order as compressed rows: kind, times, ptr, item, count."""
    groups = bins.tally[GROUPS]
    zero = np.int64(0)
    kind, times, ptr = vector(groups, zero), vector(groups, zero), vector(groups + 1, zero)
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
    item, count = vector(ptr[groups], zero), vector(ptr[groups], zero)
    g, at = bins.tally[FIRST], 0
    while g != NOTHING:
        node = bins.group[g, HEAD]
        while node != NOTHING:
            item[at], count[at] = bins.node[node, ITEM], bins.node[node, COUNT]
            at += 1
            node = bins.node[node, NEXT]
        g = bins.group[g, AFTER]
    return kind, times, ptr, item, count
