"""Online packing: a sequence of arrivals and departures in one call, over an index of the open bins' residuals.

First fit, and every policy in several resources: blocks of 64 bins. Below a tournament tree, whose nodes hold the
component-wise maximum of what is free in the blocks below them (D. S. Johnson, "Fast algorithms for bin packing", 1974, for
one resource), each bin has a byte for each resource: how many of up to 255 thresholds, the sizes that there are, are free. A
block is compared with an item in a few vector instructions (L. Lamport, "Multiple byte processing with full-word
instructions", 1975); a byte for the rank leaves out bins that the best so far beats.
Scored policies in one resource: buckets by rank, the bin that the policy likes best having the least; each bucket is a
pairing heap (M. L. Fredman, R. Sedgewick, D. D. Sleator, R. E. Tarjan, "The pairing heap", 1986) by rank and number, and a
tree over the buckets holds bounds on what is free. Best fit in one resource without further rules needs no such tree: a
bitset of three levels tells the next bucket that holds a bin.
All helpers live in this file because numba's cache does not notice changes elsewhere. Those of the inner loops are inlined,
since handing arrays to a function costs more than they do; the others are not, which compiles a third faster.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

FIRST_FIT, BEST_FIT, WORST_FIT, DOT_PRODUCT, LEAST_ALLOCATED, MOST_ALLOCATED, BEST_FIT_BY_BITS = range(7)
DONE, OUT_OF_BUDGET, NEEDS_BINS, NEEDS_COUNTS = range(4)
NO_ITEM, NO_ARRIVAL, LEFT_ALREADY, FAULTLESS = range(4)
NOTHING = -1
GONE = -2  # where a copy stands that has departed
MARK = -4  # less a place that is no less than NOTHING: below GONE
CLOSED = -1  # what is free in a bin that takes nothing
BLOCK = 64  # bins
THRESHOLDS = 255
KIND_BITS = 63  # bin types are told apart modulo this in bit sets
FRACTION = 2.0**40  # ranks that are no residuals are fixed-point numbers with as many steps to one
MARGIN = 1e-6  # percent by which a floating-point bound may fall short of an exact score
BINS, OPEN, PEAK, ARRIVALS, REJECTED, ENTRIES = range(6)
CHILD, AFTER, BEFORE, WAITING = range(4)
KEY, COUNT, REASONS = range(3)
OTHER, CAP, OWN = range(3)
ONE = np.int64(1)
SCANNED = 5  # levels of the tree that a search in several resources leaves out: 32 blocks one after the other
_VECTOR = ir.VectorType(ir.IntType(8), BLOCK)
SPREAD = np.int64(-7046029254386353131)  # 2**64 over the golden ratio, for hashing

_inline = njit(inline="always")
_helper = njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]


class Rules(NamedTuple):
    """What never changes: m item types, d resources, t bin types, A limits seen from either end.

    sizes (m, d). need (m, d): what must be free in a bin that takes the item; an exclusive one needs an empty bin.
    exclusive (m,). kinds (m,): bits of the bin types that it may stand in. compatible (m, t). capacity (t, d).
    available (t,). type_ptr (m + 1,), type_list: the bin types in which a new bin is tried.
    scale (t, d), base: the rank of a bin is the sum of scale * free, subtracted from ``base`` where that is not negative;
    with ``exact`` it is free[0] in place of the sum. start (m,): the first bucket in which a bin may take the item.
    slope (m, d): dot product = sum of slope * free, at most offset (m,) times ``base`` less the rank. weight (d,): of
    Kubernetes' scores; offset (m,) less rank / FRACTION is no less than the score of a bin with the item.
    top: no rank is larger; top less the rank is the merit of a bin, the largest for the one that a policy likes best.
    threshold (c, THRESHOLDS): ascending, for each resource and, with c = d + 1, for the merit; a level is how many of them
    an amount reaches. need_level (m, d): of ``need``, as bytes.
    limit_ptr (m + 1,), limit (A, 3): OTHER item type, CAP, and whether the cap is on OTHER where the item stands (OWN 1) or
    on the item where OTHER stands (0). row (m,): of ``blocked``; NOTHING where no limit bears on the item.
    """

    sizes: Any
    need: Any
    exclusive: Any
    kinds: Any
    compatible: Any
    capacity: Any
    available: Any
    type_ptr: Any
    type_list: Any
    scale: Any
    base: Any
    exact: Any
    start: Any
    slope: Any
    weight: Any
    offset: Any
    top: Any
    threshold: Any
    need_level: Any
    limit_ptr: Any
    limit: Any
    row: Any


class State(NamedTuple):
    """What stands now, in bins numbered from 0 on, with room for S of them (64 times a power of 2).

    free (S, c): what is free in each bin (CLOSED: it takes nothing), and its merit with c = d + 1, for scored policies in
    several resources.
    most (2 S / 64, c): a tree: row S / 64 + x is the maximum over block x, the bins from 64 x on; row v that of rows 2 v and
    2 v + 1. A column more has bits of the bin types below, where not all take all. level (S / 64, c, 64): bytes, of
    ``free``.
    want, want_level (c,): what a search asks for. was (c,): what was free in a bin before it changed.
    kind, copies (S,). used, closed (t,): bins open, and the last that closed. before_closed (S,): the one closed before it.
    rank (S,), heap (S, 4), head (B,): the buckets, in place of blocks. tops (2 B, d or d + 1): a tree as above over the
    buckets, of upper bounds that are lowered when a search finds nothing. bits: the bitset in place of ``tops``.
    place, item (arrivals,): bin and item type of each arrival. counts (H, 3): a hash table of (bin, item type) by open
    addressing: COUNT copies, and how many REASONS there are why the item may not join. blocked (rows, S / 64): a bit for
    each bin where there is a reason. tally: see the constants from BINS on.
    """

    free: Any
    most: Any
    level: Any
    want: Any
    want_level: Any
    was: Any
    kind: Any
    copies: Any
    used: Any
    closed: Any
    before_closed: Any
    rank: Any
    heap: Any
    head: Any
    tops: Any
    bits: Any
    place: Any
    item: Any
    counts: Any
    blocked: Any
    tally: Any


def _count_trailing_zeros(typing_context, word):  # type: ignore[no-untyped-def]
    """How many zero bits are below the lowest one of a 64-bit word that is not 0."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), generate


