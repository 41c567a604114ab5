"""When copies of a trace were there: what a table says of it, and the moment at which most was asked for."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.workload.application import Application, Life
from binpack.workload.lives import BEGINNING, at_all_times, at_moment, fullest, moments, peaks_note
from binpack.workload.reading import scaled
from binpack.workload.source_text import SourceText
from binpack.workload.tables import read_table
from binpack.workload.workload import Workload

HEADER = "name,cpu,memory,pod_phase,creation_time,scheduled_time,deletion_time\n"


def read(rows: str) -> Workload:
    return read_table(SourceText("t.csv", HEADER + rows), "t")


@pytest.mark.parametrize(
    ("cells", "life"),
    [
        ("Running,1,2,3", Life(Fraction(2), Fraction(3))),
        ("Succeeded,1,,3.5", Life(Fraction(1), Fraction(7, 2))),
        ("Running,,,3", Life(None, Fraction(3))),
        (",1,1,", Life(Fraction(1), None)),
        ("failed,1,2,2", Life(Fraction(2), Fraction(2), "failed")),
        ("Pending,5,,9", Life(Fraction(5), Fraction(9), "pending")),
        ("Running,1970-01-01T00:01:00Z,,1970-01-02", Life(Fraction(60), Fraction(86_400))),
    ],
)
def test_a_life_begins_when_scheduled_or_else_created(cells: str, life: Life) -> None:
    """Times are seconds or ISO 8601; one that is missing is the beginning or the end of the trace."""
    assert read(f"a,1,1Gi,{cells}\n").applications[0].lives == (life,)


@pytest.mark.parametrize(
    ("cells", "place", "found"),
    [
        ("Evicted,1,2,3", "t.csv:2:4", "'Evicted' as phase"),
        ("Running,-1,2,3", "t.csv:2:5", "'-1' as time of creation"),
        ("Running,1,soon,3", "t.csv:2:6", "'soon' as time of scheduling"),
        ("Running,1,2,inf", "t.csv:2:7", "'inf' as time of deletion"),
        ("Running,4,,3", "t.csv:2:7", "'3' as time of deletion"),
        ("Running,1,4,3", "t.csv:2:7", "'3' as time of deletion"),
    ],
)
def test_bad_times_and_phases_are_refused_where_they_stand(cells: str, place: str, found: str) -> None:
    """One line with file, line and column; deleted before it began is a fault as well."""
    with pytest.raises(InputError) as caught:
        read(f"a,1,1Gi,{cells}\n")
    assert str(caught.value).startswith(f"{place}: found {found}; expected ")


def test_equal_rows_keep_their_own_lives() -> None:
    """Copies of one application were there at different times; more copies of everything come and go together."""
    workload = read("p-1,1,1Gi,Running,0,,5\np-2,1,1Gi,Failed,5,,9\n")
    [pods] = workload.applications
    assert (pods.replicas, [life.state for life in pods.lives]) == (2, ["ran", "failed"])
    assert [life.copies for life in scaled(workload, 3).applications[0].lives] == [3, 3]


@st.composite
def traces(draw: st.DrawFn) -> Workload:
    """Up to three applications whose copies come and go within ten seconds."""
    applications = []
    for k in range(draw(st.integers(1, 3))):
        lives = []
        for _ in range(draw(st.integers(0, 4))):
            start, end = draw(st.none() | st.integers(0, 9)), draw(st.none() | st.integers(0, 10))
            if start is not None and end is not None and end < start:
                start, end = end, start
            state = draw(st.sampled_from(("ran", "ran", "failed", "pending")))
            first, last = (None if time is None else Fraction(time) for time in (start, end))
            lives.append(Life(first, last, state, draw(st.integers(1, 3))))
        size = {"cpu": draw(st.integers(0, 9)), "gpu": draw(st.integers(0, 2))}
        copies = sum(life.copies for life in lives) or draw(st.integers(1, 2))
        applications.append(Application(f"a{k}", copies, size=size, lives=tuple(lives)))
    return Workload("t", tuple(applications))


def naive(workload: Workload, time: Fraction) -> dict[str, int]:
    """Copies of each application at a time, life by life."""
    there = {}
    for application in workload.applications:
        count = 0 if application.lives else application.replicas
        for start, end, state, copies in application.lives:
            began = start is None or start <= time
            count += copies * (state == "ran" and began and not (end is not None and end <= time))
        there[application.name] = count
    return there


@given(traces())
def test_the_sweep_says_what_is_there_at_every_moment(workload: Workload) -> None:
    """Of each moment the sum over the copies that were there, counted life by life."""
    for moment in moments(workload):
        there = naive(workload, moment.time)
        sums = {
            r: sum(there[a.name] * a.size[r] for a in workload.applications if a.name in there) for r in ("cpu", "gpu")
        }
        assert moment.copies == sum(there.values())
        assert {r: moment.asked.get(r, 0) for r in sums} == sums


@given(traces(), st.integers(-1, 11))
def test_at_a_moment_are_the_copies_that_ran_then(workload: Workload, second: int) -> None:
    """Half-open lives: there from the start on, gone at the end; what failed or was never scheduled is not there."""
    time = Fraction(second)
    assert {a.name: a.replicas for a in at_moment(workload, time).applications} == naive(workload, time)


@given(traces())
def test_the_fullest_moment_is_that_of_the_largest_share(workload: Workload) -> None:
    """No second from the beginning to the end asks for a larger share of any resource than the fullest one does."""
    room = {"cpu": 20, "gpu": 3}

    def share(time: Fraction) -> Fraction:
        there = naive(workload, time)
        return max(Fraction(sum(there[a.name] * a.size[r] for a in workload.applications), room[r]) for r in room)

    if any(naive(workload, Fraction(t)) for t in range(-1, 11)) and list(moments(workload)):
        assert share(fullest(workload, room).time) == max(share(Fraction(t)) for t in range(-1, 11))


def test_notes_tell_failed_and_pending_ones_apart() -> None:
    """How many were left out, how many of these were there, and when each resource peaked."""
    ran, failed = Life(Fraction(2), Fraction(4)), Life(None, Fraction(3), "failed", 2)
    pods = Application("p", 6, size={"cpu": 500}, lives=(ran, failed, Life(Fraction(1), None, "pending", 3)))
    workload = Workload("t", (pods,))
    first, second, *_ = at_moment(workload, Fraction(2)).notes
    assert first == "at second 2: 1 of 6 copies were there together"
    assert second == ("left out: 2 copies that failed (2 of them there at that time), and 3 that were never scheduled")
    assert peaks_note(workload) == "the most that was asked for at a time: 0.5 cpu at second 2"
    assert at_all_times(workload).applications[0].replicas == 6
    assert "5 that failed or were never scheduled" in at_all_times(workload).notes[0]


def test_what_has_no_start_was_there_from_the_beginning() -> None:
    """The beginning is before every time; InputError where nothing ever ran."""
    workload = Workload("t", (Application("p", 1, size={"cpu": 1}, lives=(Life(None, Fraction(0)),)),))
    assert fullest(workload, {"cpu": 1}).time == BEGINNING
    nothing = Workload("t", (Application("p", 1, size={"cpu": 1}, lives=(Life(None, None, "failed"),)),))
    with pytest.raises(InputError, match="no copy that ran"):
        fullest(nothing, {"cpu": 1})
