"""The results of a class: a file of JSON lines that a run appends to and a later run continues."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]

RUN = ("time_limit", "version", "method", "clock")
"""What tells the rows of one run from those of others; method and clock are absent where they are the usual ones."""


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, in order; none where it is absent. A last line that was cut off in writing is left out."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def append_row(path: Path, row: Row) -> None:
    """One row more, after taking away what an interrupted run left of its last line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n"
    with path.open("a+b") as stream:
        stream.seek(0)
        stream.truncate(stream.read().rfind(b"\n") + 1)
        stream.write(line.encode())


def same_run(row: Row, key: Row) -> bool:
    """Whether a row is of the run with this key: same limit, code, method and clock."""
    return all(row.get(name) == key.get(name) for name in RUN)


def finished(rows: Iterable[Row], key: Row) -> set[str]:
    """Names of the instances that need not be run again: they are there from the same run."""
    return {row["instance"] for row in rows if same_run(row, key)}


def latest_run(rows: list[Row]) -> list[Row]:
    """The rows of the run of the last one, each instance once (its last row)."""
    return list({row["instance"]: row for row in rows if same_run(row, rows[-1])}.values())
