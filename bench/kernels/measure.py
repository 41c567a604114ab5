"""A case with one method in a process of its own: a line of JSON for each rung on standard output, as they are measured.

On a rung all runners take turns, so that what else the machine does meets them alike. A runner that would take longer
than ``patience`` CPU seconds, judged by its two last rungs, is not run on that rung or any further one; the line says so.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from bench.kernels.cases import METHODS, Shape, cases
from bench.kernels.runners import Run, load, runners, volume_bound

Row = dict[str, Any]
AGAIN = 5.0
"""Seconds after which a runner is not run on a rung once more."""


def measure(case: str, method: str, scale: float, repeats: int, patience: float, library: Path | None) -> None:
    """Print the rows of a case."""
    rungs = cases(scale)[case].rungs
    load()
    warm = _warm(rungs[0], method, library)
    taken: dict[str, list[float]] = {}
    for shape in rungs:
        print(json.dumps(row_of(shape, method, repeats, patience, library, taken) | {"warm_s": warm}), flush=True)


def _warm(shape: Shape, method: str, library: Path | None) -> float:
    """CPU seconds of the first runs, which compile or load what they call."""
    started = process_time()
    sizes, demands = shape.arrays()
    for run in runners(method, shape.resources, library).values():
        run(shape, sizes, demands)
    return round(process_time() - started, 3)


def row_of(
    shape: Shape, method: str, repeats: int, patience: float, library: Path | None, taken: dict[str, list[float]]
) -> Row:
    """One rung. taken : the seconds of each runner on the rungs before, to which this one's are added."""
    sizes, demands = shape.arrays()
    calls = runners(method, shape.resources, library)
    skipped = {name: reason for name in calls if (reason := _too_long(taken.get(name, []), patience))}
    runs: dict[str, list[Run]] = {name: [] for name in calls if name not in skipped}
    for _ in range(repeats):
        for name, done in runs.items():
            if not done or done[0].seconds < AGAIN:
                done.append(calls[name](shape, sizes, demands))
    for name in calls:
        taken.setdefault(name, []).append(median(run.seconds for run in runs[name]) if name in runs else float("inf"))
    return {
        "copies": int(demands.sum()),
        "item_types": len(sizes),
        "resources": shape.resources,
        "bound": volume_bound(shape, sizes, demands),
        "runs": {name: _summary(done) for name, done in runs.items()},
        "skipped": skipped,
    }


def _too_long(taken: list[float], patience: float) -> str:
    """Why a runner is not run on the next rung; empty where it is. A rung is taken to be twice as much work at least."""
    if not taken:
        return ""
    growth = max(2.0, taken[-1] / max(taken[-2], 1e-4)) if len(taken) > 1 and taken[-1] < float("inf") else 2.0
    expected = taken[-1] * growth
    return f"over {patience:g} s" if expected > patience else ""


def _summary(done: list[Run]) -> Row:
    return {
        "seconds": [round(run.seconds, 6) for run in done],
        "wall": [round(run.wall, 6) for run in done],
        "bins": done[0].bins,
        "contents": done[0].contents(),
    }


def main(arguments: list[str]) -> None:
    """CASE METHOD SCALE REPEATS PATIENCE [LIBRARY]"""
    case, method, scale, repeats, patience, *library = arguments
    if method not in METHODS:
        raise SystemExit(f"unknown method {method}")
    measure(case, method, float(scale), int(repeats), float(patience), Path(library[0]) if library else None)


if __name__ == "__main__":
    main(sys.argv[1:])
