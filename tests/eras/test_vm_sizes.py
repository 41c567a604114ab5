"""VMs of the sizes of a catalogue: the smallest for each copy, the best mixture for nodes, all of them checked."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from eras.estates import BOX, app, estates, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.cli.era_arguments import Asked
from binpack.eras.options import EraOptions
from binpack.machines.vm_catalogue import smallest_first
from binpack.machines.vm_size import VmSize
from binpack.planning import compare_eras
from binpack.report.json import plan_json
from binpack.units import GIB, MIB
from binpack.verify import verify_plan
from binpack.workload.application import Application
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

SIZES = smallest_first(
    [
        VmSize("small", 1, 2 * GIB),
        VmSize("lean", 4, 4 * GIB),
        VmSize("medium", 2, 8 * GIB),
        VmSize("rich", 4, 32 * GIB),
        VmSize("large", 15, 60 * GIB),
    ]
)


def verified(applications: list[Application], era: str, **options: Any) -> tuple[dict[str, Any], Asked]:
    """The plan of one era as JSON, found without fault, and what it was asked with."""
    chosen = EraOptions(time_limit=0.5, **options)
    sized = size_workload(Workload("test", tuple(applications)))
    [row] = compare_eras(sized, [BOX], eras=(era,), shapes=("parts",), options=chosen).rows
    plan, question = plan_json(row.plan), Asked(sized, [BOX], chosen, ())
    assert verify_plan(plan, question.facts("parts")) == []
    return plan, question


def test_each_copy_is_in_the_smallest_vm_that_holds_it() -> None:
    """Memory of copy and guest decides, then vCPUs; a copy that no size holds is named with what it would need."""
    estate = [
        app("tiny", memory=512 * MIB),
        app("busy", cpu=3_000, memory=GIB),
        app("fat", memory=20 * GIB),
        app("huge", 2, cpu=15_500, memory=GIB),
    ]
    plan, _ = verified(estate, "virtual_machines", vm_sizes=SIZES)
    types = {vm["name"]: vm["type"] for machine in plan["machines"] for vm in machine["virtual_machines"]}
    assert types == {"shop/tiny-0": "small", "shop/busy-0": "lean", "shop/fat-0": "rich"}
    [lost] = plan["unplaced"]
    assert (lost["application"], lost["count"]) == ("shop/huge", 2)
    assert lost["reason"].startswith("no VM of the catalogue has 16 vCPUs, 2 GiB")


def test_a_disk_of_the_size_is_charged_whole() -> None:
    """A machine of 1 TiB holds no more than two VMs of 400 GB, however little is on them; without a disk any number."""
    own, any_disk = (VmSize("one", 2, 4 * GIB, disk) for disk in (400 * 10**9, None))
    for size, machines in ((own, 2), (any_disk, 1)):
        plan, _ = verified([app("web", 4)], "virtual_machines", vm_sizes=(size,))
        assert sum(machine["count"] for machine in plan["machines"]) == machines


@pytest.mark.parametrize("era", ["kubernetes_on_vms", "containers"])
def test_nodes_are_of_the_catalogue(era: str) -> None:
    """Pods stand in VMs of these sizes alone, and the checker refuses a VM that is none of them, or altered."""
    on_vms = {"containers_on_vms": era == "containers"}
    plan, question = verified([app("web", 30, cpu=500, memory=GIB)], era, vm_sizes=SIZES, **on_vms)
    vms = [vm for machine in plan["machines"] for vm in machine["virtual_machines"]]
    assert {vm["type"] for vm in vms} <= {size.name for size in SIZES}
    for change in ({"type": "made up"}, {"type": next(s.name for s in SIZES if s.name != vms[0]["type"])}):
        before = dict(vms[0])
        vms[0].update(change)
        assert any("catalogue" in fault or "its size" in fault for fault in verify_plan(plan, question.facts("parts")))
        vms[0].update(before)


def test_a_larger_vm_than_needed_is_a_fault() -> None:
    """The checker says which size of the catalogue would have done."""
    plan, question = verified([app("tiny", memory=512 * MIB)], "virtual_machines", vm_sizes=SIZES)
    [vm] = plan["machines"][0]["virtual_machines"]
    vm.update({"type": "medium", "vcpus": 2, "capacity": {**vm["capacity"], "cpu": 2000, "memory": 8 * GIB}})
    assert any("small would do" in fault for fault in verify_plan(plan, question.facts("parts")))


def test_the_bound_knows_the_sizes() -> None:
    """A VM of 10 threads stands once on 15 and holds two copies of 4: eight take four machines, which no sum shows."""
    ten = (VmSize("ten", 10, 20 * GIB),)
    estate = [app("web", 8, cpu=4_000, memory=GIB)]
    row = rows(estate, ("containers",), time_limit=3.0, vm_sizes=ten, containers_on_vms=True)["containers"]
    assert (row.machines, row.plan.lower_bound, row.plan.status) == (4, 4, "optimal")
    assert rows(estate, ("containers",), time_limit=3.0, containers_on_vms=True)["containers"].machines == 3


def test_a_copy_with_a_machine_to_itself_has_a_vm_alone() -> None:
    """It takes some VM of the catalogue that holds it, and nothing else stands on that machine."""
    plan, _ = verified([app("bank", isolation="machine"), app("web", 8)], "kubernetes_on_vms", vm_sizes=SIZES)
    [machine] = [m for m in plan["machines"] if any(i["application"] == "shop/bank" for i in m["instances"])]
    assert len(machine["instances"]) == len(machine["virtual_machines"]) == 1


def test_where_machines_run_short_small_vms_fill_those_there_are() -> None:
    """Four machines of seven VMs each: what does not fit is counted, and the machines there are are full."""
    sizes = (VmSize("node", 2, 8 * GIB),)
    few = replace(BOX, available=4)
    estate = [app("web", 60, cpu=1_500, memory=GIB)]
    row = rows(estate, ("kubernetes_on_vms",), few, time_limit=1.0, vm_sizes=sizes)["kubernetes_on_vms"]
    assert (row.machines, row.plan.status) == (4, "infeasible")
    assert sum(u.count for u in row.plan.unplaced) + row.instances == 60
    assert row.virtual_machines >= 24


@settings(max_examples=8, deadline=None)
@given(estates(), st.sampled_from(("virtual_machines", "kubernetes_on_vms")), st.sampled_from(("kvm", "xen")))
def test_a_catalogue_never_needs_fewer_machines_than_any_size(
    estate: list[Application], era: str, hypervisor: str
) -> None:
    """Every plan adds up, and no proven bound of any size is above what a catalogue's VMs get by with."""
    plan, _ = verified(estate, era, vm_sizes=SIZES, hypervisor=hypervisor)
    free = rows(estate, (era,), time_limit=0.5, hypervisor=hypervisor)[era]
    if not plan["unplaced"] and not free.plan.unplaced and era == "kubernetes_on_vms":
        assert free.plan.lower_bound <= sum(machine["count"] for machine in plan["machines"])


