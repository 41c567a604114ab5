"""The verifier accepts every plan that adds up and no plan that was tampered with."""

from __future__ import annotations

import copy
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from binpack.eras.layers.runtimes import RUNTIMES
from binpack.eras.options import ERAS, SHAPES, EraOptions
from binpack.machines.machine_type import MachineType
from binpack.machines.overheads import load_overheads
from binpack.planning import compare_eras, overheads_of
from binpack.report.json import era_json, plan_json
from binpack.units import GIB, MIB
from binpack.verify import verify_comparison, verify_plan, verify_row
from binpack.verify.charges import CHECKED
from binpack.verify.facts import Facts
from binpack.workload.application import Application, Component, Placement
from binpack.workload.monolith import as_monolith, as_parts
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

BOX = MachineType("box", {"cpu": 8_000, "memory": 32 * GIB, "disk": 512 * GIB}, rack_units=Fraction(1, 2))
AMOUNTS = load_overheads().amounts()
SECONDS = 0.5
"""Of search for a row: its plan has to add up whenever the search ends, and hard estates are not searched for long."""
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


def facts_of(workload: Workload, machines: list[MachineType], shape: str, **switches: Any) -> Facts:
    """What a plan of that shape is held against."""
    shaped = {"parts": as_parts, "monolith": as_monolith}[shape](size_workload(workload))
    switches.setdefault("overheads", AMOUNTS)
    placed = {a.key: a for a in shaped.placed}
    return Facts(placed, {m.name: m for m in machines}, agents=shaped.agents, **switches)


def plans(workload: Workload, machines: list[MachineType] | None = None) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """(row, plan) as JSON, for every era and shape."""
    comparison = compare_eras(workload, machines or [BOX])
    return [(era_json(row), plan_json(row.plan)) for row in comparison.rows]


def _faults(workload: Workload, machines: list[MachineType], options: EraOptions, **switches: Any) -> list[str]:
    comparison = compare_eras(workload, machines, options=options)
    rows = [era_json(row) for row in comparison.rows]
    known = [facts_of(workload, machines, row.shape, **switches) for row in comparison.rows]
    return verify_comparison({"eras": rows}, [plan_json(row.plan) for row in comparison.rows], known)


@pytest.mark.parametrize("machines", [[BOX], [WIDE], [BOX, WIDE]], ids=["box", "wide", "both"])
@settings(max_examples=20, deadline=None)
@given(workload=estates())
def test_every_plan_adds_up(workload: Workload, machines: list[MachineType]) -> None:
    """Amounts, VMs, copies, hosts, kernels, places, the era's own rules and the row's totals hold in every era and shape."""
    assert _faults(workload, machines, EraOptions(time_limit=SECONDS)) == []


@settings(max_examples=10, deadline=None)
@given(
    estates(),
    st.sampled_from([Fraction(1), Fraction(4)]),
    st.sampled_from([{}, {"cpu": Fraction(1, 5), "memory": Fraction(1, 10)}]),
    st.sampled_from(["nodes", "dedicated", "managed"]),
    st.sampled_from(["gke", "eks", "aks", "gdc"]),
)
def test_every_plan_adds_up_under_every_switch(
    workload: Workload, overcommit: Fraction, headroom: dict[str, Fraction], control_plane: Any, provider: str
) -> None:
    """Overcommitment, headroom, and the control plane's place are kept to in every era."""
    options = EraOptions(
        time_limit=SECONDS,
        vcpu_overcommit=overcommit,
        headroom=headroom,
        control_plane=control_plane,
        provider=provider,
    )
    switches = {
        "vcpu_overcommit": overcommit,
        "headroom": headroom,
        "control_planes": 0 if control_plane == "managed" else 3,
        "control_plane": control_plane,
        "provider": provider,
    }
    assert _faults(workload, [BOX], options, **switches) == []


