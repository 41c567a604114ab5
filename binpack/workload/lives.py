"""A trace's moments: which copies were there together, and when they asked for the most (a sweep over starts and ends)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from binpack.errors import input_error
from binpack.units import format_amount
from binpack.workload.application import Application, Life, Resources
from binpack.workload.workload import Workload

BEGINNING = Fraction(-1)
"""Before every time of a trace: what has no start is there then."""


@dataclass(frozen=True)
class Moment:
    """A point of time and what all copies that were there then ask for together."""

    time: Fraction
    copies: int
    asked: Resources


def when(time: Fraction) -> str:
    """A time in words: whole seconds as they are, others with three decimals."""
    if time == BEGINNING:
        return "the beginning"
    return f"second {time.numerator}" if time.denominator == 1 else f"second {float(time):.3f}"


def has_lives(workload: Workload) -> bool:
    """Whether anything of the workload is a trace's, with times."""
    return any(application.lives for application in workload.placed)


def there_at(life: Life, time: Fraction) -> bool:
    """Whether what has this life was there: from its start on, but no longer at its end."""
    start = BEGINNING if life.start is None else life.start
    return life.state != "pending" and start <= time and (life.end is None or time < life.end)


def moments(sized: Workload) -> Iterator[Moment]:
    """Every time at which something began or ended, in order, with what is there from then on; failed copies left out.

    Applications without lives are there all the time.
    """
    changes = sorted(_changes(sized), key=lambda change: change[0])
    total: dict[str, int] = {}
    copies = 0
    for time, together in groupby(changes, key=lambda change: change[0]):
        for _, sign, application in together:
            copies += sign
            for resource, amount in application.size.items():
                total[resource] = total.get(resource, 0) + sign * amount
        yield Moment(time, copies, dict(total))


def _changes(sized: Workload) -> Iterator[tuple[Fraction, int, Application]]:
    """Times with how many copies of an application come (or, below 0, go)."""
    for application in sized.placed:
        if not application.lives:
            yield BEGINNING, application.replicas, application
        for life in application.lives:
            if life.state != "ran":
                continue
            yield (BEGINNING if life.start is None else life.start), life.copies, application
            if life.end is not None:
                yield life.end, -life.copies, application


def fullest(sized: Workload, room: Mapping[str, int]) -> Moment:
    """The first moment at which some resource is asked for most, as a share of ``room``; InputError where none ran."""
    found = max(moments(sized), key=lambda moment: _share(moment.asked, room), default=None)
    if found is None:
        raise input_error(sized.name, "no copy that ran", "a trace with copies that were there at some time")
    return found


def _share(asked: Resources, room: Mapping[str, int]) -> Fraction:
    return max((Fraction(amount, room[r]) for r, amount in asked.items() if room.get(r)), default=Fraction(0))


def at_moment(sized: Workload, time: Fraction) -> Workload:
    """Only the copies that were there at a time; those that failed or never began left out, and counted in a note."""
    kept = [_at(application, time) for application in sized.applications]
    lives = [life for application in sized.placed for life in application.lives]
    count = {state: sum(life.copies for life in lives if life.state == state) for state in ("failed", "pending")}
    failed = sum(life.copies for life in lives if life.state == "failed" and there_at(life, time))
    there = sum(a.replicas for a in kept if not a.agent)
    notes = [f"at {when(time)}: {there:,} of {sized.instances:,} copies were there together"]
    if count["failed"] or count["pending"]:
        notes.append(
            f"left out: {count['failed']:,} copies that failed ({failed:,} of them there at that time), and "
            f"{count['pending']:,} that were never scheduled"
        )
    return replace(sized, applications=tuple(kept), notes=(*notes, *sized.notes))


def at_all_times(sized: Workload) -> Workload:
    """Every copy of the trace at once, whether or not they ever stood together; a note says how many did not run."""
    lives = [life for application in sized.placed for life in application.lives]
    others = sum(life.copies for life in lives if life.state != "ran")
    note = f"all copies at once, whenever they were there, {others:,} that failed or were never scheduled among them"
    kept = tuple(replace(application, lives=()) for application in sized.applications)
    return replace(sized, applications=kept, notes=(note, *sized.notes))


def _at(application: Application, time: Fraction) -> Application:
    if not application.lives:
        return application
    there = sum(life.copies for life in application.lives if life.state == "ran" and there_at(life, time))
    return replace(application, replicas=there, lives=())


def peaks_note(sized: Workload) -> str:
    """When each resource is asked for most, and how much of it, in words."""
    found = list(moments(sized))
    resources = dict.fromkeys(r for moment in found for r, amount in moment.asked.items() if amount)
    tops = {r: max(found, key=lambda moment: moment.asked.get(r, 0)) for r in resources}
    words = [f"{format_amount(r, top.asked[r])} {r} at {when(top.time)}" for r, top in tops.items()]
    return "the most that was asked for at a time: " + ", ".join(words)
