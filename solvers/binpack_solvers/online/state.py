"""The residual state as arrays: an empty one, and the same with room for more bins, arrivals or counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.kernels.online import (
    BEST_FIT_BY_BITS,
    BLOCK,
    CLOSED,
    ENTRIES,
    FIRST_FIT,
    NOTHING,
    Rules,
    State,
    rehashed,
)
from binpack_solvers.online.policies import bucket_bits, by_blocks
from binpack_solvers.problem import Problem

FIRST_BINS = 64  # the least that the bits of a word cover


def new_state(problem: Problem, rules: Rules, policy: int) -> State:
    """No bin, no arrival."""
    t, d = problem.capacity.shape
    ranked, by_bits = not by_blocks(problem, policy), policy == BEST_FIT_BY_BITS
    columns = d + (policy != FIRST_FIT and not ranked)
    kinds = 0 if problem.compatible.all() else 1
    blocks, buckets = (0, 1 << bucket_bits(policy)) if ranked else (FIRST_BINS // BLOCK, 0)
    words = buckets // 64
    return State(
        free=_closed(FIRST_BINS, columns, columns),
        most=_closed(2 * blocks, columns + kinds, columns),
        level=np.zeros((blocks, columns, BLOCK), np.uint8),
        want=np.zeros(columns, np.int64),
        want_level=np.zeros(columns, np.uint8),
        was=np.zeros(columns, np.int64),
        kind=np.zeros(FIRST_BINS, np.int64),
        copies=np.zeros(FIRST_BINS, np.int64),
        used=np.zeros(t, np.int64),
        closed=np.full(t, NOTHING, np.int64),
        before_closed=np.full(FIRST_BINS, NOTHING, np.int64),
        rank=np.zeros(FIRST_BINS if ranked else 0, np.int64),
        heap=np.full((FIRST_BINS if ranked else 0, 4), NOTHING, np.int64),
        head=np.full(buckets, NOTHING, np.int64),
        tops=_closed(2 * buckets if ranked and not by_bits else 0, d + kinds, d),
        bits=np.zeros(words + 1 + -(-words // 64) + 1 + 1 if by_bits else 0, np.int64),
        place=np.full(FIRST_BINS, NOTHING, np.int64),
        item=np.zeros(FIRST_BINS, np.int64),
        counts=np.zeros((FIRST_BINS, 3), np.int64),
        blocked=np.zeros((int(rules.row.max(initial=NOTHING)) + 1, FIRST_BINS >> 6), np.int64),
        tally=np.zeros(6, np.int64),
    )


def _closed(rows: int, columns: int, d: int) -> NDArray[np.int64]:
    """Rows in which nothing has room."""
    rows_of_bins = np.full((rows, columns), CLOSED, np.int64)
    rows_of_bins[:, d:] = 0
    return rows_of_bins


def with_bins(state: State) -> State:
    """Twice as many bins."""
    return state._replace(
        free=_longer(state.free, CLOSED),
        most=_wider(state.most, state.free.shape[1]),
        level=np.concatenate([state.level, np.zeros_like(state.level)]),
        kind=_longer(state.kind, 0),
        copies=_longer(state.copies, 0),
        before_closed=_longer(state.before_closed, NOTHING),
        rank=_longer(state.rank, 0),
        heap=_longer(state.heap, NOTHING),
        blocked=np.hstack([state.blocked, np.zeros_like(state.blocked)]),
    )


def with_arrivals(state: State, arrivals: int) -> State:
    """Room for so many arrivals in all; twice as many as there was room for, if any are missing."""
    while len(state.place) < arrivals:
        state = state._replace(place=_longer(state.place, NOTHING), item=_longer(state.item, 0))
    return state


def with_counts(state: State, more: int) -> State:
    """Room for so many counts more: entries that say nothing any more are dropped, and the table is a quarter full."""
    rows = len(state.counts)
    live = int((state.counts[:, 1:] != 0).any(axis=1).sum())
    while rows < 4 * (live + more):
        rows *= 2
    counts, entries = rehashed(state.counts, rows)
    state.tally[ENTRIES] = entries
    return state._replace(counts=counts)


def _longer(array: NDArray[np.int64], value: int) -> NDArray[np.int64]:
    return np.concatenate([array, np.full_like(array, value)])


def _wider(tree: NDArray[np.int64], columns: int) -> NDArray[np.int64]:
    """The tree of twice as many blocks, of which the new ones take nothing."""
    blocks = len(tree)
    wide = _closed(2 * blocks, tree.shape[1], columns)
    low = blocks // 2
    wide[blocks : blocks + low] = tree[low:]
    while low > 0:
        left, right = wide[2 * low : 4 * low : 2], wide[2 * low + 1 : 4 * low : 2]
        wide[low : 2 * low, :columns] = np.maximum(left, right)[:, :columns]
        wide[low : 2 * low, columns:] = (left | right)[:, columns:]
        low //= 2
    return wide
