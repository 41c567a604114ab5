"""The results of a class: a file of JSON lines that a run appends to and a later run continues."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]


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


def finished(rows: Iterable[Row], time_limit: float, version: str) -> set[str]:
    """Names of the instances that need not be run again: they are there with this limit, from this code."""
    return {row["instance"] for row in rows if row["time_limit"] == time_limit and row["version"] == version}


def latest_run(rows: list[Row]) -> list[Row]:
    """The rows with the time limit and code of the last one, each instance once (its last row)."""
    if not rows:
        return []
    last = rows[-1]
    same = {row["instance"]: row for row in rows if all(row[key] == last[key] for key in ("time_limit", "version"))}
    return list(same.values())
