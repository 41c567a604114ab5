"""Filling one bin after the other with the least slack: depth-first search over item types, for one resource.

All helpers live in this file because numba's cache does not notice changes elsewhere.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True)
def least_slack(size, demand, capacity, first, nodes, count, best):  # type: ignore[no-untyped-def]
    """The fullest bin that holds a copy of type ``first``, into ``best`` (copies per type); its slack.

    size (m,): decreasing, at least 1. demand (m,): copies left. count, best (m,): work space and result.
    Searches the largest first, most copies first, for at most ``nodes`` steps. A branch is left when all that remains
    could not fill the bin better than what is known.
    """
    m = len(size)
    behind = np.zeros(m + 1, np.int64)  # volume of the types from j on, at most a bin's
    for j in range(m - 1, first - 1, -1):
        volume = min(demand[j], capacity // size[j]) * size[j]
        behind[j] = behind[j + 1] + volume if behind[j + 1] <= capacity - volume else capacity
    slack, room, j = capacity + 1, capacity, first
    while nodes > 0:
        while j < m and room > 0 and room - behind[j] < slack:
            count[j] = min(demand[j], room // size[j])
            room -= count[j] * size[j]
            j += 1
            nodes -= 1
        if room < slack and (j == m or room == 0):
            slack = room
            for i in range(first, m):
                best[i] = count[i] if i < j else 0
            if slack == 0:
                break
        j -= 1
        while j > first and count[j] == 0:
            j -= 1
        if count[j] <= (1 if j == first else 0):
            break
        count[j] -= 1
        room += size[j]
        j += 1
    return slack


@njit(cache=True)
def minimum_bin_slack(size, demand, capacity, nodes):  # type: ignore[no-untyped-def]
    """Bins with the least slack, each around the largest copy that is left; a bin is repeated while the demand lasts.

    size (m,): decreasing, from 1 to ``capacity``. demand (m,): used up. nodes: search steps per bin, if enough for one.
    Returns rows: times (bins alike), ptr, type and count.
    """
    times, ptr = [np.int64(0)][:0], [np.int64(0)]
    item, copies = [np.int64(0)][:0], [np.int64(0)][:0]
    count, best = np.zeros(len(size), np.int64), np.zeros(len(size), np.int64)
    first = 0
    while True:
        while first < len(size) and demand[first] == 0:
            first += 1
        if first == len(size):
            break
        best[:] = 0
        least_slack(size, demand, capacity, first, max(nodes, len(size) + 1), count, best)
        again = np.int64(2**62)
        for j in range(first, len(size)):
            if best[j] > 0:
                again = min(again, demand[j] // best[j])
        for j in range(first, len(size)):
            if best[j] > 0:
                demand[j] -= again * best[j]
                item.append(np.int64(j))
                copies.append(best[j])
        times.append(again)
        ptr.append(np.int64(len(item)))
    return np.array(times), np.array(ptr), np.array(item), np.array(copies)
