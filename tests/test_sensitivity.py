"""Break-even values against a scan of every value, and which assumption comes first."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError, RefusedPlanError, input_error
from binpack.sensitivity import Axis, EraCount, Point, sensitivity

TOP = 200
LINES = st.tuples(st.integers(0, 60), st.integers(1, 9), st.integers(1, 9))  # an era's machines: start + value * a // b


def axis(points: tuple[int, ...], percent: int | None = 0, name: str = "load") -> Axis:
    """An assumption whose values are numbers, none of them the run's."""
    return Axis(name, "", points, None, "-", str, lambda run, value: run, percent)


def point(machines: dict[str, int], unplaced: frozenset[str] = frozenset()) -> Point:
    """So many machines in each era, all proven."""
    return Point({era: EraCount(era, n, None, n, "optimal", int(era in unplaced)) for era, n in machines.items()})


def counts(lines: Sequence[tuple[int, int, int]], value: int) -> Point:
    """Eras whose machines grow with the value."""
    return point({f"era {k}": start + value * a // b for k, (start, a, b) in enumerate(lines)})


@given(st.lists(LINES, min_size=2, max_size=2))
def test_break_even_agrees_with_a_scan(lines) -> None:  # type: ignore[no-untyped-def]
    """Each break-even is a pair of neighbouring integers between which a scan sees the order change; where the scan sees
    one change alone, it is the one."""
    (swept,) = sensitivity([axis((1, TOP))], counts(lines, 1), lambda wanted: [counts(lines, v) for _, v in wanted])
    orders = {value: counts(lines, value).order("era 0", "era 1") for value in range(1, TOP + 1)}
    scan = [(low, high) for low, high in pairwise(orders) if orders[low] != orders[high]]
    found = [(change.below, change.above) for change in swept.break_evens]
    assert set(found) <= set(scan)
    if len(scan) == 1:
        assert found == scan
    assert bool(found) == (orders[1] != orders[TOP])
    assert {value: p.counts for value, p in swept.points.items()} == {v: counts(lines, v).counts for v in swept.points}


@given(st.integers(0, 10**9), st.integers(0, 10**12))
def test_break_even_of_amounts_is_found_to_one_per_cent(threshold: int, top: int) -> None:
    """The two values lie around the true one, 1 % apart at most (or 0.01 % of the range), after few counts."""
    asked: list[int] = []

    def machines(value: int) -> Point:
        asked.append(value)
        return point({"steady": 5, "growing": 3 if value <= threshold else 8})

    points = tuple(sorted({0, top}))
    (swept,) = sensitivity([axis(points, 1)], machines(0), lambda wanted: [machines(v) for _, v in wanted])
    found = swept.break_evens
    assert bool(found) == (threshold < top)
    for change in found:
        assert change.below <= threshold < change.above
        assert change.above - change.below <= max(1, change.below // 100, top // 10_000)
        assert swept.reverses(change)
    assert len(asked) <= 40


def test_the_assumption_that_changes_most_comes_first() -> None:
    """By the mean over the eras of most less fewest, over the run's; one that changes nothing is last."""
    run = point({"a": 10, "b": 20})
    machines = {"still": 0, "strong": 5, "weak": 1}

    def counted(wanted):  # type: ignore[no-untyped-def]
        return [point({"a": 10 + machines[each.name] * value, "b": 20}) for each, value in wanted]

    swept = sensitivity([axis((0, 2), 0, name) for name in machines], run, counted)
    assert [each.axis.name for each in swept] == ["strong", "weak", "still"]
    assert [float(each.change) for each in swept] == [0.5, 0.1, 0.0]


def test_what_has_no_place_comes_after_all_that_has() -> None:
    """An era with copies left out is worse than any with more machines, and level with another such era."""
    found = point({"a": 1, "b": 2, "c": 9}, frozenset({"a", "b"}))
    assert [found.order("a", "c"), found.order("a", "b"), found.order("c", "b")] == [1, 0, -1]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=2))
def test_a_proven_order_is_that_of_all_the_bounds_allow(pairs) -> None:  # type: ignore[no-untyped-def]
    """Proven if and only if every number of machines from bound to count gives the order that is shown."""
    ranges = [range(min(pair), max(pair) + 1) for pair in pairs]
    found = Point(
        {
            str(k): EraCount(str(k), r[-1], None, r[0], "optimal" if len(r) == 1 else "feasible", 0)
            for k, r in enumerate(ranges)
        }
    )
    orders = {(a > b) - (a < b) for a in ranges[0] for b in ranges[1]}
    assert found.proven("0", "1") == (orders == {found.order("0", "1")})


def test_choices_are_not_halved() -> None:
    """Between two choices there is nothing: only they are counted, and the change lies between neighbours."""
    machines = [point({"a": 1, "b": 2}), point({"a": 2, "b": 2}), point({"a": 3, "b": 2})]
    (swept,) = sensitivity([axis((0, 1, 2), None)], machines[0], lambda wanted: [machines[v] for _, v in wanted])
    assert list(swept.points) == [0, 1, 2]
    assert [(c.below, c.above, swept.reverses(c)) for c in swept.break_evens] == [(0, 1, False), (1, 2, False)]


def test_errors_travel_between_processes() -> None:
    """An error of a worker arrives as it was raised."""
    for error in (
        input_error("--runtime", "kata", "a Linux application", "or runc"),
        RefusedPlanError("a plan", ["x", "y"]),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again)) == (type(error), str(error))
        if isinstance(error, InputError):
            assert again.problems == error.problems
