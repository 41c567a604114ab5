"""Events from stays: in order of time, departures before arrivals, each naming the arrival that it ends."""

from __future__ import annotations

import pytest
from binpack_solvers.errors import ProblemError
from binpack_solvers.online import OnlinePacking, events_of
from binpack_solvers.problem import Problem
from hypothesis import given
from hypothesis import strategies as st


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6), st.integers(-1, 6)), max_size=12))
def test_events_equal_the_stays(stays):
    """After the events of a time those copies stand that have come by then and have not left."""
    stays = [(i, come, -1 if lasts < 0 else come + lasts) for i, come, lasts in stays]
    items, come, leave = ([stay[x] for stay in stays] for x in range(3))
    events, times = events_of(items, come, leave)
    assert times.tolist() == sorted([*come, *(t for t in leave if t >= 0)])
    online, at = OnlinePacking(Problem([1, 2, 3, 4], 10)), 0
    for now in range(14):
        end = at + sum(t == now for t in times.tolist())
        online.run(events[at:end])
        at = end
        standing = sorted(i for i, t, gone in stays if t <= now and (gone < 0 or gone > now))
        assert sorted(online.standing()[0].tolist()) == standing


def test_departures_go_first():
    """What leaves at a time makes room for what comes then."""
    events, _ = events_of([0, 0], [0, 5], [5, 9])
    assert events.tolist() == [0, -1, 0, -2]
    assert OnlinePacking(Problem([6], 10)).run(events).peak_bins == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0], [5], [4]), "departures, entry 0: 4; expected 5"),
        (([0], [5, 6]), "arrivals has shape"),
        (([0], [-1]), "arrivals, entry 0"),
        (([[0]], [0]), "expected one row"),
    ],
)
def test_stays_that_cannot_be_are_refused(arguments, message):
    """Each by its name."""
    with pytest.raises(ProblemError, match=message):
        events_of(*arguments)