@settings(max_examples=25, deadline=None)
@given(
    estates(),
    st.sampled_from(["kvm", "esxi", "hyperv", "xen"]),
    st.sampled_from(["runc", "kata", "firecracker", "hyperv"]),
    st.sampled_from(["low", "typical", "high"]),
    st.sampled_from([{}, {"vm": "typical", "microvm": "0.9", "container": "0.973"}]),
)
def test_every_layer_is_charged_once(
    workload: Workload, hypervisor: str, runtime: str, level: str, efficiency: dict[str, str]
) -> None:
    """Host OS, hypervisor, guests, engine, sandboxes, images and lost CPU are what the amounts of the run say, whatever
    the hypervisor, the runtime, the level and the efficiency."""
    family = RUNTIMES[runtime]
    assume(family is None or any(a.os == family for a in as_parts(size_workload(workload)).placed))
    options = EraOptions(
        time_limit=SECONDS,
        hypervisor=hypervisor,
        runtime=runtime,
        overheads=level,
        guest_os=("win2k22",),
        cpu_efficiency=efficiency,
    )
    amounts = overheads_of(workload, options).amounts()
    switches = {"overheads": amounts, "hypervisor": hypervisor, "runtime": runtime}
    assert _faults(workload, [BOX], options, **switches) == []


@settings(max_examples=15, deadline=None)
@given(estates(), st.sampled_from(["kvm", "hyperv", "xen"]), st.sampled_from(["runc", "kata"]))
def test_containers_on_vms_are_charged_once(workload: Workload, hypervisor: str, runtime: str) -> None:
    """A guest OS, an engine and a hypervisor's share for each VM, shims or sandboxes for what is in it."""
    placed = as_parts(size_workload(workload)).placed
    assume(placed and all(a.os == "linux" and a.isolation != "vm" for a in placed))
    options = EraOptions(time_limit=SECONDS, hypervisor=hypervisor, runtime=runtime, containers_on_vms=True)
    comparison = compare_eras(workload, [BOX], eras=("containers",), shapes=("parts",), options=options)
    amounts = overheads_of(workload, options).amounts()
    switches = {"overheads": amounts, "hypervisor": hypervisor, "runtime": runtime, "containers_on_vms": True}
    assert verify_plan(plan_json(comparison.rows[0].plan), facts_of(workload, [BOX], "parts", **switches)) == []


ESTATE = Workload(
    "w",
    (
        Application("a", 6, {"cpu": 500, "memory": GIB}, placement=Placement(max_per_host=2)),
        Application("b", 2, {"cpu": 100, "memory": GIB}, placement=Placement(apart_from=("default/c",))),
        Application("c", 2, {"cpu": 100, "memory": GIB}),
        Application("win", 2, {"cpu": 100, "memory": GIB}, os="windows"),
    ),
)
FACTS = facts_of(ESTATE, [BOX], "parts")


