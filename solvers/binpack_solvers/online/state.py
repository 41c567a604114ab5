"""The residual state as arrays: an empty one, and the same with room for more bins, arrivals or counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.kernels.online import BEST_FIT_BY_BITS, CLOSED, ENTRIES, FIRST_FIT, NOTHING, Rules, State, rehashed
from binpack_solvers.online.policies import bucket_bits
from binpack_solvers.problem import Problem

FIRST_BINS = 64  # the least that the bits of a word cover


def new_state(problem: Problem, rules: Rules, policy: int) -> State:
    """No bin, no arrival."""
    t, d = problem.capacity.shape
    ranked, by_bits = policy != FIRST_FIT, policy == BEST_FIT_BY_BITS
    columns = d if problem.compatible.all() else d + 1
    buckets = 1 << bucket_bits(policy) if ranked else 0
    words = buckets // 64
    return State(
        free=_closed(FIRST_BINS, d, d) if ranked else _closed(2 * FIRST_BINS, columns, d),
        kind=np.zeros(FIRST_BINS, np.int64),
        copies=np.zeros(FIRST_BINS, np.int64),
        used=np.zeros(t, np.int64),
        closed=np.full(t, NOTHING, np.int64),
        before_closed=np.full(FIRST_BINS, NOTHING, np.int64),
        rank=np.zeros(FIRST_BINS if ranked else 0, np.int64),
        heap=np.full((FIRST_BINS if ranked else 0, 4), NOTHING, np.int64),
        head=np.full(buckets, NOTHING, np.int64),
        tops=_closed(2 * buckets if ranked and not by_bits else 0, columns, d),
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


def with_bins(state: State, d: int) -> State:
    """Twice as many bins."""
    ranked = len(state.rank) > 0
    return state._replace(
        free=_longer(state.free, CLOSED) if ranked else _wider(state.free, d),
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


def _wider(tree: NDArray[np.int64], d: int) -> NDArray[np.int64]:
    """The tree of twice as many bins, of which the new ones take nothing."""
    bins = len(tree)
    wide = _closed(2 * bins, tree.shape[1], d)
    wide[bins : bins + bins // 2] = tree[bins // 2 :]
    low = bins // 2
    while low > 0:
        left, right = wide[2 * low : 4 * low : 2], wide[2 * low + 1 : 4 * low : 2]
        wide[low : 2 * low, :d] = np.maximum(left, right)[:, :d]
        wide[low : 2 * low, d:] = (left | right)[:, d:]
        low //= 2
    return wide