_trailing_zeros: Any = intrinsic(_count_trailing_zeros)


def _bytes_of(builder, start):  # type: ignore[no-untyped-def]
    """The BLOCK bytes from a pointer on, as a vector."""
    return builder.load(builder.bitcast(start, _VECTOR.as_pointer()), align=1)


def _repeated(builder, byte):  # type: ignore[no-untyped-def]
    """A vector of one byte, BLOCK times."""
    undefined = ir.Constant(_VECTOR, ir.Undefined)
    one = builder.insert_element(undefined, byte, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(one, undefined, ir.Constant(ir.VectorType(ir.IntType(32), BLOCK), [0] * BLOCK))


def _compare_block(typing_context, level, block, want_level):  # type: ignore[no-untyped-def]
    """A bit for each bin of a block of ``level``: whether its bytes are all at least those of ``want_level``."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        levels = make_array(signature.args[0])(context, builder, arguments[0])
        wanted = make_array(signature.args[2])(context, builder, arguments[2])
        columns = builder.extract_value(wanted.shape, 0)
        width = ir.Constant(columns.type, BLOCK)
        first = builder.mul(arguments[1], builder.mul(columns, width))
        met = cgutils.alloca_once_value(builder, ir.Constant(_VECTOR, [255] * BLOCK))
        with cgutils.for_range(builder, columns) as loop:
            row = _bytes_of(builder, builder.gep(levels.data, [builder.add(first, builder.mul(loop.index, width))]))
            least = _repeated(builder, builder.load(builder.gep(wanted.data, [loop.index])))
            reached = builder.sext(builder.icmp_unsigned(">=", row, least), _VECTOR)
            builder.store(builder.and_(builder.load(met), reached), met)
        takes = builder.icmp_unsigned("!=", builder.load(met), ir.Constant(_VECTOR, [0] * BLOCK))
        return builder.bitcast(takes, ir.IntType(64))

    return types.int64(level, types.int64, want_level), generate


def _highest_in_block(typing_context, level, block, column):  # type: ignore[no-untyped-def]
    """A bit for each bin of a block of ``level``: whether no other has a larger byte in this column."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        levels = make_array(signature.args[0])(context, builder, arguments[0])
        columns = builder.extract_value(levels.shape, 1)
        place = builder.add(builder.mul(arguments[1], columns), arguments[2])
        row = _bytes_of(builder, builder.gep(levels.data, [builder.mul(place, ir.Constant(place.type, BLOCK))]))
        maximum = ir.FunctionType(ir.IntType(8), [_VECTOR])
        name = f"llvm.vector.reduce.umax.v{BLOCK}i8"
        largest = builder.call(cgutils.get_or_insert_function(builder.module, maximum, name), [row])
        return builder.bitcast(builder.icmp_unsigned("==", row, _repeated(builder, largest)), ir.IntType(64))

    return types.int64(level, types.int64, types.int64), generate


_highest: Any = intrinsic(_highest_in_block)
_takers: Any = intrinsic(_compare_block)


@_inline
def _update(tree, d, node):  # type: ignore[no-untyped-def]
    """Carry a changed leaf to the root, as far as anything changes."""
    node >>= 1
    while node > 0:
        changed = False
        for h in range(tree.shape[1]):
            left, right = tree[2 * node, h], tree[2 * node + 1, h]
            most = max(left, right) if h < d else left | right
            if tree[node, h] != most:
                tree[node, h] = most
                changed = True
        if not changed:
            break
        node >>= 1


@_helper
def _raise(tops, free, b, d, kind, node):  # type: ignore[no-untyped-def]
    """Nodes from a leaf to the root have no less than bin b, as far as that changes anything."""
    while node > 0:
        changed = False
        for h in range(d):
            if tops[node, h] < free[b, h]:
                tops[node, h] = free[b, h]
                changed = True
        if tops.shape[1] > d and not tops[node, d] >> kind % KIND_BITS & 1:
            tops[node, d] |= ONE << kind % KIND_BITS
            changed = True
        if not changed:
            break
        node >>= 1


@_helper
def _lower(tops, free, d, kind, heap, head, node):  # type: ignore[no-untyped-def]
    """Bring a leaf of ``tops`` down to what the bins of its bucket have free."""
    for h in range(tops.shape[1]):
        tops[node, h] = CLOSED if h < d else 0
    waiting = 1
    heap[0, WAITING] = head[node - len(head)]
    while waiting > 0:
        waiting -= 1
        b = heap[waiting, WAITING]
        while b != NOTHING:
            for h in range(d):
                tops[node, h] = max(tops[node, h], free[b, h])
            if tops.shape[1] > d:
                tops[node, d] |= ONE << kind[b] % KIND_BITS
            if heap[b, CHILD] != NOTHING:
                heap[waiting, WAITING] = heap[b, CHILD]
                waiting += 1
            b = heap[b, AFTER] if b != head[node - len(head)] else NOTHING
    _update(tops, d, node)


@_helper
def _percent(policy, capacity, size, free, weight, k, i, node):  # type: ignore[no-untyped-def]
    """Kubernetes' score of a bin with the item in it: the weighted mean of whole percents, rounded down, over the resources
    that the bin has."""
    total, weights = 0, 0
    for h in range(len(weight)):
        room = capacity[k, h]
        if room > 0:
            left = free[node, h] - size[i, h]
            total += weight[h] * (100 * (left if policy == LEAST_ALLOCATED else room - left) // room)
            weights += weight[h]
    return total // weights if weights > 0 else 0


@_inline
def _dot(slope, tree, d, i, node):  # type: ignore[no-untyped-def]
    total = 0.0
    for h in range(d):
        total += slope[i, h] * tree[node, h]
    return total


@_helper
def _next_block(level, want_level, block, end):  # type: ignore[no-untyped-def]
    """The first block from ``block`` on in which a bin reaches all of ``want_level``; ``end`` if there is none before.

    Not inlined: alone, the loop keeps its vectors in registers.
    """
    while block < end and _takers(level, block, want_level) == 0:
        block += 1
    return block


@_inline
def _level(threshold, column, amount):  # type: ignore[no-untyped-def]
    """How many of the thresholds an amount reaches: a search of eight steps."""
    reached, step = 0, (THRESHOLDS + 1) >> 1
    while step > 0:
        reached += step * (threshold[column, reached + step - 1] <= amount)
        step >>= 1
    return reached


@_inline
def _index(free, most, level, was, threshold, b):  # type: ignore[no-untyped-def]
    """Bytes of bin b and maxima above it, after a change from ``was``."""
    block, columns, changed = b // BLOCK, free.shape[1], False
    leaf = (len(most) >> 1) + block
    for c in range(columns):
        amount, largest = free[b, c], most[leaf, c]
        level[block, c, b % BLOCK] = _level(threshold, c, amount)
        if amount < was[c] == largest:
            largest, rest = amount, _highest(level, block, c)
            while rest != 0 and largest < was[c]:
                largest = max(largest, free[block * BLOCK + _trailing_zeros(rest), c])
                rest &= rest - 1
        largest = max(largest, amount)
        changed |= largest != most[leaf, c]
        most[leaf, c] = largest
    if changed:
        _update(most, columns, leaf)


@_helper
def _add_kind(most, columns, b, kind):  # type: ignore[no-untyped-def]
    """Note the bin type of a new bin, where the tree has bits of them."""
    leaf = (len(most) >> 1) + b // BLOCK
    if most.shape[1] > columns:
        most[leaf, columns] |= ONE << kind % KIND_BITS
        _update(most, columns, leaf)


@_helper
def _least_merit(policy, score, merit, offset, top):  # type: ignore[no-untyped-def]
    """What merit a bin must have to be better than the best so far, of this score and merit and a lower number.

    At the same score it must have more. ``offset`` bounds by how much less a bin with a larger score may have.
    """
    least = merit + 1
    if policy == DOT_PRODUCT and offset > 0:
        least = min(least, np.int64(score / offset) - 2)
    elif policy >= LEAST_ALLOCATED:
        least = min(least, top - np.int64(np.floor((offset + MARGIN - score - 1) * FRACTION)) - 1)
    return max(least, np.int64(0))


@_inline
def _searched(  # type: ignore[no-untyped-def]
    policy, i, need, sizes, exclusive, kinds, compatible, capacity, slope, offset, weight, top, threshold, need_level,
    row, free, most, level, want, want_level, kind, copies, blocked,
):  # fmt: skip
    """The open bin that a policy chooses for item i by blocks, and how many nodes and bins were looked at.

    A walk over the tree in order of bins, past every node below which nothing has room or nothing is better than the best
    so far. First fit ends at the first bin that takes the item.
    """
    blocks, columns, d = len(most) >> 1, free.shape[1], need.shape[1]
    deepest = blocks >> (SCANNED if d > 1 else 0)
    best, best_score, node, visits = NOTHING, -1.0, 1, 0
    for c in range(columns):
        want[c] = need[i, c] if c < d else 0
        want_level[c] = need_level[i, c] if c < d else 0
    while True:
        visits += 1
        good = True
        for c in range(columns):
            good &= most[node, c] >= want[c]
        if good and most.shape[1] > columns:
            good = most[node, columns] & kinds[i] != 0
        if good and policy == DOT_PRODUCT and best != NOTHING:
            good = _dot(slope, most, d, i, node) >= best_score
        if good:
            if node < deepest:
                node *= 2
                continue
            block, end = node, node + 1
            while block < blocks:
                block, end = 2 * block, 2 * end
            block, end = block - blocks, end - blocks
            while block < end:
                visits += 1
                if block + 1 < end:
                    first = block
                    block = _next_block(level, want_level, block, end)
                    visits += block - first
                    if block == end:
                        break
                rest = _takers(level, block, want_level)
                if row[i] != NOTHING:
                    rest &= ~blocked[row[i], block]
                while rest != 0:
                    b = block * BLOCK + _trailing_zeros(rest)
                    rest &= rest - 1
                    visits += 1
                    good = compatible[i, kind[b]] and (copies[b] == 0 or not exclusive[i])
                    for c in range(columns):
                        good &= free[b, c] >= want[c]
                    if good:
                        if policy == FIRST_FIT:
                            return b, visits
                        score = 0.0
                        if policy == DOT_PRODUCT:
                            score = _dot(slope, free, d, i, b)
                        elif policy >= LEAST_ALLOCATED:
                            score = float(_percent(policy, capacity, sizes, free, weight, kind[b], i, b))
                        nearer = best == NOTHING or free[b, d] > free[best, d]
                        if score > best_score or (score == best_score and nearer):
                            best, best_score = b, score
                            want[d] = _least_merit(policy, score, free[b, d], offset[i], top)
                            want_level[d] = _level(threshold, d, want[d])
                block += 1
        node += 1
        node >>= _trailing_zeros(node)
        if node == 1:
            break
    return best, visits


@_inline
def _ranked(  # type: ignore[no-untyped-def]
    policy, i, need, sizes, exclusive, kinds, compatible, capacity, base, start, slope, offset, weight,
    row, free, kind, copies, blocked, rank, heap, head, tops, shift,
):  # fmt: skip
    """The open bin that a scored policy chooses for item i, and how many nodes were looked at.

    A walk over the buckets in order of rank, past every node of ``tops`` below which nothing has room or nothing can be
    better than the best so far. Those below a bin in its bucket's heap have a worse rank, or the same and a higher number.
    """
    d, buckets = need.shape[1], len(head)
    best, best_score, node, visits = NOTHING, -1.0, buckets + start[i], 0
    while True:
        visits += 1
        good = True
        for h in range(d):
            good &= tops[node, h] >= need[i, h]
        if good and tops.shape[1] > d:
            good = tops[node, d] & kinds[i] != 0
        if good and policy == DOT_PRODUCT and best != NOTHING:
            good = _dot(slope, tops, d, i, node) > best_score
        if good:
            if node < buckets:
                node *= 2
                continue
            bucket = node - buckets
            most = 100.0  # a bound on the score of every bin in the bucket
            if policy == DOT_PRODUCT and best != NOTHING:
                if offset[i] * (base - (bucket << shift) + 2) <= best_score:
                    break
            elif policy >= LEAST_ALLOCATED:
                most = np.floor(offset[i] - (bucket << shift) / FRACTION + MARGIN)
                if best != NOTHING and most <= best_score:
                    break
                if policy == LEAST_ALLOCATED and len(capacity) == 1:
                    most = min(most, float(_percent(policy, capacity, sizes, tops, weight, 0, i, node)))
            before, waiting = best, 1
            heap[0, WAITING] = head[bucket]
            while waiting > 0:
                waiting -= 1
                b = heap[waiting, WAITING]
                while b != NOTHING:
                    visits += 1
                    good = compatible[i, kind[b]] and (copies[b] == 0 or not exclusive[i])
                    for h in range(d):
                        good &= free[b, h] >= need[i, h]
                    if good and row[i] != NOTHING:
                        good = blocked[row[i], b >> 6] >> (b & 63) & 1 == 0
                    deeper = True
                    nearer = best == NOTHING or rank[b] < rank[best] or (rank[b] == rank[best] and b < best)
                    if policy <= WORST_FIT:
                        deeper = not good and nearer
                        if good and nearer:
                            best = b
                    else:
                        score = -1.0
                        if good and policy == DOT_PRODUCT:
                            score = _dot(slope, free, d, i, b)
                        elif good:
                            score = float(_percent(policy, capacity, sizes, free, weight, kind[b], i, b))
                        if good and (score > best_score or (score == best_score and nearer)):
                            best, best_score = b, score
                        if policy >= LEAST_ALLOCATED and best != NOTHING:
                            bound = min(most, np.floor(offset[i] - rank[b] / FRACTION + MARGIN))
                            deeper = bound > best_score or (bound == best_score and nearer and b != best)
                    if deeper and heap[b, CHILD] != NOTHING:
                        heap[waiting, WAITING] = heap[b, CHILD]
                        waiting += 1
                    b = heap[b, AFTER] if b != head[bucket] else NOTHING
            if best != NOTHING and policy <= WORST_FIT:
                break
            if best == before and (best == NOTHING or policy == DOT_PRODUCT):
                _lower(tops, free, d, kind, heap, head, node)
        node += 1
        node >>= _trailing_zeros(node)
        if node == 1:
            break
    return best, visits


@_inline
def _meld(heap, rank, one, other):  # type: ignore[no-untyped-def]
    """Two pairing heaps as one, ordered by rank, then by number; the root."""
    if rank[other] < rank[one] or (rank[other] == rank[one] and other < one):
        one, other = other, one
    child = heap[one, CHILD]
    heap[other, AFTER] = child
    if child != NOTHING:
        heap[child, BEFORE] = other
    heap[other, BEFORE] = one
    heap[one, CHILD] = other
    return one


@_inline
def _put(heap, rank, head, bucket, b):  # type: ignore[no-untyped-def]
    """Bin b into a bucket."""
    heap[b, CHILD] = NOTHING
    head[bucket] = b if head[bucket] == NOTHING else _meld(heap, rank, head[bucket], b)


@_helper
def _take(heap, rank, head, bucket, b):  # type: ignore[no-untyped-def]
    """Bin b out of its bucket: its children are melded in pairs, and the pairs from the last to the first."""
    at, pairs, below = heap[b, CHILD], NOTHING, NOTHING
    while at != NOTHING:
        other, after = heap[at, AFTER], NOTHING
        if other != NOTHING:
            after = heap[other, AFTER]
            at = _meld(heap, rank, at, other)
        heap[at, AFTER] = pairs
        pairs, at = at, after
    while pairs != NOTHING:
        after = heap[pairs, AFTER]
        below = pairs if below == NOTHING else _meld(heap, rank, below, pairs)
        pairs = after
    if head[bucket] == b:
        head[bucket] = below
    else:
        before, after = heap[b, BEFORE], heap[b, AFTER]
        heap[before, CHILD if heap[before, CHILD] == b else AFTER] = after
        if after != NOTHING:
            heap[after, BEFORE] = before
        if below != NOTHING:
            head[bucket] = _meld(heap, rank, head[bucket], below)


@_helper
def _mark(head, bits, bucket):  # type: ignore[no-untyped-def]
    """Set or clear the bits of a bucket, as it holds a bin or not."""
    middle, top = _levels(head)
    if head[bucket] != NOTHING:
        bits[bucket >> 6] |= ONE << (bucket & 63)
        bits[middle + (bucket >> 12)] |= ONE << (bucket >> 6 & 63)
        bits[top] |= ONE << (bucket >> 12)
    else:
        bits[bucket >> 6] &= ~(ONE << (bucket & 63))
        if bits[bucket >> 6] == 0:
            bits[middle + (bucket >> 12)] &= ~(ONE << (bucket >> 6 & 63))
            if bits[middle + (bucket >> 12)] == 0:
                bits[top] &= ~(ONE << (bucket >> 12))


@_inline
def _levels(head):  # type: ignore[no-untyped-def]
    """Where the second and the third level of the bitset begin, each after a word of zeros."""
    words = len(head) >> 6
    return words + 1, words + 2 + ((words + 63) >> 6)


@_inline
def _next_bucket(head, bits, bucket):  # type: ignore[no-untyped-def]
    """The first bucket from ``bucket`` on that holds a bin; NOTHING if there is none."""
    middle, top = _levels(head)
    rest = bits[bucket >> 6] & -ONE << (bucket & 63)
    if rest != 0:
        return (bucket >> 6 << 6) + _trailing_zeros(rest)
    word = (bucket >> 6) + 1
    rest = bits[middle + (word >> 6)] & -ONE << (word & 63)
    if rest == 0:
        high = (word >> 6) + 1
        rest = bits[top] & -ONE << high if high < 64 else 0
        if rest == 0:
            return NOTHING
        word = _trailing_zeros(rest) << 6
        rest = bits[middle + (word >> 6)]
    word = (word >> 6 << 6) + _trailing_zeros(rest)
    return (word << 6) + _trailing_zeros(bits[word])


@_inline
def _fullest(rank, heap, head, bits, shift, size):  # type: ignore[no-untyped-def]
    """The bin with the least room that has ``size``, ties by the lowest number; NOTHING if there is none.

    Only in the bucket of ``size`` itself may a bin have less: it is looked through where its root has.
    """
    bucket, best = size >> shift, NOTHING
    root = head[bucket]
    if root != NOTHING and rank[root] < size:
        heap[0, WAITING] = root
        waiting = 1
        while waiting > 0:
            waiting -= 1
            at = heap[waiting, WAITING]
            while at != NOTHING:
                if rank[at] >= size:
                    better = best == NOTHING or rank[at] < rank[best]
                    if better or (rank[at] == rank[best] and at < best):
                        best = at
                elif heap[at, CHILD] != NOTHING:
                    heap[waiting, WAITING] = heap[at, CHILD]
                    waiting += 1
                at = heap[at, AFTER] if at != root else NOTHING
        bucket += 1
    if best == NOTHING:
        bucket = _next_bucket(head, bits, bucket)
        if bucket != NOTHING:
            best = head[bucket]
    return best


@_helper
def _entry(counts, key):  # type: ignore[no-untyped-def]
    """The row of ``counts`` that has the key, or the empty one where it belongs."""
    last = len(counts) - 1
    at = key * SPREAD >> 20 & last
    while counts[at, KEY] != key and counts[at, KEY] != 0:
        at = (at + 1) & last
    return at


@_helper
def _add_reason(counts, blocked, row, tally, m, b, i, step):  # type: ignore[no-untyped-def]
    """One reason more or fewer why item i may not join bin b."""
    at = _entry(counts, b * m + i + 1)
    if counts[at, KEY] == 0:
        counts[at, KEY] = b * m + i + 1
        tally[ENTRIES] += 1
    counts[at, REASONS] += step
    if counts[at, REASONS] == 0:
        blocked[row[i], b >> 6] &= ~(ONE << (b & 63))
    else:
        blocked[row[i], b >> 6] |= ONE << (b & 63)


@_helper
def _count(counts, blocked, row, limit_ptr, limit, tally, b, i, step):  # type: ignore[no-untyped-def]
    """One copy of item i more or fewer in bin b, and what that changes for the items that share a limit with it.

    Of the limit (a, c, k) there are two reasons: c may not join where an a and k copies of c stand, and a may not where more
    than k copies of c stand. Of (c, c, k) there is the first alone.
    """
    m = len(row)
    at = _entry(counts, b * m + i + 1)
    if counts[at, KEY] == 0:
        counts[at, KEY] = b * m + i + 1
        tally[ENTRIES] += 1
    before = counts[at, COUNT]
    counts[at, COUNT] = before + step
    high = max(before, before + step)
    for x in range(limit_ptr[i], limit_ptr[i + 1]):
        j, cap = limit[x, OTHER], limit[x, CAP]
        there = counts[_entry(counts, b * m + j + 1), COUNT]
        blocked_now = NOTHING
        if limit[x, OWN] and j != i:
            if high == 1 and there >= cap:
                blocked_now = j
        elif high == cap and (there > 0 or j == i):
            blocked_now = i
        elif high == cap + 1 and j != i:
            blocked_now = j
        if blocked_now != NOTHING:
            _add_reason(counts, blocked, row, tally, m, b, blocked_now, step)


@njit(cache=True)
def first_fault(events, item_types, arrivals, place):  # type: ignore[no-untyped-def]
    """The first event that cannot be, and why: NO_ITEM, NO_ARRIVAL or LEFT_ALREADY; all and FAULTLESS where there is none.

    arrivals: how many there were before. place: where they stand; marked on the way, so that time goes with events alone.
    """
    gone = np.zeros(len(events), np.bool_)  # of the arrivals among the events
    come, at, fault = arrivals, 0, FAULTLESS
    while at < len(events):
        a = -1 - events[at]
        if events[at] >= item_types:
            fault = NO_ITEM
        elif a < 0:
            come += 1
        elif a >= come:
            fault = NO_ARRIVAL
        elif gone[a - arrivals] if a >= arrivals else place[a] <= GONE:
            fault = LEFT_ALREADY
        elif a >= arrivals:
            gone[a - arrivals] = True
        else:
            place[a] = MARK - place[a]
        if fault != FAULTLESS:
            break
        at += 1
    for x in range(at):
        a = -1 - events[x]
        if 0 <= a < arrivals:
            place[a] = MARK - place[a]
    return at, fault


@njit(cache=True)
def rehashed(counts, rows):  # type: ignore[no-untyped-def]
    """The entries of ``counts`` that say anything, in a table of ``rows`` rows (a power of 2), and how many they are."""
    wide, entries = np.zeros((rows, 3), np.int64), 0
    for at in range(len(counts)):
        if counts[at, COUNT] != 0 or counts[at, REASONS] != 0:
            to = _entry(wide, counts[at, KEY])
            for column in range(3):
                wide[to, column] = counts[at, column]
            entries += 1
    return wide, entries


@_inline
def _opened(new, used, closed, available, type_ptr, type_list, i):  # type: ignore[no-untyped-def]
    """The number and the type of the bin that is opened for item i, the one of its type that closed last or a new one;
    a type of NOTHING where no bin is left."""
    b, k = NOTHING, NOTHING
    for x in range(type_ptr[i], type_ptr[i + 1]):
        if used[type_list[x]] < available[type_list[x]]:
            k = type_list[x]
            b = closed[k] if closed[k] != NOTHING else new
            break
    return b, k


@njit(cache=True)
def run(rules, state, events, at, bins, opened, policy, closing, shift, budget):  # type: ignore[no-untyped-def]
    """Events from ``at`` on until all are done, the budget of looks at nodes is used up, or arrays must grow.

    events (E,): the item type of an arrival, or -1 - a for the departure of arrival a, valid as ``first_fault`` checks.
    bins (E,): gets the bin of each, NOTHING for a rejected copy. opened (E,): gets how many bins are open afterwards.
    policy: FIRST_FIT ... BEST_FIT_BY_BITS, the latter only for one resource where every bin takes every item. closing:
    whether emptied bins close. shift: of ranks, to buckets. Returns the next event and DONE ... NEEDS_COUNTS.
    """
    sizes, need, exclusive, kinds, compatible = rules.sizes, rules.need, rules.exclusive, rules.kinds, rules.compatible
    capacity, available, type_ptr, type_list = rules.capacity, rules.available, rules.type_ptr, rules.type_list
    scale, start, slope, weight, offset = rules.scale, rules.start, rules.slope, rules.weight, rules.offset
    base, top = np.int64(rules.base), np.int64(rules.top)
    threshold, need_level = rules.threshold, rules.need_level
    limit_ptr, limit, row = rules.limit_ptr, rules.limit, rules.row
    free, kind, copies, used, closed = state.free, state.kind, state.copies, state.used, state.closed
    before_closed, rank, heap, head = state.before_closed, state.rank, state.heap, state.head
    tops, bits, place, item = state.tops, state.bits, state.place, state.item
    counts, blocked, tally = state.counts, state.blocked, state.tally
    most, level, want, want_level, was = state.most, state.level, state.want, state.want_level, state.was
    d, columns, ranked = sizes.shape[1], free.shape[1], len(head) > 0
    while at < len(events):
        if budget <= 0:
            return at, OUT_OF_BUDGET
        arriving = events[at] >= 0
        step, b, visits, k = np.int64(1), NOTHING, 1, NOTHING
        if arriving:
            i, arrival = events[at], tally[ARRIVALS]
            if row[i] != NOTHING and 2 * (tally[ENTRIES] + 1 + limit_ptr[i + 1] - limit_ptr[i]) > len(counts):
                return at, NEEDS_COUNTS
            if type_ptr[i] < type_ptr[i + 1]:
                if policy == BEST_FIT_BY_BITS:
                    b = _fullest(rank, heap, head, bits, shift, sizes[i, 0])
                elif ranked:
                    b, visits = _ranked(
                        policy, i, need, sizes, exclusive, kinds, compatible, capacity, base, start, slope, offset, weight,
                        row, free, kind, copies, blocked, rank, heap, head, tops, shift,
                    )  # fmt: skip
                else:
                    b, visits = _searched(
                        policy, i, need, sizes, exclusive, kinds, compatible, capacity, slope, offset, weight, top,
                        threshold, need_level, row, free, most, level, want, want_level, kind, copies, blocked,
                    )  # fmt: skip
                if b == NOTHING:
                    b, k = _opened(tally[BINS], used, closed, available, type_ptr, type_list, i)
                    if b == len(kind):
                        return at, NEEDS_BINS
            tally[ARRIVALS] += 1
            item[arrival] = i
            place[arrival] = b
            if b == NOTHING:
                tally[REJECTED] += 1
        else:
            arrival = -1 - events[at]
            i, b, step = item[arrival], place[arrival], np.int64(-1)
            place[arrival] = GONE
        if b != NOTHING:
            for c in range(columns):
                was[c] = free[b, c]
            if k != NOTHING:
                if b == tally[BINS]:
                    tally[BINS] += 1
                    kind[b] = k
                    if not ranked:
                        _add_kind(most, columns, b, k)
                else:
                    closed[k] = before_closed[b]
                used[k] += 1
                tally[OPEN] += 1
                tally[PEAK] = max(tally[PEAK], tally[OPEN])
                for h in range(d):
                    free[b, h] = capacity[k, h]
            elif ranked and free[b, 0] != CLOSED:
                bucket = rank[b] >> shift
                _take(heap, rank, head, bucket, b)
                if head[bucket] == NOTHING:
                    if policy == BEST_FIT_BY_BITS:
                        _mark(head, bits, bucket)
                    else:
                        _lower(tops, free, d, kind, heap, head, len(head) + bucket)
            copies[b] += step
            if not arriving and copies[b] == 0 and closing:
                before_closed[b] = closed[kind[b]]
                closed[kind[b]] = b
                used[kind[b]] -= 1
                tally[OPEN] -= 1
                for h in range(d):
                    free[b, h] = CLOSED
            elif exclusive[i]:
                for h in range(d):
                    free[b, h] = CLOSED if arriving else capacity[kind[b], h]
            else:
                for h in range(d):
                    free[b, h] -= step * sizes[i, h]
            if row[i] != NOTHING:
                _count(counts, blocked, row, limit_ptr, limit, tally, b, i, step)
            value = np.int64(0)
            if policy != FIRST_FIT and free[b, 0] != CLOSED:
                total = 0.0
                for h in range(d):
                    total += scale[kind[b], h] * free[b, h]
                value = free[b, 0] if rules.exact else np.int64(total)
                value = value if base < 0 else max(np.int64(0), base - value)
            if not ranked:
                if columns > d:
                    free[b, d] = top - value if free[b, 0] != CLOSED else CLOSED
                _index(free, most, level, was, threshold, b)
            elif free[b, 0] != CLOSED:
                rank[b] = value
                bucket = value >> shift
                _put(heap, rank, head, bucket, b)
                if policy == BEST_FIT_BY_BITS:
                    _mark(head, bits, bucket)
                else:
                    _raise(tops, free, b, d, kind[b], len(head) + bucket)
        bins[at] = b
        opened[at] = tally[OPEN]
        budget -= visits
        at += 1
    return at, DONE