@cache
def samples() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Row and plan by era; copied before anything is changed. Made by the tests, not where processes collect them."""
    return {row["era"]: (row, plan) for row, plan in plans(ESTATE) if row["shape"] == "parts"}


def _tampered(era: str, change: Any) -> list[str]:
    plan = copy.deepcopy(samples()[era][1])
    change(plan)
    return verify_plan(plan, FACTS)


def _machine_with(plan: dict[str, Any], application: str) -> dict[str, Any]:
    found = (m for m in plan["machines"] if any(i["application"] == application for i in m["instances"]))
    return next(found)


def _on_one(plan: dict[str, Any], application: str) -> None:
    """All copies of an application onto its first machine, with nothing lost."""
    moved = []
    for machine in plan["machines"]:
        for instance in [i for i in machine["instances"] if i["application"] == application]:
            machine["instances"].remove(instance)
            moved.append({**instance, "count": instance["count"] * machine["count"]})
    plan["machines"][0]["instances"] += moved


def _without_control_plane(plan: dict[str, Any]) -> None:
    machine = plan["machines"][0]
    machine["overhead"] = [c for c in machine["overhead"] if c["what"] != "control_plane"]


def _beside(plan: dict[str, Any]) -> None:
    """c beside b, which has to be apart from it."""
    host = _machine_with(plan, "default/b")
    source = _machine_with(plan, "default/c")
    host["instances"].append(next(i for i in source["instances"] if i["application"] == "default/c"))


def _instance(plan: dict[str, Any]) -> dict[str, Any]:
    return plan["machines"][0]["instances"][0]  # type: ignore[no-any-return]


def _vm(plan: dict[str, Any]) -> dict[str, Any]:
    return plan["machines"][0]["virtual_machines"][0]  # type: ignore[no-any-return]


def _other_family(plan: dict[str, Any]) -> None:
    for machine in plan["machines"]:
        machine["labels"]["kubernetes.io/os"] = "windows"


TAMPERINGS: dict[str, tuple[str, Any, str]] = {
    "an overhead beyond the machine": (
        "containers",
        lambda p: p["machines"][0]["overhead"][0].update(amount=64 * GIB),
        "cpu is",
    ),
    "a negative overhead": ("containers", lambda p: p["machines"][0]["overhead"][0].update(amount=-1), "negative"),
    "an unknown overhead": ("containers", lambda p: p["machines"][0]["overhead"][0].update(what="luck"), "luck"),
    "a negative request": ("containers", lambda p: _instance(p)["requests"].update(cpu=-5), "less than nothing"),
    "a smaller request": ("containers", lambda p: _instance(p)["requests"].update(cpu=1), "its size is"),
    "a bigger machine": ("containers", lambda p: p["machines"][0]["capacity"].update(cpu=99_000), "its type"),
    "an unknown machine type": ("containers", lambda p: p["machines"][0].update(type="tower"), "no machine type"),
    "a VM too small for what is in it": (
        "virtual_machines",
        lambda p: _vm(p)["capacity"].update(memory=GIB),
        "holds",
    ),
    "a VM larger than its machine": (
        "virtual_machines",
        lambda p: _vm(p)["capacity"].update(memory=64 * GIB),
        "its virtual machines",
    ),
    "more vCPUs than the guest sees": ("virtual_machines", lambda p: _vm(p).update(vcpus=2), "2 vCPUs"),
    "more vCPUs than overcommitment allows": (
        "virtual_machines",
        lambda p: (_vm(p).update(vcpus=99), _vm(p)["capacity"].update(cpu=99_000)),
        "at 4:1",
    ),
    "a VM that is not there": ("virtual_machines", lambda p: _instance(p).update(inside="gone"), "gone"),
    "a copy outside every VM": ("virtual_machines", lambda p: _instance(p).update(inside=None), "have none"),
    "a lost copy": ("containers", lambda p: p["machines"][0]["instances"].pop(), "unplaced of"),
    "a replica out of the row": ("containers", lambda p: _instance(p).update(replica=77), "is not there"),
    "a stranger": ("containers", lambda p: _instance(p).update(application="default/x"), "nobody asked"),
    "a copy too many": ("virtual_machines", lambda p: p["machines"].append(copy.deepcopy(p["machines"][0])), "twice"),
    "two applications on a physical machine": (
        "physical",
        lambda p: p["machines"][0]["instances"].append(_machine_with(p, "default/c")["instances"][0]),
        "share a machine",
    ),
    "copies together that ask for separate hosts": ("containers", lambda p: _on_one(p, "default/a"), "allows 2"),
    "applications together that are to be apart": ("containers", _beside, "apart"),
    "another kernel": ("kubernetes", _other_family, "shares a kernel"),
    "nodes of another kernel alone": ("kubernetes", _other_family, "nodes are on at least 3"),
    "another processor": (
        "kubernetes",
        lambda p: p["machines"][0]["labels"].update({"kubernetes.io/arch": "arm64"}),
        "is for amd64",
    ),
    "a control plane that nobody pays for": ("kubernetes", _without_control_plane, "the control plane"),
    "a manager that nobody pays for": ("docker_swarm", _without_control_plane, "the control plane"),
    "two machines in one slot": (
        "containers",
        lambda p: [m.update(cabinet=1, rack_unit=1, slot=0) for m in p["machines"]],
        "another machine",
    ),
    "a slot that a unit does not have": ("containers", lambda p: p["machines"][0].update(slot=2), "no such place"),
    "a unit above the cabinet": ("containers", lambda p: p["machines"][0].update(rack_unit=43), "no such place"),
    "no place at all": ("containers", lambda p: p["machines"][0].update(cabinet=None), "a racked machine has"),
    "a bound above the value": ("containers", lambda p: p.update(lower_bound=99, status="feasible"), "is above"),
    "optimal without a bound": ("containers", lambda p: p.update(lower_bound=0), "is below"),
    "two entries of one name": ("containers", lambda p: p["machines"][-1].update(name="machine-1"), "that name"),
}


@pytest.mark.parametrize("era", ERAS)
def test_the_samples_are_sound(era: str) -> None:
    """Untouched, the plans that the next test tampers with are accepted."""
    assert _tampered(era, lambda plan: None) == []


@pytest.mark.parametrize("case", TAMPERINGS)
def test_a_tampered_plan_is_refused(case: str) -> None:
    """Whatever is changed, the rule that it breaks is named."""
    era, change, said = TAMPERINGS[case]
    assert any(said in fault for fault in _tampered(era, change)), _tampered(era, change)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_amount_of_a_copy_or_a_machine_can_change_unseen(data: st.DataObject) -> None:
    """Another request, capacity, count or replica anywhere in a plan of any era is a fault."""
    plan = copy.deepcopy(samples()[data.draw(st.sampled_from(ERAS))][1])
    machine = data.draw(st.sampled_from([m for m in plan["machines"] if m["instances"]]))
    instance = data.draw(st.sampled_from(machine["instances"]))
    step = data.draw(st.sampled_from([-3, -1, 1, 2, 5000]))
    owner, key = data.draw(
        st.sampled_from(
            [
                (instance["requests"], "cpu"),
                (instance["requests"], "memory"),
                (instance, "count"),
                (instance, "replica"),
                (machine["capacity"], "cpu"),
                (machine["capacity"], "memory"),
                (machine, "count"),
            ]
        )
    )
    owner[key] += step
    assert verify_plan(plan, FACTS)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_charge_of_a_layer_can_change_unseen(data: st.DataObject) -> None:
    """A byte more or less, a charge that is gone and one that is there twice are faults, in every era."""
    plan = copy.deepcopy(samples()[data.draw(st.sampled_from(ERAS))][1])
    charges = data.draw(st.sampled_from(plan["machines"]))["overhead"]
    k = data.draw(st.sampled_from([k for k, charge in enumerate(charges) if charge["what"] in CHECKED]))
    match data.draw(st.sampled_from(["more", "less", "gone", "twice", "another"])):
        case "more":
            charges[k]["amount"] += 1
        case "less":
            charges[k]["amount"] -= 1
        case "gone":
            del charges[k]
        case "twice":
            charges.append(charges[k])
        case _:
            charges[k]["what"] = "control_plane"
    assert verify_plan(plan, FACTS)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_figure_of_a_row_can_change_unseen(data: st.DataObject) -> None:
    """Counts, bounds, space, overheads and utilisation of a row are those of its plan."""
    row, plan = copy.deepcopy(samples()[data.draw(st.sampled_from(ERAS))])
    assert verify_row(row, plan, FACTS) == []
    plain = [k for k, value in row.items() if isinstance(value, int) and k not in ("plus_one_spare", "watts")]
    sums = [(row, key) for key in plain]
    sums += [(amounts, r) for amounts in row["overhead"].values() for r in amounts]
    sums += [(row["utilisation"], r) for r in row["utilisation"]]
    owner, key = data.draw(st.sampled_from(sums))
    owner[key] += data.draw(st.sampled_from([-1, 1, 1000]))
    assert verify_row(row, plan, FACTS)


def test_equal_machines_are_racked_one_by_one() -> None:
    """An entry of many machines takes a slot for each, into as many cabinets as it needs."""
    workload = Workload("w", (Application("a", 200, {"cpu": 500, "memory": GIB}),))
    plan = plan_json(compare_eras(workload, [BOX], eras=("physical",), shapes=("parts",)).rows[0].plan)
    facts = facts_of(workload, [BOX], "parts")
    assert verify_plan(plan, facts) == []
    spare = {**plan["machines"][0], "name": "machine-999", "count": 1, "instances": [], "cabinet": 2, "rack_unit": 3}
    assert any(
        "cabinet 2, unit 3" in fault for fault in verify_plan({**plan, "machines": [*plan["machines"], spare]}, facts)
    )


def test_a_comparison_has_a_plan_for_every_row() -> None:
    """A row without a plan is a fault, and faults name their era and shape."""
    row, plan = samples()["containers"]
    assert verify_comparison({"eras": [row]}, []) == ["1 rows, but 0 plans"]
    assert verify_comparison({"eras": [{**row, "machines": 9}]}, [plan], [FACTS])[0].startswith(
        "containers, parts: machines"
    )


def test_all_eras_and_shapes_are_there() -> None:
    """A comparison has a row for every era and both shapes."""
    workload = Workload("w", (Application("a", 3, {"cpu": 500, "memory": GIB}),))
    assert [(row["era"], row["shape"]) for row, _ in plans(workload)] == [(e, s) for s in SHAPES for e in ERAS]
