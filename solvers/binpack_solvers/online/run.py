"""Run: what became of a sequence of events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from binpack_solvers.errors import ProblemError
from binpack_solvers.validation import LARGEST, as_integers

Int64 = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Run:
    """The events that were done, fewer than asked for if time was up.

    events (E,): as given. bins (E,): the bin that each copy went to or left, -1 where it was rejected. open_bins (E,): how
    many bins are open after each event. times (E,): as given, or None.
    """

    events: Int64
    bins: Int64
    open_bins: Int64
    times: Int64 | None

    def __len__(self) -> int:
        return len(self.events)

    @property
    def arrivals(self) -> int:
        """How many copies arrived."""
        return int((self.events >= 0).sum())

    @property
    def rejected(self) -> int:
        """How many of them found no bin."""
        return int(((self.events >= 0) & (self.bins < 0)).sum())

    @property
    def peak_bins(self) -> int:
        """The most bins that were open after an event."""
        return int(self.open_bins.max(initial=0))

    @property
    def bin_time(self) -> int | None:
        """The sum over bins of how long each was open between the first event and the last, exactly; None without times."""
        if self.times is None:
            return None
        lasted, bins = np.diff(self.times), self.open_bins[:-1]
        if int(lasted.sum()) * self.peak_bins > LARGEST:
            return sum(t * b for t, b in zip(lasted.tolist(), bins.tolist(), strict=True))
        return int(np.dot(lasted, bins))


def as_events(events: ArrayLike) -> Int64:
    """Events as exact int64."""
    array = as_integers("events", events, None, low=-LARGEST)
    if array.ndim != 1:
        raise ProblemError(f"events have shape {array.shape}: expected one row")
    return array


def as_times(times: ArrayLike | None, events: int) -> Int64 | None:
    """Times of so many events, not decreasing."""
    if times is None:
        return None
    array = as_integers("times", times, (events,), low=-LARGEST)
    late = np.flatnonzero(array[1:] < array[:-1])
    if len(late):
        at = int(late[0])
        raise ProblemError(f"times, entry {at + 1}: {array[at + 1]} comes after {array[at]}; expected no earlier time")
    return array
