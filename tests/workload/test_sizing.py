"""Sizes: what stands in for what, which defaults are stated, and what is said about it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.units import CPU, GIB, MEMORY, MIB
from binpack.workload.application import Application, Component, Container
from binpack.workload.sizing import DEFAULTS, MEASURES, assumed_share, size_workload
from binpack.workload.workload import Workload


def sized(*applications: Application, by: str = "requests", **more: object) -> Workload:
    return size_workload(Workload("w", applications), by, **more)  # type: ignore[arg-type]


def test_requests_then_limits_then_defaults() -> None:
    """Each resource by itself: requested, else limited, else a stated default; nothing else is added."""
    workload = sized(
        Application("a", requests={CPU: 1, "gpu": 2}, limits={CPU: 5, MEMORY: GIB}),
        Application("b", requests={CPU: 0, MEMORY: 0}),
        Application("c"),
    )
    a, b, c = workload.applications
    assert (a.size, a.assumed) == ({CPU: 1, MEMORY: GIB, "gpu": 2}, frozenset())
    assert (b.size, b.assumed) == ({CPU: 0, MEMORY: 0}, frozenset())
    assert (c.size, c.assumed) == (DEFAULTS, frozenset({CPU, MEMORY}))
    assert workload.notes == ("1 applications request no CPU or no memory: their limits stand in (a)",)
    (assumption,) = workload.assumptions
    assert assumption.value == "0.1 CPU and 200 MiB"
    assert "1 applications without a request" in assumption.source


def test_defaults_are_per_container() -> None:
    """As for kube-scheduler, each container without a request counts by itself."""
    a = sized(Application("a", containers=(Container("x"), Container("y")))).applications[0]
    assert a.size == {CPU: 200, MEMORY: 400 * MIB}


def test_by_limits() -> None:
    """Limits first; requests stand in."""
    workload = sized(Application("a", requests={CPU: 1, MEMORY: 2}, limits={CPU: 5}), by="limits")
    assert workload.applications[0].size == {CPU: 5, MEMORY: 2}
    assert workload.notes == ("1 applications limit no CPU or no memory: their requests stand in (a)",)


def test_by_usage() -> None:
    """What was measured first, under ``group/name`` before ``name``; then requests, then limits."""
    usage = {"g/a": {CPU: 7}, "a": {CPU: 8}, "b": {CPU: 9, MEMORY: 9}, "strange": {CPU: 1}}
    workload = sized(
        Application("a", group="g", requests={CPU: 1, MEMORY: 2}),
        Application("a", group="h", requests={CPU: 1}, limits={MEMORY: 3}),
        Application("b"),
        by="usage",
        usage=usage,
    )
    assert [a.size for a in workload.applications] == [{CPU: 7, MEMORY: 2}, {CPU: 8, MEMORY: 3}, {CPU: 9, MEMORY: 9}]
    assert workload.notes == (
        "2 applications have no usage of CPU or memory: their requests or limits stand in (a, a)",
        "usage of what is not among the applications: strange",
    )
    assert workload.assumptions == ()


@pytest.mark.parametrize(("by", "usage"), [("guess", None), ("usage", None), ("usage", {})])
def test_refused(by: str, usage: dict[str, dict[str, int]] | None) -> None:
    """An unknown measure, and usage without any."""
    with pytest.raises(InputError, match="--size-by"):
        size_workload(Workload("w", (Application("a"),)), by, usage)


def test_components_give_the_size_of_a_whole_that_says_none() -> None:
    """One copy of each part is the whole's size, where every part says its own."""
    parts = (Component("x", {CPU: 100, MEMORY: 5, "gpu": 1}, 9), Component("y", {CPU: 200}))
    a = sized(Application("a", components=parts)).applications[0]
    assert (a.size, a.assumed) == ({CPU: 300, MEMORY: DEFAULTS[MEMORY], "gpu": 1}, frozenset({MEMORY}))
    b = sized(Application("b", requests={CPU: 1}, components=parts)).applications[0]
    assert b.size[CPU] == 1


def test_a_note_lists_a_few_names() -> None:
    """Long lists are cut."""
    applications = [Application(f"a{k}", requests={CPU: 1}, limits={MEMORY: 1}) for k in range(7)]
    assert sized(*applications).notes[0].endswith("(a0, a1, a2, a3, a4 and 2 more)")


def test_assumed_share() -> None:
    """The larger of CPU's and memory's part, by copies; agents and what is scaled to 0 do not count."""
    workload = sized(
        Application("a", 3, {CPU: 100, MEMORY: 600 * MIB}),
        Application("b", 1, {MEMORY: 0}),
        Application("c", 0),
        Application("d", agent=True),
    )
    assert assumed_share(workload) == Fraction(1, 4)
    assert assumed_share(sized(Application("a"))) == 1
    assert assumed_share(Workload("w")) == 0


def amounts() -> st.SearchStrategy[dict[str, int]]:
    """What something says of its resources."""
    return st.dictionaries(st.sampled_from([CPU, MEMORY, "gpu"]), st.integers(0, 99), max_size=3)


@given(amounts(), amounts(), st.sampled_from(MEASURES[:3]), amounts().filter(bool))
def test_sizes_are_whole_and_invented_only_where_assumed(
    requests: dict[str, int], limits: dict[str, int], by: str, used: dict[str, int]
) -> None:
    """Every size has CPU and memory; each amount was said by some measure, or is a default and marked as assumed."""
    a = sized(Application("a", requests=requests, limits=limits), by=by, usage={"a": used}).applications[0]
    said = [requests, limits, *([used] if by == "usage" else [])]
    assert {CPU, MEMORY} <= set(a.size)
    assert a.assumed == {r for r in (CPU, MEMORY) if not any(r in measure for measure in said)}
    for resource, amount in a.size.items():
        if resource in a.assumed:
            assert amount == DEFAULTS[resource]
        else:
            assert amount in [measure[resource] for measure in said if resource in measure]
    assert (a.requests, a.limits) == (requests, limits)