@pytest.mark.parametrize(
    ("option", "era", "machines"),
    [
        ({}, "containers", 4),
        ({"cpu_overcommit": Fraction(2)}, "containers", 2),
        ({"memory_overcommit": Fraction(2)}, "containers", 4),
        ({}, "virtual_machines", 4),
        ({"cpu_overcommit": Fraction(2)}, "virtual_machines", 2),
        ({}, "kubernetes_on_vms", 4),
        ({"vcpu_overcommit": Fraction(8)}, "kubernetes_on_vms", 4),
        ({"node_overcommit": Fraction(4)}, "kubernetes_on_vms", 3),
        ({"cpu_overcommit": Fraction(4)}, "kubernetes_on_vms", 3),
    ],
)
def test_each_layer_has_a_ratio_of_its_own(option: dict[str, Any], era: str, machines: int) -> None:
    """48 copies of one thread: more of them on a machine only by the ratio of a layer that the era has."""
    plan, _ = verified([app("web", 48, cpu=1_000, memory=GIB // 4)], era, **option)
    assert sum(machine["count"] for machine in plan["machines"]) == machines


@pytest.mark.parametrize("era", ["containers", "virtual_machines", "kubernetes_on_vms"])
def test_memory_is_promised_twice_only_where_it_is_asked(era: str) -> None:
    """24 copies of 7 GiB on machines of 64: half the machines at 2:1, and no VM is promised twice within."""
    estate = [app("cache", 24, cpu=10, memory=7 * GIB)]
    once, twice = (
        sum(m["count"] for m in verified(estate, era, memory_overcommit=Fraction(ratio))[0]["machines"])
        for ratio in (1, 2)
    )
    assert (once, twice) == ({"kubernetes_on_vms": 4}.get(era, once), max(-(-once // 2), 3 * (era[0] == "k")))


@settings(max_examples=8, deadline=None)
@given(
    estates(),
    st.sampled_from(("containers", "kubernetes", "virtual_machines", "kubernetes_on_vms")),
    st.sampled_from(("node_overcommit", "cpu_overcommit", "memory_overcommit")),
    st.sampled_from((Fraction(3, 2), Fraction(3))),
)
def test_more_promised_adds_up_and_never_needs_more(
    estate: list[Application], era: str, layer: str, ratio: Fraction
) -> None:
    """The checker allows exactly what is promised; between proven answers the machines never become more."""
    era = "kubernetes_on_vms" if layer == "node_overcommit" else era
    plan, _ = verified(estate, era, **{layer: ratio})
    plain = rows(estate, (era,), time_limit=0.5)[era]
    if plan["status"] == plain.plan.status == "optimal":
        assert sum(machine["count"] for machine in plan["machines"]) <= plain.machines


def test_nodes_that_are_full_of_their_own_hold_nothing() -> None:
    """A VM of one vCPU, of which its agents leave less than the headroom, is no node, not even for pods without CPU."""
    sizes = (VmSize("tiny", 1, 8 * GIB), VmSize("node", 4, 8 * GIB))
    estate = [app("web", 6, cpu=0, memory=GIB), app("agent", cpu=700, memory=0, agent=True)]
    headroom = {"cpu": Fraction(1, 5)}
    plan, _ = verified(estate, "kubernetes_on_vms", vm_sizes=sizes, headroom=headroom)
    assert {vm["type"] for machine in plan["machines"] for vm in machine["virtual_machines"]} == {"node"}
