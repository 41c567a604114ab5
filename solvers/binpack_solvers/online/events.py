"""Events from stays: when each copy comes and when it leaves, as traces have it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from binpack_solvers.errors import ProblemError
from binpack_solvers.validation import as_integers

Int64 = NDArray[np.int64]


def events_of(items: ArrayLike, arrivals: ArrayLike, departures: ArrayLike | None = None) -> tuple[Int64, Int64]:
    """(events, times) for ``OnlinePacking.run``, for an OnlinePacking that nothing has arrived at yet.

    items, arrivals, departures : (n,), the item type of each copy, and the times at which it comes and leaves; a departure
        of -1, or None for all: it stays. In any unit, from 0 on.

    Events are in order of time. At the same time departures go first, which leaves the most room, then arrivals; both in the
    order given. A copy that leaves at the time at which it comes leaves after all arrivals of that time.
    """
    kinds = as_integers("items", items, None)
    n = len(kinds) if kinds.ndim == 1 else -1
    if n < 0:
        raise ProblemError(f"items have shape {kinds.shape}: expected one row")
    come = as_integers("arrivals", arrivals, (n,), low=0)
    leave = as_integers("departures", departures, (n,), default=-1, low=-1)
    leaves = np.flatnonzero(leave >= 0)
    early = leaves[leave[leaves] < come[leaves]]
    if len(early):
        at = int(early[0])
        raise ProblemError(f"departures, entry {at}: {leave[at]}; expected {come[at]}, when it comes, or later")
    number = np.empty(n, np.int64)
    number[np.argsort(come, kind="stable")] = np.arange(n)
    event = np.concatenate([kinds, -1 - number[leaves]])
    time = np.concatenate([come, leave[leaves]])
    turn = np.concatenate([np.ones(n, np.int64), np.where(leave[leaves] > come[leaves], 0, 2)])
    order = np.lexsort((turn, time))
    return event[order], time[order]
