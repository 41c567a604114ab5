"""The two shapes of an estate: parts that scale by themselves, and one process per copy."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from binpack.units import CPU, MEMORY
from binpack.workload.application import ISOLATIONS, ROWS, Application, Component, Container, Placement
from binpack.workload.monolith import as_monolith, as_parts
from binpack.workload.sizing import DEFAULTS, size_workload
from binpack.workload.workload import Workload


def estate(*applications: Application) -> Workload:
    return size_workload(Workload("w", applications))


def app(name: str, replicas: int = 1, **more: object) -> Application:
    fields = {"requests": {CPU: 100, MEMORY: 10}, "group": "g", **more}
    return Application(name, replicas, **fields)  # type: ignore[arg-type]


def test_parts_of_a_group_become_one_process() -> None:
    """As big as one copy of each, as many as the most copied; the strictest rules of all; images together."""
    workload = as_monolith(
        estate(
            app("a", 2, requests={CPU: 100, "gpu": 1}, placement=Placement(max_per_host=3), image_bytes=5),
            app("b", 5, isolation="vm", placement=Placement(max_per_host=2)),
            app("c", 1, isolation="process", image_bytes=7, placement=Placement(node_selector={"x": "y"})),
        )
    )
    (one,) = workload.applications
    assert (one.key, one.replicas) == ("g/g as one process", 5)
    assert one.requests == {CPU: 300, MEMORY: 20, "gpu": 1}
    assert one.size == {CPU: 300, MEMORY: 20 + DEFAULTS[MEMORY], "gpu": 1}
    assert (one.assumed, one.isolation, one.image_bytes) == ({MEMORY}, "vm", 12)
    assert one.placement == Placement(2, node_selector={"x": "y"})


def test_what_is_not_joined() -> None:
    """Agents, jobs, rows of a table, what is scaled to 0 and wholes with components stay as they are."""
    others = (
        app("agent", agent=True),
        app("job", job=True),
        app("row", kind=ROWS),
        app("none", 0),
        app("whole", components=(Component("part"),)),
    )
    workload = estate(app("a"), *others)
    assert as_monolith(workload).applications == workload.applications


def test_groups_families_and_architectures_stay_apart() -> None:
    """One process has one group, one kernel family and one architecture; names stay unique."""
    workload = estate(
        *(
            app(f"{os}{arch}{k}", os=os, arch=arch)
            for os in ("linux", "windows")
            for arch in ("amd64", "arm64")
            for k in "12"
        ),
        app("x", group="h"),
    )
    joined = as_monolith(workload).applications
    assert [(a.group, a.os, a.arch, a.size[CPU]) for a in joined] == [
        ("g", "linux", "amd64", 200),
        ("g", "linux", "arm64", 200),
        ("g", "windows", "amd64", 200),
        ("g", "windows", "arm64", 200),
        ("h", "linux", "amd64", 100),
    ]
    assert len({a.key for a in joined}) == len(joined)


def test_parts_that_want_different_hosts_are_different_processes() -> None:
    """Labels that contradict each other split a group."""
    rules = [Placement(node_selector=s) for s in ({"disk": "ssd"}, {"disk": "hdd"}, {"gpu": "yes"})]
    joined = as_monolith(estate(*(app(f"a{k}", placement=rule) for k, rule in enumerate(rules)))).applications
    assert [a.placement.node_selector for a in joined] == [{"disk": "ssd", "gpu": "yes"}, {"disk": "hdd"}]


def test_rules_follow_the_names() -> None:
    """Rules between parts of one process vanish; those with others name what stands in their place."""
    workload = estate(
        app("a", placement=Placement(apart_from=("g/b", "h/x", "h/job"), together_with=("g/b", "h/y"))),
        app("b"),
        app("x", group="h"),
        app("y", group="h"),
        app("job", group="h", job=True, placement=Placement(apart_from=("g/a", "g/b"))),
    )
    applications = {a.key: a.placement for a in as_monolith(workload).applications}
    assert applications["g/g as one process"].apart_from == ("h/h as one process", "h/job")
    assert applications["g/g as one process"].together_with == ("h/h as one process",)
    assert applications["h/job"].apart_from == ("g/g as one process",)


def test_components_become_applications() -> None:
    """Each with its own size and copies (else the whole's); the whole's rules hold for each."""
    parts = (Component("x", {CPU: 10, MEMORY: 1}, 4, "x:1"), Component("y", {CPU: 20}))
    workload = estate(
        app("a", 2, components=parts, image_bytes=9, isolation="vm", placement=Placement(max_per_host=1)),
        app("b", placement=Placement(apart_from=("g/a",), together_with=("g/a",))),
    )
    x, y, b = as_parts(workload).applications
    assert (x.key, x.replicas, x.size, x.assumed) == ("g/a-x", 4, {CPU: 10, MEMORY: 1}, frozenset())
    assert (y.key, y.replicas) == ("g/a-y", 2)
    assert (y.size, y.assumed) == ({CPU: 20, MEMORY: DEFAULTS[MEMORY]}, {MEMORY})
    assert x.containers == (Container("x", "x:1", {CPU: 10, MEMORY: 1}),)
    assert all(
        (p.isolation, p.placement.max_per_host, p.image_bytes, p.components) == ("vm", 1, None, ()) for p in (x, y)
    )
    assert (b.placement.apart_from, b.placement.together_with) == (("g/a-x", "g/a-y"), ("g/a-x",))


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    """Small estates with everything that decides what is joined."""
    applications = []
    for k in range(draw(st.integers(0, 6))):
        applications.append(
            Application(
                f"a{k}",
                draw(st.integers(0, 4)),
                draw(st.dictionaries(st.sampled_from([CPU, MEMORY, "gpu"]), st.integers(0, 9), max_size=3)),
                group=draw(st.sampled_from("gh")),
                os=draw(st.sampled_from(["linux", "windows"])),
                isolation=draw(st.none() | st.sampled_from(ISOLATIONS)),
                agent=draw(st.booleans()),
                components=tuple(draw(st.lists(st.builds(Component, st.sampled_from("xyz")), max_size=2))),
                placement=Placement(
                    draw(st.none() | st.integers(1, 3)),
                    node_selector=draw(st.dictionaries(st.just("k"), st.sampled_from("uv"))),
                ),
            )
        )
    return estate(*applications)


@given(workloads())
def test_joining_loses_nothing(workload: Workload) -> None:
    """One copy of everything asks for the same in both shapes, no rule gets weaker, and joining again changes nothing."""
    before = deepcopy(workload)
    joined = as_monolith(workload)
    assert workload == before
    for resource in (CPU, MEMORY, "gpu"):
        assert sum(a.size.get(resource, 0) for a in joined.applications) == sum(
            a.size.get(resource, 0) for a in workload.applications
        )
    assert len({a.key for a in joined.applications}) == len(joined.applications) <= len(workload.applications)
    for a in workload.placed:
        homes = [b for b in joined.placed if (b.group, b.os) == (a.group, a.os) and b.replicas >= a.replicas]
        assert any(
            (a.isolation is None or ISOLATIONS.index(b.isolation or "process") >= ISOLATIONS.index(a.isolation))
            and (b.placement.max_per_host or 9) <= (a.placement.max_per_host or 9)
            and dict(b.placement.node_selector).items() >= dict(a.placement.node_selector).items()
            for b in homes
        )
    assert [a.size for a in as_monolith(joined).applications] == [a.size for a in joined.applications]
