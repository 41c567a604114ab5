"""Packing by curves: what stands on a machine fits at every point of time, and no fewer machines do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from binpack_solvers.portfolio import solve
from eras.estates import BOX
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.eras.options import PARTS, EraOptions
from binpack.eras.packing.compilation import Box, Piece, compile_problem
from binpack.errors import InputError
from binpack.machines.machine_type import MachineType
from binpack.planning import compare_sized
from binpack.report.json import plan_json
from binpack.units import GIB, MIB
from binpack.verify import verify_plan
from binpack.verify.facts import Facts
from binpack.verify.over_time import overfull
from binpack.workload.application import Application
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

POINTS = 3
SHARED = ("virtual_machines", "containers", "docker_swarm", "kubernetes", "kubernetes_on_vms")


def partitions(things: Sequence[int]) -> Iterator[list[list[int]]]:
    """All ways of putting things into boxes that are alike."""
    if not things:
        yield []
        return
    first, *rest = things
    for boxes in partitions(rest):
        yield [[first], *boxes]
        for k, box in enumerate(boxes):
            yield [*boxes[:k], [first, *box], *boxes[k + 1 :]]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(*[st.integers(0, 10)] * POINTS), min_size=1, max_size=5), st.lists(st.integers(0, 4), max_size=5)
)
def test_as_few_machines_as_brute_force_finds(curves: list[tuple[int, ...]], memory: list[int]) -> None:
    """Every way of dealing the copies out, tried at every point; a resource without a curve is the same at all."""
    held = [memory[k] if k < len(memory) else 1 for k in range(len(curves))]
    machine = MachineType("m", {"cpu": 10, "memory": 8})
    pieces = [
        Piece(f"p{k}", 1, {"cpu": curve[0], "memory": held[k]}, curves={"cpu": curve}) for k, curve in enumerate(curves)
    ]
    compiled = compile_problem([Box(machine, machine.capacity)], pieces)

    def fits(box: list[int]) -> bool:
        at_all_points = all(sum(curves[k][t] for k in box) <= 10 for t in range(POINTS))
        return at_all_points and sum(held[k] for k in box) <= 8

    best = min(len(boxes) for boxes in partitions(range(len(curves))) if all(map(fits, boxes)))
    solution = solve(compiled.problem, time_limit=5.0)
    assert (solution.bins, solution.status) == (best, "optimal")


@st.composite
def curved_estates(draw: st.DrawFn) -> Workload:
    """One to three applications with curves of CPU and memory, in some of them of CPU alone."""
    applications = []
    for k in range(draw(st.integers(1, 3))):
        cpu = tuple(draw(st.integers(0, 8_000)) for _ in range(POINTS))
        memory = tuple(draw(st.integers(0, 16)) * GIB + 5 * MIB for _ in range(POINTS))
        curves = {"cpu": cpu, "memory": memory} if draw(st.booleans()) else {"cpu": cpu}
        requests = {"cpu": max(cpu), "memory": max(memory)}
        applications.append(Application(f"a{k}", draw(st.integers(1, 5)), requests, curves=curves))
    return Workload("t", tuple(applications))


def facts_of(sized: Workload) -> Facts:
    return Facts({a.key: a for a in sized.placed}, {BOX.name: BOX})


@settings(max_examples=15, deadline=None)
@given(curved_estates())
def test_by_curve_never_more_than_by_peak_and_every_plan_adds_up(workload: Workload) -> None:
    """Proven answers by curve need no more machines than by the tops of curves; the checker finds every point in order."""
    options = EraOptions(time_limit=0.5)
    by = {
        size_by: compare_sized(size_workload(workload, size_by), [BOX], SHARED, (PARTS,), options, size_by)
        for size_by in ("requests", "curve")
    }
    sized = size_workload(workload, "curve")
    for peak, curve in zip(by["requests"].rows, by["curve"].rows, strict=True):
        if peak.plan.status == curve.plan.status == "optimal":
            assert curve.machines <= peak.machines
        found = plan_json(curve.plan)
        assert verify_plan(found, facts_of(sized)) == []
        machines = plan_json(peak.plan)["machines"]
        assert not any(any(overfull(peak.era, machine, facts_of(sized))) for machine in machines)


def test_copies_that_take_turns_share_a_machine() -> None:
    """Two copies that are never busy together: one machine in place of two; a VM's memory is not shared in time."""
    day, night = (12_000, 100), (100, 12_000)
    low, high = (40 * GIB, GIB), (GIB, 40 * GIB)

    def machines(era: str, memory: bool) -> int:
        applications = tuple(
            Application(
                name,
                1,
                {"cpu": 12_000, "memory": 40 * GIB if memory else GIB},
                curves={"cpu": cpu, **({"memory": held} if memory else {})},
            )
            for name, cpu, held in (("day", day, low), ("night", night, high))
        )
        sized = size_workload(Workload("t", applications), "curve")
        return compare_sized(sized, [BOX], (era,), (PARTS,), EraOptions(time_limit=0.5), "curve").rows[0].machines

    assert machines("containers", memory=True) == 1
    assert machines("virtual_machines", memory=False) == 1
    assert machines("virtual_machines", memory=True) == 2
    assert machines("physical", memory=True) == 2


