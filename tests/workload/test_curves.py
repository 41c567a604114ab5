"""Curves of a trace as sizes: percentiles, fewer points, and placing by curves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.workload.application import Application
from binpack.workload.curves import MOST_POINTS, coarse, percentile, usage_of_curves
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

CURVES = st.lists(st.none() | st.integers(0, 50), min_size=1, max_size=40).map(tuple)


@given(CURVES, st.integers(1, 100))
def test_a_percentile_is_the_smallest_amount_not_exceeded_so_often(curve: tuple[int | None, ...], percent: int) -> None:
    """Nearest rank over the points at which the copy was there; 0 where it never was."""
    there = [amount for amount in curve if amount is not None]
    enough = [v for v in there if 100 * sum(amount <= v for amount in there) >= percent * len(there)]
    assert percentile(curve, percent) == min(enough, default=0)


@given(CURVES, st.integers(1, 10))
def test_fewer_points_hide_no_amount(curve: tuple[int | None, ...], points: int) -> None:
    """Each point of the coarse curve is the most of as many neighbours; the last stretch may be shorter."""
    found = coarse(curve, points)
    length = -(-len(curve) // points)
    assert len(found) <= points
    for k, amount in enumerate(curve):
        assert amount is None or (found[k // length] or 0) >= amount
    assert [a for a in found if a is not None] == [
        max(there) for k in range(len(found)) if (there := [a for a in curve[k * length :][:length] if a is not None])
    ]


def trace(*applications: Application) -> Workload:
    return Workload("t", applications)


def test_sizes_by_curve_are_those_of_the_busiest_point() -> None:
    """The point with the most CPU of all copies; what has no curve keeps its request at every point."""
    a = Application("a", 3, {"cpu": 9, "memory": 5}, curves={"cpu": (1, 9, 2)})
    b = Application("b", 1, {"cpu": 30, "memory": 8}, curves={"cpu": (30, None, 29), "memory": (1, 2, 8)})
    sized = size_workload(trace(a, b), "curve")
    assert [dict(x.size) for x in sized.applications] == [{"cpu": 2, "memory": 5}, {"cpu": 29, "memory": 8}]
    assert [x.peak for x in sized.applications] == [{"cpu": 9, "memory": 5}, {"cpu": 30, "memory": 8}]
    assert "by curves of 3 points" in sized.notes[-1]
    assert "point 3" in sized.notes[-1]


def test_other_sizes_leave_curves_aside() -> None:
    """By requests, or by a percentile of the curves as usage, a copy takes the same at every point."""
    a = Application("a", 1, {"cpu": 9, "memory": 5}, curves={"cpu": (1, 2, 3)})
    for by, usage, cpu in (("requests", None, 9), ("usage", usage_of_curves(trace(a), 50), 2)):
        [found] = size_workload(trace(a), by, usage).applications
        assert (found.size["cpu"], found.size["memory"], found.curves) == (cpu, 5, {})


def test_long_curves_are_joined() -> None:
    """More points than are looked at: stretches of neighbours, which a note says."""
    a = Application("a", 1, {"cpu": 1, "memory": 1}, curves={"cpu": tuple(range(MOST_POINTS * 2 + 1))})
    sized = size_workload(trace(a), "curve")
    assert len(sized.applications[0].curves["cpu"]) == 193
    assert "each the most of 3 of the trace's 577" in sized.notes[-1]


def test_without_curves_nothing_is_placed_by_them() -> None:
    """InputError, for sizes by curves and for percentiles."""
    plain = trace(Application("a", 1, {"cpu": 1, "memory": 1}))
    with pytest.raises(InputError, match="no curves over time"):
        size_workload(plain, "curve")
    with pytest.raises(InputError, match="no --usage FILE"):
        usage_of_curves(plain, 95)
