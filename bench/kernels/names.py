"""The two ways in which binpack itself is run, and which runners there are in results."""

from __future__ import annotations

from typing import Any

KERNEL, SOLVE = "kernel", "solve"
BINPACK = (KERNEL, SOLVE)


def runner_names(rows: list[dict[str, Any]]) -> list[str]:
    """Runners of any rung, run or skipped, in the order in which they first came."""
    return list(dict.fromkeys(name for row in rows for name in [*row["runs"], *row["skipped"]]))


def baseline_names(rows: list[dict[str, Any]]) -> list[str]:
    """Those in C++."""
    return [name for name in runner_names(rows) if name not in BINPACK]
