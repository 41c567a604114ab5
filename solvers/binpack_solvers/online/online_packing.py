"""OnlinePacking: copies arrive and depart one after the other, and each goes where a policy says, for good."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from time import monotonic

import numpy as np
from numpy.typing import ArrayLike, NDArray

from binpack_solvers.errors import ProblemError
from binpack_solvers.kernels import online as kernel
from binpack_solvers.online import state as states
from binpack_solvers.online.policies import policy_number
from binpack_solvers.online.rules import rules_of
from binpack_solvers.online.run import Run, as_events, as_times
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.validation import check_range

Int64 = NDArray[np.int64]

SLICE = 2**17  # nodes looked at between two looks at the clock: some 10 ms


class OnlinePacking:
    """The open bins of a Problem, what is free in them, and a policy that chooses among them.

    A copy that has room in no open bin opens one: of the first bin type that takes it and is available, in the order of
    ``types``. It is rejected where there is none. Nothing is ever moved. Bins are numbered from 0 as they are first opened;
    a number stays with its bin type, and a bin that closed is opened again (the one that closed last first) before a new
    number is given, so numbers stay below the sum of the types' peaks.

    problem : sizes, capacity, available, compatible, exclusive and limits within a bin are kept; ``demands`` and
        ``optional`` say nothing here, as the arrivals do. Other rules are refused by name with ProblemError.
    policy : first_fit, best_fit, worst_fit, dot_product, least_allocated or most_allocated; see ``online.policies``.
    close_empty : whether a bin closes when its last copy leaves it. Otherwise it stays open, and counts as open.
    weights : (d,), of the resources in the last two policies, from 1 to 100; default 1 each.
    types : bin types in the order in which a new bin is tried; default by cost per volume, as ``heuristics`` do. Others are
        not opened.

    Arrivals are numbered from 0, rejected ones too; the number is what a departure names, and 16 bytes are kept of each. A
    single event from Python costs tens of microseconds, one of a ``run`` a fraction of one with a thousand bins open. Limits
    take the memory of a bit for each bin and each item type that has one.
    """

    def __init__(
        self,
        problem: Problem,
        policy: str = "first_fit",
        *,
        close_empty: bool = True,
        weights: ArrayLike | None = None,
        types: ArrayLike | None = None,
    ) -> None:
        self.problem, self.policy, self.close_empty = problem, policy, bool(close_empty)
        self._policy = policy_number(policy)
        plain = problem.compatible.all() and not problem.exclusive.any() and not len(problem.limits)
        if self._policy == kernel.BEST_FIT and problem.resources == 1 and plain:
            self._policy = kernel.BEST_FIT_BY_BITS
        self._rules, self._shift = rules_of(problem, self._policy, weights, types)
        self._state = states.new_state(problem, self._rules, self._policy)

    @property
    def open_bins(self) -> int:
        """How many bins are open now."""
        return int(self._state.tally[kernel.OPEN])

    @property
    def peak_bins(self) -> int:
        """The most bins that have been open at a time."""
        return int(self._state.tally[kernel.PEAK])

    @property
    def arrivals(self) -> int:
        """How many copies have arrived; the number of the next one."""
        return int(self._state.tally[kernel.ARRIVALS])

    @property
    def rejected(self) -> int:
        """How many copies found no bin."""
        return int(self._state.tally[kernel.REJECTED])

    @property
    def bin_types(self) -> Int64:
        """(bins,): the type of every bin that has ever been open, by number."""
        return self._state.kind[: self._state.tally[kernel.BINS]].copy()

    def arrive(self, item: int) -> int | None:
        """A copy of an item type arrives; the number of the arrival, or None if it is rejected."""
        check_range("arrival", item, 0, self.problem.item_types - 1)
        arrival = self.arrivals
        return arrival if self.run([item]).bins[0] >= 0 else None

    def depart(self, arrival: int) -> None:
        """The copy of an arrival leaves. That of a rejected one changes nothing."""
        check_range("departure, arrival", arrival, 0, max(0, self.arrivals - 1))
        self.run([-1 - arrival])

    def bin_of(self, arrival: int) -> int | None:
        """The bin in which the copy of an arrival stands; None if it was rejected or has left."""
        check_range("arrival", arrival, 0, self.arrivals - 1)
        place = int(self._state.place[arrival])
        return place if place >= 0 else None

    def run(
        self,
        events: ArrayLike,
        times: ArrayLike | None = None,
        *,
        time_limit: float = inf,
        stop: Callable[[], bool] | None = None,
    ) -> Run:
        """Many events in one go.

        events : (E,), an item type for the arrival of a copy, ``-1 - a`` for the departure of arrival a, which may have come
            earlier, within these events or before them; see ``online.events.events_of``.
        times : (E,), when each event is, in any unit, not decreasing; for ``Run.bin_time``.
        time_limit, stop : seconds, and a function that says whether to end early; the events done by then are the Run's,
            and the others may be run later. Ctrl-C leaves a state in which whole events are done.

        Raises ProblemError, before any event is done, for the first event that cannot be.
        """
        array = self._valid(events)
        when = as_times(times, len(array))
        self._state = states.with_arrivals(self._state, self.arrivals + int((array >= 0).sum()))
        bins, opened = np.empty(len(array), np.int64), np.empty(len(array), np.int64)
        self._advance(array[:0], 0, bins, opened)  # compiles what is not compiled, outside the time limit
        started, at, ended = monotonic(), 0, False
        while at < len(array) and not ended:
            at = self._advance(array, at, bins, opened)
            ended = monotonic() - started >= time_limit or (stop is not None and stop())
        return Run(array[:at], bins[:at], opened[:at], None if when is None else when[:at])

    def _advance(self, events: Int64, at: int, bins: Int64, opened: Int64) -> int:
        """One slice; the next event."""
        at, status = kernel.run(
            self._rules, self._state, events, at, bins, opened, self._policy, self.close_empty, self._shift, SLICE
        )
        if status == kernel.NEEDS_BINS:
            self._state = states.with_bins(self._state)
        elif status == kernel.NEEDS_COUNTS:
            span = self._rules.limit_ptr[events[at] : events[at] + 2]
            self._state = states.with_counts(self._state, 1 + int(span[1] - span[0]))
        return at

    def _valid(self, events: ArrayLike) -> Int64:
        """Events as int64, each of them possible."""
        array = as_events(events)
        at, fault = kernel.first_fault(array, self.problem.item_types, self.arrivals, self._state.place)
        if fault == kernel.NO_ITEM:
            raise ProblemError(
                f"events, entry {at}: arrival of item {array[at]}; expected 0 to {self.problem.item_types - 1}"
            )
        if fault != kernel.FAULTLESS:
            wrong = "has not come by then" if fault == kernel.NO_ARRIVAL else "has left already"
            raise ProblemError(f"events, entry {at}: departure of arrival {-1 - int(array[at])}, which {wrong}")
        return array

    def standing(self) -> tuple[Int64, Int64]:
        """(item type, bin) of every copy that stands now, in order of arrival."""
        place = self._state.place[: self.arrivals]
        here = place >= 0
        return self._state.item[: self.arrivals][here], place[here]

    def open_bin_numbers(self) -> Int64:
        """The numbers of the bins that are open now, ascending."""
        copies = self._state.copies[: self._state.tally[kernel.BINS]]
        return np.flatnonzero(copies > 0) if self.close_empty else np.arange(len(copies))

    def packing(self) -> Packing:
        """What stands now, a row for each open bin in the order of ``open_bin_numbers``."""
        numbers = self.open_bin_numbers()
        item, place = self.standing()
        m = max(1, self.problem.item_types)
        found, count = np.unique(np.searchsorted(numbers, place) * m + item, return_counts=True)
        indptr = np.searchsorted(found, np.arange(len(numbers) + 1) * m)
        return Packing(self._state.kind[numbers], np.ones(len(numbers), np.int64), indptr, found % m, count)

    def problem_now(self) -> Problem:
        """The Problem with what stands now as its demands: the one that ``packing`` answers."""
        item, _ = self.standing()
        return self.problem.replace(demands=np.bincount(item, minlength=self.problem.item_types))

    def free(self) -> Int64:
        """(open bins, d): what is free in each open bin, in the order of ``open_bin_numbers``."""
        numbers = self.open_bin_numbers()
        item, place = self.standing()
        free = self.problem.capacity[self._state.kind[numbers]].copy()
        np.subtract.at(free, np.searchsorted(numbers, place), self.problem.sizes[item])
        return free