NODES = (
    ("kubernetes_on_vms", EraOptions(time_limit=0.5)),
    ("containers", EraOptions(time_limit=0.5, containers_on_vms=True)),
)


@pytest.mark.parametrize(("era", "options"), NODES)
def test_copies_that_take_turns_share_a_node(era: str, options: EraOptions) -> None:
    """CPU and memory of a VM that holds many copies are shared in time; the checker holds each VM against the curves."""
    turns = ((9_000, 100), (100, 9_000))
    applications = tuple(
        Application(f"a{k}", 3, {"cpu": 9_000, "memory": 30 * GIB}, curves={"cpu": cpu, "memory": memory})
        for k, (cpu, memory) in enumerate(zip(turns, ((30 * GIB, GIB), (GIB, 30 * GIB)), strict=True))
    )
    found = {}
    for size_by in ("requests", "curve"):
        sized = size_workload(Workload("t", applications), size_by)
        [row] = compare_sized(sized, [BOX], (era,), (PARTS,), options, size_by).rows
        found[size_by] = row.machines
    assert found == {"requests": 6, "curve": 3}
    facts = replace(facts_of(sized), containers_on_vms=True)
    plan = plan_json(row.plan)
    assert verify_plan(plan, facts) == []
    [together] = {vm["name"] for m in plan["machines"][:1] for vm in m["virtual_machines"]}
    higher = tuple(replace(a, curves={**a.curves, "cpu": (9_000, 9_000)}) for a in sized.applications)
    faults = verify_plan(plan, replace(facts, applications={a.key: a for a in higher}))
    assert any(f": {together}: cpu is" in fault for fault in faults)


def test_the_checker_sees_a_machine_that_is_too_full_at_one_point() -> None:
    """A plan made for lower curves is refused at the first resource and point that do not fit, which it names."""
    a = Application("a", 2, {"cpu": 7_000, "memory": GIB}, curves={"cpu": (7_000, 6_000, 7_000)})
    sized = size_workload(Workload("t", (a,)), "curve")
    plan = plan_json(compare_sized(sized, [BOX], ("containers",), (PARTS,), EraOptions(), "curve").rows[0].plan)
    assert verify_plan(plan, facts_of(sized)) == []
    [placed] = sized.applications
    higher = replace(sized, applications=(replace(placed, curves={"cpu": (7_000, 9_000, 7_000)}),))
    [fault] = verify_plan(plan, facts_of(higher))
    assert "cpu is" in fault
    assert fault.endswith("at point 2")


@pytest.mark.parametrize("options", [{"runtime": "kata"}, {"cpu_efficiency": {"vm": "0.9"}}])
def test_what_is_not_counted_over_time_is_refused(options: dict[str, object]) -> None:
    """Sandboxes, and layers that take a share of CPU."""
    a = Application("a", 1, {"cpu": 2, "memory": GIB}, curves={"cpu": (1, 2)})
    sized = size_workload(Workload("t", (a,)), "curve")
    with pytest.raises(InputError, match="sizes by curves beside it"):
        compare_sized(sized, [BOX], ("containers",), (PARTS,), EraOptions(**options), "curve")  # type: ignore[arg-type]


def test_limits_beside_another_application() -> None:
    """At most so many copies of another on a machine with an application; none of it where that is not there."""
    loud = Application("loud", 1, {"cpu": 100, "memory": MIB})
    quiet = Application("quiet", 6, {"cpu": 100, "memory": MIB})
    loud = replace(loud, placement=replace(loud.placement, most_beside={quiet.key: 2}))
    sized = size_workload(Workload("t", (loud, quiet)))
    row = compare_sized(sized, [BOX], ("containers",), (PARTS,), EraOptions(time_limit=0.5), "requests").rows[0]
    assert row.machines == 2
    plan = plan_json(row.plan)
    assert verify_plan(plan, facts_of(sized)) == []
    stricter = replace(loud, placement=replace(loud.placement, most_beside={quiet.key: 1}))
    together = [m for m in plan["machines"] if {i["application"] for i in m["instances"]} == {loud.key, quiet.key}]
    if together and sum(i["count"] for i in together[0]["instances"]) > 2:
        assert verify_plan(plan, facts_of(replace(sized, applications=(stricter, *sized.applications[1:])))) != []
