"""How time grows: the exponent of a power law through the last rungs, and what it says of rungs that were not run."""

from __future__ import annotations

from math import exp, log
from statistics import linear_regression, median
from typing import Any

Row = dict[str, Any]

LAST = 4
"""Rungs of the fit: what a call costs at least bends the curve where there is little to do."""
SMALLEST = 1e-4
"""Seconds below which a time says nothing."""
AXES = {"copies": "copies", "resources": "resources", "item types": "item_types"}


def points(rows: list[Row], axis: str, name: str) -> list[tuple[int, float]]:
    """(where on the axis, median seconds) of a runner on each rung that it ran on."""
    return [(row[AXES[axis]], median(row["runs"][name]["seconds"])) for row in rows if name in row["runs"]]


def power_law(found: list[tuple[int, float]]) -> tuple[float, float] | None:
    """(exponent, factor) through the last points, least squares of the logarithms; None with fewer than two."""
    usable = [(log(x), log(y)) for x, y in found[-LAST:] if y >= SMALLEST]
    if len(usable) < 2:
        return None
    slope, intercept = linear_regression(*zip(*usable, strict=True))
    return slope, exp(intercept)


def seconds_at_last(rows: list[Row], axis: str, name: str) -> tuple[float, bool] | None:
    """Median seconds on the last rung, and whether they were measured: otherwise the power law's. None if unknown."""
    found = points(rows, axis, name)
    if name in rows[-1]["runs"]:
        return found[-1][1], True
    law = power_law(found)
    return None if law is None else (law[1] * rows[-1][AXES[axis]] ** law[0], False)
