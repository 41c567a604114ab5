"""The operating system of the machines: what is of the other kernel family stands in VMs, or is named where it cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eras.estates import BOX, app, estates, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.cli.era_arguments import Asked
from binpack.comparison import EraResult
from binpack.eras.options import ERAS, EraOptions
from binpack.errors import InputError
from binpack.machines.hypervisors import HOSTED, vm_memory, vm_memory_beyond
from binpack.machines.overheads import load_overheads
from binpack.planning import compare_eras
from binpack.report.json import plan_json
from binpack.units import GIB, MIB
from binpack.verify import verify_plan
from binpack.workload.application import Application
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

MIXED = [app("web", 4, cpu=500), app("old", 3, cpu=500, os="windows")]


def systems(row: EraResult) -> set[str]:
    """The operating systems of a row's machines."""
    return {machine.labels["kubernetes.io/os"] for machine in row.plan.machines}


def vms(row: EraResult) -> list[str]:
    """Names of all VMs of a row."""
    return [vm.name for machine in row.plan.machines for vm in machine.virtual_machines]


def test_windows_applications_on_linux_have_a_vm_each() -> None:
    """Containers of Linux beside three VMs under KVM, all on one machine."""
    row = rows(MIXED, ("containers",), host_os="linux")["containers"]
    assert (row.machines, systems(row)) == (1, {"linux"})
    assert sorted(vms(row)) == ["shop/old-0", "shop/old-1", "shop/old-2"]


def test_linux_applications_on_windows_share_one_vm_a_host() -> None:
    """One helper VM under Hyper-V beside Windows containers: a Linux guest of 2 GiB and what is in it, with a guest's CPU
    and disk; 300 + 32 + 8 MiB of Hyper-V, and 8 MiB a GiB of what is in it."""
    row = rows(MIXED, ("containers",), host_os="windows", hypervisor="hyperv")["containers"]
    assert (row.machines, systems(row), vms(row)) == (1, {"windows"}, ["linux helper"])
    inside = 4 * (256 + 11) * MIB
    assert row.overhead["hypervisor"]["memory"] == (300 + 32 + 8) * MIB + inside // 128
    assert row.overhead["guest_os"] == {"memory": 2 * GIB, "cpu": 20, "disk": 10 * GIB}
    [helper] = row.plan.machines[0].virtual_machines
    assert helper.capacity == {"cpu": 2000, "memory": 2 * GIB + inside, "disk": 10 * GIB}


@given(st.lists(st.integers(0, 40 * GIB), max_size=6), st.integers(0, 4 * GIB))
def test_shares_of_parts_are_never_less_than_that_of_the_whole(parts: list[int], base: int) -> None:
    """Hyper-V's share for a VM that grows by parts: as of the whole VM, and at the most a byte more for each part."""
    overheads = load_overheads()
    base += GIB  # all that is free of charge is in the VM from the start
    charged = vm_memory("hyperv", base, 1, overheads) + sum(vm_memory_beyond("hyperv", m, overheads) for m in parts)
    assert 0 <= charged - vm_memory("hyperv", base + sum(parts), 1, overheads) <= len(parts)


@pytest.mark.parametrize("os", ["linux", "windows"])
def test_every_machine_has_the_system_asked_for(os: str) -> None:
    """In every era; without containers what is of the other family is in a VM of its own, and orchestrators, whose nodes
    are the machines, say what they cannot run."""
    found = rows(MIXED, host_os=os, hypervisor=HOSTED[os])
    foreign = {"linux": ("shop/old", 3), "windows": ("shop/web", 4)}[os]
    for era, row in found.items():
        assert systems(row) == {os}, era
    for era in ("docker_swarm", "kubernetes"):
        lost = {u.application: (u.count, u.reason) for u in found[era].plan.unplaced}
        assert lost[foreign[0]][0] == foreign[1]
        assert lost[foreign[0]][1].startswith("no machine is of its kind")
    for era in ("physical", "physical_per_application"):
        assert {name.rsplit("-", 1)[0] for name in vms(found[era])} == {foreign[0]}
    for era in ("physical", "physical_per_application", "virtual_machines", "containers", "kubernetes_on_vms"):
        assert not found[era].plan.unplaced


def test_a_label_says_what_a_machine_runs() -> None:
    """A machine that is labelled with its system is no host of the other one."""
    labelled = replace(BOX, labels={"kubernetes.io/os": "windows"})
    row = rows(MIXED, ("containers",), labelled)["containers"]
    assert (systems(row), vms(row)) == ({"windows"}, ["linux helper"])


@pytest.mark.parametrize(
    ("options", "labels", "said"),
    [
        ({"host_os": "windows"}, {}, "--host-os: found windows with the hypervisor kvm; expected one of windows"),
        ({"host_os": "linux", "hypervisor": "hyperv"}, {}, "--hypervisor kvm, or one on bare metal"),
        ({"host_os": "linux"}, {"kubernetes.io/os": "windows"}, "--host-os: found linux, but box with windows"),
    ],
)
def test_systems_that_contradict_each_other_are_refused(options: Any, labels: dict[str, str], said: str) -> None:
    """One line before anything is counted."""
    with pytest.raises(InputError) as refused:
        rows(MIXED, ("containers",), replace(BOX, labels=labels), **options)
    assert said in str(refused.value)


@settings(max_examples=12, deadline=None)
@given(estates(), st.sampled_from(("linux", "windows")), st.sampled_from(ERAS), st.booleans())
def test_one_system_adds_up_and_never_needs_fewer(
    estate: list[Application], os: str, era: str, bare_metal: bool
) -> None:
    """The checker finds every machine of that system and every charge; free choice of systems needs no more machines."""
    options = EraOptions(time_limit=0.3, host_os=os, hypervisor="esxi" if bare_metal else HOSTED[os])
    sized = size_workload(Workload("test", tuple(estate)))
    eras = tuple(dict.fromkeys(("physical", era)))  # an orchestrator alone refuses what its machines cannot run
    *_, row = compare_eras(sized, [BOX], eras=eras, shapes=("parts",), options=options).rows
    assert verify_plan(plan_json(row.plan), Asked(sized, [BOX], options, ()).facts("parts")) == []
    free = rows(estate, (era,), time_limit=0.3, hypervisor=options.hypervisor)[era]
    if row.plan.status == free.plan.status == "optimal" and not row.plan.unplaced:
        assert free.machines <= row.machines
