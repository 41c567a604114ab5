"""Whether a packing keeps demands, capacities and form; only the checker calls it, no solver."""

from __future__ import annotations

from numba import njit


@njit(cache=True)
def keeps_all(  # type: ignore[no-untyped-def]
    kind, times, ptr, item, count, sizes, demands, capacity, amount, placed, used
):
    """Whether every row holds item types that exist, ascending, within the capacity of a bin type that exists, and all
    copies demanded are placed, no more.

    kind, times (P,), ptr (P + 1,), item, count (nnz,): as ``Packing``. sizes (m, d), demands (m,), capacity (t, d). amount
    (nnz,): overwritten. placed (m,), used (t,): zeros, to which copies and bins are added. No sum may leave 64 bits: the
    caller sees to that. A walk over the entries for each array that it goes to out of order: a processor waits for many
    places in memory at a time, but all in one walk takes four times as long.
    """
    m, d = sizes.shape
    for row in range(len(kind)):
        if kind[row] >= len(capacity):
            return False
        used[kind[row]] += times[row]
        before = -1
        for entry in range(ptr[row], ptr[row + 1]):
            if item[entry] <= before or item[entry] >= m:
                return False
            before = item[entry]
            amount[entry] = count[entry] * times[row]
    for entry in range(len(item)):
        placed[item[entry]] += amount[entry]
    for i in range(m):
        if placed[i] != demands[i]:
            return False
    for h in range(d):
        for entry in range(len(item)):
            amount[entry] = count[entry] * sizes[item[entry], h]
        for row in range(len(kind)):
            left = capacity[kind[row], h]
            for entry in range(ptr[row], ptr[row + 1]):
                left -= amount[entry]
            if left < 0:
                return False
    return True
