"""Results files: what a run continues, what a report takes, and what an interrupted write leaves."""

from __future__ import annotations

from pathlib import Path

from bench.exact.results import append_row, finished, latest_run, read_rows


def _row(instance: str, time_limit: float = 20.0, version: str = "a", **more: object) -> dict[str, object]:
    return {"instance": instance, "status": "optimal", "time_limit": time_limit, "version": version, **more}


def test_rows_come_back_in_order(tmp_path: Path) -> None:
    """What is appended is read again, in order; the folder is made, and no file means no rows."""
    file = tmp_path / "deep" / "class.jsonl"
    assert read_rows(file) == []
    rows = [_row("ü"), _row("two", bins=3)]
    for row in rows:
        append_row(file, row)
    assert read_rows(file) == rows


def test_line_that_was_cut_off(tmp_path: Path) -> None:
    """A last line without its end is no row, and the next row does not join it."""
    file = tmp_path / "class.jsonl"
    append_row(file, _row("one"))
    with file.open("ab") as stream:
        stream.write(b'{"instance":"tw')
    assert read_rows(file) == [_row("one")]
    append_row(file, _row("three"))
    assert read_rows(file) == [_row("one"), _row("three")]


def test_finished_needs_the_same_limit_and_code() -> None:
    """Instances are passed over only where limit, version, method and clock of a row are those of the run."""
    rows = [_row("one"), _row("two", time_limit=60.0), _row("three", version="b"), _row("four", status="skipped")]
    rows.append(_row("five", method="auto"))
    assert finished(rows, {"time_limit": 20.0, "version": "a"}) == {"one", "four"}
    assert finished(rows, {"time_limit": 60.0, "version": "a"}) == {"two"}
    assert finished(rows, {"time_limit": 60.0, "version": "b"}) == set()
    assert finished(rows, {"time_limit": 20.0, "version": "a", "method": "auto"}) == {"five"}


def test_latest_run() -> None:
    """A report takes the rows that agree with the last one in limit and version, and of an instance the last."""
    rows = [
        _row("one", version="old"),
        _row("one", bins=4),
        _row("two", time_limit=1.0),
        _row("one", bins=3),
        _row("x"),
    ]
    assert latest_run(rows) == [_row("one", bins=3), _row("x")]
    assert latest_run([]) == []
