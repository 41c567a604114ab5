"""VMs of chosen sizes, what goes into them and where they stand, as one problem."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eras.estates import BOX, app, rows

from binpack.units import GIB
from binpack.workload.application import Placement


def families_of(row) -> list[set[str]]:  # type: ignore[no-untyped-def]
    """Of each machine, the applications on it."""
    return [{instance.application for instance in machine.instances} for machine in row.plan.machines]


def test_two_kernels_share_a_machine_in_two_vms() -> None:
    """Three nodes are enough for both families, where machines of one family each would have to be more: a VM each."""
    estate = [app("web", 6, cpu=4_000), app("legacy", 3, cpu=4_000, os="windows")]
    found = rows(estate, ("kubernetes", "kubernetes_on_vms"), time_limit=5.0)
    assert found["kubernetes"].machines > 3
    nested = found["kubernetes_on_vms"]
    assert (nested.machines, nested.plan.status) == (3, "optimal")
    assert {"shop/web", "shop/legacy"} in families_of(nested)


def test_vms_of_unequal_sizes_fill_a_machine() -> None:
    """Pods of 9 threads leave 5 for nothing in equal halves; a large VM and a small one hold a large and a small pod."""
    estate = [app("large", 4, cpu=9_000), app("small", 4, cpu=4_000)]
    found = rows(estate, ("kubernetes_on_vms",), time_limit=5.0)["kubernetes_on_vms"]
    assert (found.machines, found.plan.status) == (4, "optimal")


def test_a_pod_that_wants_a_machine_has_its_vm_alone() -> None:
    """Nothing else stands on the machine of an application that asks for one, in no other VM either."""
    estate = [app("bank", 1, isolation="machine"), app("web", 8)]
    found = rows(estate, ("kubernetes_on_vms",))["kubernetes_on_vms"]
    assert {"shop/bank"} in families_of(found)
    assert not any("shop/bank" in apps and len(apps) > 1 for apps in families_of(found))


def test_what_finds_no_room_is_named_where_machines_run_short() -> None:
    """Copies beyond the machines that there are stay out and are counted."""

    few = replace(BOX, available=3)
    found = rows([app("web", 60, memory=4 * GIB)], ("kubernetes_on_vms",), machine=few)["kubernetes_on_vms"]
    assert found.plan.status == "infeasible"
    assert found.machines <= 3
    assert sum(u.count for u in found.plan.unplaced) + found.instances == 60


@pytest.mark.parametrize("other", [{"os": "windows"}, {"isolation": "machine"}])
def test_who_finds_no_vm_beside_another_is_named(other: dict[str, str]) -> None:
    """A pod that needs one of another kernel, or one that is alone, beside it stays out; all the others are placed."""
    near = Placement(together_with=("shop/old",))
    estate = [app("web", 2, placement=near), app("old", 2, **other), app("db", 2)]
    found = rows(estate, ("kubernetes_on_vms",))["kubernetes_on_vms"]
    assert {u.application: u.count for u in found.plan.unplaced} == {"shop/web": 2}
    assert (found.instances, found.plan.status) == (4, "infeasible")


def test_there_is_a_plan_where_the_time_is_over() -> None:
    """What takes no search is found whatever the limit."""
    found = rows([app("web", 60), app("db", 20, cpu=2_000)], ("kubernetes_on_vms",), time_limit=1e-7)
    assert (found["kubernetes_on_vms"].instances, found["kubernetes_on_vms"].plan.unplaced) == (80, ())


def test_what_fits_no_vm_is_not_in_the_bound() -> None:
    """A pod that a VM of the cheaper family would just have held is named, and the bound is that of the others."""
    estate = [app("large", 2, cpu=3_699, memory=0), app("legacy", cpu=0, memory=0, os="windows")]
    halves = dict.fromkeys(("container", "microvm", "vm"), "0.5")
    found = rows(estate, ("kubernetes_on_vms",), cpu_efficiency=halves)["kubernetes_on_vms"]
    assert {u.application: u.count for u in found.plan.unplaced} == {"shop/large": 2}
    assert found.plan.lower_bound <= found.machines


def test_equal_hosts_are_one_entry_with_every_replica_once() -> None:
    """A hundred hosts of the same VMs stand together, and the order for the scheduler has each pod once."""
    found = rows([app("web", 400, cpu=3_000), app("db", 100, cpu=2_000)], ("kubernetes_on_vms",))["kubernetes_on_vms"]
    assert len(found.plan.machines) < found.machines / 4
    pods = [f"shop/{name}-{k}" for name, copies in (("db", 100), ("web", 400)) for k in range(copies)]
    assert sorted(found.plan.order) == sorted(pods)


def test_a_machine_that_is_cut_in_two_has_what_its_host_leaves() -> None:
    """Nodes of both families, each with 400 GiB of system, stand on one machine with 1 TiB, whose own system takes 10 GiB:
    each has the disk that goes with half of the vCPUs."""
    own = {"guest_os.linux.disk": "400 GiB", "guest_os.windows.disk": "400 GiB"}
    estate = [app("web", 1), app("old", 1, os="windows")]
    found = rows(estate, ("kubernetes_on_vms",), control_plane="managed", minimum_nodes=1, own_overheads=own)
    row = found["kubernetes_on_vms"]
    assert (row.machines, row.plan.lower_bound, row.plan.status) == (1, 1, "optimal")
