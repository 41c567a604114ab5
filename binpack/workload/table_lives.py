"""When a row of a trace was there: its times and its phase, of which a table of pods says how each of them ended."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Literal

from binpack.errors import input_error
from binpack.workload.application import Life
from binpack.workload.table_columns import CREATED, DELETED, PHASE, SCHEDULED, Columns
from binpack.workload.table_rows import NOTHING, Row

State = Literal["ran", "failed", "pending"]
PHASES: dict[str, State] = {
    **dict.fromkeys(("running", "succeeded", "completed", "unknown", ""), "ran"),
    "failed": "failed",
    "pending": "pending",
}
_LONGEST = 40  # characters of a time


def has_lives(columns: Columns) -> bool:
    """Whether a table says when its rows were there, or how they ended."""
    return any(meaning in columns.of for meaning in (CREATED, SCHEDULED, DELETED, PHASE))


def life(row: Row, columns: Columns) -> Life:
    """From when it was scheduled (else created, else since before the trace) to its deletion (else to the trace's end).

    Times are seconds or ISO 8601. InputError for others, for a phase that is none of Kubernetes', and for what is deleted
    before it is created or scheduled.
    """
    created, scheduled, deleted = (_time(row, columns, meaning) for meaning in (CREATED, SCHEDULED, DELETED))
    state = _state(row, columns)
    began = [time for time in (created, scheduled) if time is not None]
    if deleted is not None and began and deleted < max(began):
        column = columns.of[DELETED].index
        expected = f"a time not before {'its scheduling' if scheduled == max(began) else 'its creation'}"
        raise input_error(row.cell_place(column), f"{row.cell(column)!r} as time of deletion", expected)
    return Life(created if scheduled is None else scheduled, deleted, state)


def _state(row: Row, columns: Columns) -> State:
    if PHASE not in columns.of:
        return "ran"
    index = columns.of[PHASE].index
    state = PHASES.get(row.cell(index).lower())
    if state is None:
        phases = "Running, Succeeded, Failed, Pending or Unknown"
        raise input_error(row.cell_place(index), f"{row.cell(index)!r} as phase", phases)
    return state


def _time(row: Row, columns: Columns, meaning: str) -> Fraction | None:
    if meaning not in columns.of:
        return None
    index = columns.of[meaning].index
    text = row.cell(index)
    if text.lower() in NOTHING:
        return None
    found = _seconds(text) if len(text) <= _LONGEST else None
    if found is None:
        expected = "seconds of at least 0, or a time such as 2026-01-31T12:00:00Z"
        raise input_error(row.cell_place(index), f"{text!r} as {meaning}", expected)
    return found


def _seconds(text: str) -> Fraction | None:
    """Seconds, or those since 1970 of an ISO time (UTC where it names no zone); None if it is neither."""
    if text.replace(".", "", 1).isdecimal() and text.isascii():
        return Fraction(text)
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    since = (time if time.tzinfo else time.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
    return Fraction(since.days * 86_400 + since.seconds) + Fraction(since.microseconds, 10**6)
