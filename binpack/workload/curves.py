"""Curves of a trace: what copies took at each point of time, as sizes by the maximum, by a percentile, or by the curve.

Percentiles of copies do not add up: the sum of 95th percentiles is not the 95th percentile of the sum. It is more where
copies are busy at different times and less where they are busy together, so that a machine packed by percentiles may hold
too much at some point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.errors import input_error
from binpack.units import CPU
from binpack.workload.application import Application, Resources
from binpack.workload.workload import Workload

Curve = Sequence[int | None]

MOST_POINTS = 288
"""Points that packing by curves looks at: five minutes of a day. Each further one is a further resource."""


def has_curves(workload: Workload) -> bool:
    """Whether anything of the workload is a trace's, with curves."""
    return any(application.curves for application in workload.placed)


def percentile(curve: Curve, percent: int) -> int:
    """The smallest amount that at least so many per cent of the points do not exceed (nearest rank), of those at which the
    copy was there; 100: the maximum. 0 where it never was."""
    amounts = sorted(amount for amount in curve if amount is not None)
    return amounts[max(0, -(-len(amounts) * percent // 100) - 1)] if amounts else 0


def usage_of_curves(workload: Workload, percent: int) -> dict[str, Resources]:
    """``group/name`` -> that percentile of each of its curves, and what it requests of all else, for sizing by usage;
    InputError where there are no curves."""
    if not has_curves(workload):
        expected = "a table of what applications use, or a trace with curves"
        raise input_error("--size-by usage", "no --usage FILE", expected)
    return {
        a.key: {**a.requests, **{resource: percentile(curve, percent) for resource, curve in a.curves.items()}}
        for a in workload.placed
        if a.curves
    }


def coarse(curve: Curve, points: int) -> tuple[int | None, ...]:
    """At most so many points: each the most of a stretch of neighbours, so that what fits there fits at all of them."""
    length = -(-len(curve) // points)
    stretches = (curve[k : k + length] for k in range(0, len(curve), length))
    return tuple(max((a for a in stretch if a is not None), default=None) for stretch in stretches)


def without_curves(sized: Workload) -> Workload:
    """Placed by sizes alone, which are the same at every point."""
    if not any(application.curves for application in sized.applications):
        return sized
    return replace(sized, applications=tuple(replace(a, curves={}) for a in sized.applications))


def by_curves(sized: Workload) -> Workload:
    """Placed by the curves of at most ``MOST_POINTS`` points; ``size`` is what copies take when all of them together take
    the most CPU, so that every sum of a plan is of one moment."""
    longest = max((len(curve) for a in sized.placed for curve in a.curves.values()), default=0)
    if not longest:
        raise input_error(sized.name, "no curves over time", "a trace that has them")
    points = min(longest, MOST_POINTS)
    shorter = [_with_curves(a, points) for a in sized.applications]
    busiest = _busiest(shorter)
    placed = tuple(replace(a, size={**a.size, **_at(a, busiest)}) for a in shorter)
    each = "" if points == longest else f", each the most of {-(-longest // points)} of the trace's {longest:,}"
    found = f"by curves of {len(_first_curve(shorter)):,} points{each}"
    note = f"{found}; sums are those of point {busiest + 1}, at which all together take the most CPU"
    return replace(sized, applications=placed, notes=(*sized.notes, note))


def _with_curves(application: Application, points: int) -> Application:
    curves = {resource: coarse(curve, points) for resource, curve in application.curves.items()}
    return replace(application, curves=curves)


def _first_curve(applications: Sequence[Application]) -> Curve:
    return next(curve for a in applications for curve in a.curves.values())


def _at(application: Application, point: int) -> dict[str, int]:
    return {resource: curve[point] or 0 for resource, curve in application.curves.items()}


def _busiest(applications: Sequence[Application]) -> int:
    """The first point at which all copies together take the most CPU."""
    total = [0] * len(_first_curve(applications))
    for application in applications:
        for k, amount in enumerate(application.curves.get(CPU, ())):
            total[k] += (amount or 0) * application.replicas
    return total.index(max(total))
