"""The verifier accepts every plan that adds up and no plan that was tampered with."""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.eras.options import ERAS, SHAPES
from binpack.machines.machine_type import MachineType
from binpack.planning import compare_eras
from binpack.report.json import era_json, plan_json
from binpack.units import GIB, MIB
from binpack.verify import verify_plan, verify_row
from binpack.workload.application import Application, Component, Placement
from binpack.workload.workload import Workload

BOX = MachineType("box", {"cpu": 8_000, "memory": 32 * GIB, "disk": 512 * GIB}, rack_units=Fraction(1, 2))
WIDE = MachineType("wide", {"cpu": 16_000, "memory": 48 * GIB, "disk": 512 * GIB}, rack_units=Fraction(2))


@st.composite
def estates(draw: st.DrawFn) -> Workload:
    """Small random estates: sizes, copies, families, isolation, agents, jobs, components, separate hosts."""
    applications = []
    for k in range(draw(st.integers(1, 5))):
        size = {"cpu": draw(st.integers(0, 3000)), "memory": draw(st.integers(0, 6000)) * MIB}
        kind = draw(st.sampled_from(["service", "service", "service", "agent", "job"]))
        parts = (Component("a", {"cpu": 100, "memory": 64 * MIB}, 2), Component("b", {"cpu": 50, "memory": 64 * MIB}))
        applications.append(
            Application(
                f"app{k}",
                draw(st.integers(1, 6)),
                size,
                group=draw(st.sampled_from(["one", "two"])),
                os=draw(st.sampled_from(["linux", "linux", "windows"])),
                isolation=draw(st.sampled_from([None, None, "process", "vm", "machine"])),
                agent=kind == "agent",
                job=kind == "job",
                components=parts if kind == "service" and draw(st.booleans()) else (),
                placement=Placement(max_per_host=draw(st.sampled_from([None, None, 1, 2]))),
                image_bytes=draw(st.sampled_from([None, 500 * MIB])),
            )
        )
    return Workload("estate", tuple(applications))


def plans(workload: Workload, machines: list[MachineType] | None = None) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(row, plan) as JSON, for every era and shape."""
    comparison = compare_eras(workload, machines or [BOX])
    return [(era_json(row), plan_json(row.plan)) for row in comparison.rows]


@settings(max_examples=100, deadline=None)
@given(estates(), st.sampled_from([[BOX], [WIDE], [BOX, WIDE]]))
def test_every_plan_adds_up(workload: Workload, machines: list[MachineType]) -> None:
    """Capacity, VMs, replicas, places and the row's totals hold in every era and shape; bound <= value."""
    for row, plan in plans(workload, machines):
        faults = verify_plan(plan) + verify_row(row, plan)
        assert not faults, (row["era"], row["shape"], faults)
        if not plan["unplaced"]:
            assert row["lower_bound"] <= row["machines"]
        if row["shape"] == "parts":
            wanted = sum(a.replicas for a in workload.placed if not a.components)
            wanted += sum((c.replicas or a.replicas) for a in workload.placed for c in a.components)
            assert row["instances"] + sum(u["count"] for u in row["unplaced"]) == wanted, row["era"]


def _sample() -> dict[str, Any]:
    workload = Workload(
        "w", (Application("a", 3, {"cpu": 500, "memory": GIB}), Application("b", 2, {"cpu": 100, "memory": GIB}))
    )
    by_era = {row["era"]: plan for row, plan in plans(workload) if row["shape"] == "parts"}
    return by_era["virtual_machines"]


def _tampered(change: Any) -> list[str]:
    plan = copy.deepcopy(_sample())
    change(plan)
    return verify_plan(plan, copies={"default/a": 3, "default/b": 2})


def test_the_sample_is_sound() -> None:
    """Untouched, the plan that the next tests tamper with is accepted."""
    assert _tampered(lambda plan: None) == []


def test_too_much_on_a_machine_is_found() -> None:
    """An overhead beyond what the machine has is named with machine and resource."""

    def change(plan: dict[str, Any]) -> None:
        plan["machines"][0]["overhead"][0]["amount"] += 64 * GIB

    assert any("machine-1" in fault for fault in _tampered(change))


def test_too_much_in_a_virtual_machine_is_found() -> None:
    """A VM holds no more than its capacity."""

    def change(plan: dict[str, Any]) -> None:
        plan["machines"][0]["virtual_machines"][0]["capacity"]["memory"] -= GIB

    assert _tampered(change)


def test_a_lost_and_a_doubled_copy_are_found() -> None:
    """Every copy is placed once."""

    def lose(plan: dict[str, Any]) -> None:
        del plan["machines"][0]["instances"][0]

    def double(plan: dict[str, Any]) -> None:
        plan["machines"].append({**copy.deepcopy(plan["machines"][0]), "name": "machine-9", "slot": 1})

    assert _tampered(lose)
    assert any("twice" in fault for fault in _tampered(double))


def test_two_machines_in_one_slot_are_found() -> None:
    """A slot of a rack unit holds one machine, and a unit has two slots."""

    def same(plan: dict[str, Any]) -> None:
        plan["machines"].append({**plan["machines"][0], "instances": [], "virtual_machines": [], "overhead": []})

    def third(plan: dict[str, Any]) -> None:
        plan["machines"][0]["slot"] = 2

    assert any("slot" in fault for fault in _tampered(same))
    assert any("no such place" in fault for fault in _tampered(third))


def test_an_unknown_overhead_is_found() -> None:
    """Overheads are of the kinds that the report has columns for."""

    def change(plan: dict[str, Any]) -> None:
        plan["machines"][0]["overhead"][0]["what"] = "luck"

    assert any("luck" in fault for fault in _tampered(change))


def test_a_row_that_says_something_else_is_found() -> None:
    """Machines, overheads and utilisation of a row are those of its plan."""
    workload = Workload("w", (Application("a", 3, {"cpu": 500, "memory": GIB}),))
    row, plan = plans(workload)[0]
    assert verify_row(row, plan) == []
    assert verify_row({**row, "machines": row["machines"] + 1}, plan)
    assert verify_row({**row, "utilisation": {**row["utilisation"], "cpu": 0.9}}, plan)


def test_all_eras_and_shapes_are_there() -> None:
    """A comparison has a row for every era and both shapes."""
    workload = Workload("w", (Application("a", 3, {"cpu": 500, "memory": GIB}),))
    assert [(row["era"], row["shape"]) for row, _ in plans(workload)] == [(e, s) for s in SHAPES for e in ERAS]
