"""What the layers between an application and the hardware charge: hypervisors, runtimes, levels, lost CPU."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from eras.estates import app, estates, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.comparison import EraResult
from binpack.errors import InputError
from binpack.machines.overheads import LEVELS, load_overheads
from binpack.units import GIB, MIB
from binpack.workload.application import Application, Container, Placement

CONTAINER_ERAS = ("containers", "docker_swarm", "kubernetes")


def overhead(row: EraResult, kind: str, resource: str = "memory") -> int:
    """What a row charges of a kind; 0 for nothing."""
    found: Mapping[str, Any] = row.overhead.get(kind, {})
    return int(found.get(resource, 0))


@pytest.mark.parametrize(("hypervisor", "host"), [("kvm", GIB), ("hyperv", 2 * GIB), ("esxi", 0), ("xen", 0)])
def test_hosted_hypervisors_have_a_host_os_and_others_none(hypervisor: str, host: int) -> None:
    """KVM is part of Linux, Hyper-V of Windows; ESXi and Xen bring what they need themselves."""
    row = rows([app("web", 3)], ("virtual_machines",), hypervisor=hypervisor)["virtual_machines"]
    assert (row.machines, overhead(row, "host_os")) == (1, host)


def test_hyper_v_charges_its_formula() -> None:
    """300 MB a host, and for VMs of 4.25 GiB 32 MB and 8 MB for each GB beyond the first."""
    row = rows([app("web", 3, memory=3 * GIB + 200 * MIB)], ("virtual_machines",), hypervisor="hyperv")
    assert overhead(row["virtual_machines"], "hypervisor") == 300 * MIB + 3 * (32 + 26) * MIB


def test_a_selector_by_system_means_the_guest() -> None:
    """A Linux application with a selector for Linux has a place in a VM on a Windows host, and the other way round."""
    linux = app("web", placement=Placement(node_selector={"kubernetes.io/os": "linux"}))
    windows = app("old", os="windows", placement=Placement(node_selector={"kubernetes.io/os": "windows"}))
    for hypervisor in ("kvm", "hyperv"):
        row = rows([linux, windows], ("virtual_machines",), hypervisor=hypervisor)["virtual_machines"]
        assert (row.instances, row.plan.unplaced) == (2, ())


def test_the_helper_vm_is_hyper_vs() -> None:
    """On a Windows host the Linux containers' helper VM and Hyper-V are charged, whatever runs machines of VMs."""
    estate = [app("web", 2), app("old", 20, os="windows")]
    for hypervisor in ("kvm", "esxi"):
        row = rows(estate, ("containers",), hypervisor=hypervisor)["containers"]
        [machine] = row.plan.machines
        if machine.labels["kubernetes.io/os"] == "windows":
            assert overhead(row, "hypervisor") == (300 + 32 + 8) * MIB + 2 * (256 + 11) * MIB // 128


@pytest.mark.parametrize("era", CONTAINER_ERAS)
def test_a_sandbox_is_paid_for_each_copy(era: str) -> None:
    """Kata takes 160 MiB and a quarter of a thread for each copy, with its sidecars; its shim is part of that."""
    web = app("web", 4, containers=(Container("web"), Container("proxy")))
    plain, kata = (rows([web], (era,), runtime=runtime)[era] for runtime in ("runc", "kata"))
    assert overhead(kata, "guest_os") == 4 * 160 * MIB
    assert overhead(kata, "guest_os", "cpu") == 4 * 250
    shims = 0 if era == "kubernetes" else 4 * 2 * 11 * MIB
    assert overhead(plain, "engine") - overhead(kata, "engine") == shims


def test_a_windows_container_has_services_of_its_own() -> None:
    """50 MiB for each container of a copy in place of a shim, under Hyper-V isolation 325 MiB for the copy; in Kubernetes
    they are part of what the Pod requests."""
    old = [app("old", 3, os="windows", containers=(Container("old"), Container("log")))]
    for runtime, engine, guest in (("runc", 3 * 2 * 50, 0), ("hyperv", 0, 3 * 325)):
        row = rows(old, ("containers",), runtime=runtime)["containers"]
        assert (overhead(row, "engine"), overhead(row, "guest_os")) == ((256 + engine) * MIB, guest * MIB)
    assert overhead(rows(old, ("kubernetes",))["kubernetes"], "engine") == 0


def test_windows_nodes_keep_what_the_kubelet_keeps_there() -> None:
    """500 MiB and a tenth of the disk before eviction; kube-proxy and the network agent as Pods that request nothing."""
    row = rows([app("old", 3, os="windows")], ("kubernetes",))["kubernetes"]
    [node] = [machine for machine in row.plan.machines if machine.labels["kubernetes.io/os"] == "windows"]
    kept = {(c.what, c.source, c.resource): c.amount for c in node.overhead}
    assert kept["kubelet", "eviction threshold", "memory"] == 500 * MIB
    assert kept["kubelet", "eviction threshold", "disk"] == -(-1024 * GIB // 10)
    agents = {(c.resource, c.amount) for c in node.overhead if c.what == "agents"}
    assert agents == {("pods", 1)}


def test_a_sandbox_is_vm_enough() -> None:
    """Who asks for a VM has one under Kata, and no second one around it; with runc it gets a VM of its own."""
    safe = [app("safe", 2, isolation="vm"), app("web", 2)]
    assert rows(safe, ("containers",))["containers"].virtual_machines == 2
    assert rows(safe, ("containers",), runtime="kata")["containers"].virtual_machines == 0


def test_a_runtime_is_for_one_family() -> None:
    """Hyper-V isolation is for Windows containers; Linux ones beside them keep runc."""
    estate = [app("web", 3), app("old", 2, os="windows")]
    row = rows(estate, ("docker_swarm",), runtime="hyperv")["docker_swarm"]
    assert overhead(row, "guest_os") == 2 * 325 * MIB
    with pytest.raises(InputError, match="--runtime: found hyperv"):
        rows([app("web")], ("containers",), runtime="hyperv")


@pytest.mark.parametrize(
    ("era", "layers", "lost"),
    [
        ("physical", {"vm": "0.8", "container": "0.9"}, 0),
        ("virtual_machines", {"vm": "0.8"}, 250),
        ("containers", {"vm": "0.8"}, 0),
        ("containers", {"container": "0.8"}, 250),
        ("kubernetes", {"container": "0.8"}, 250),
        ("kubernetes_on_vms", {"container": "0.8", "vm": "0.5"}, 250 + 1250),
    ],
)
def test_a_layer_divides_demand_by_its_efficiency(era: str, layers: dict[str, str], lost: int) -> None:
    """A whole thread asked for becomes 1.25 in a layer of 80 %, and twice that in one of 50 % around it."""
    plain = rows([app("web", 3, cpu=1000)], (era,))[era]
    slower = rows([app("web", 3, cpu=1000)], (era,), cpu_efficiency=layers)[era]
    kinds = ("engine", "hypervisor", "guest_os")
    found = [sum(overhead(row, kind, "cpu") for kind in kinds) for row in (plain, slower)]
    assert found[1] - found[0] == 3 * lost


def test_lost_cpu_makes_a_vm_larger() -> None:
    """A VM has the vCPUs that the copy needs in it: one thread of work at 80 % takes two."""
    row = rows([app("web", 1, cpu=1000)], ("virtual_machines",), cpu_efficiency={"vm": "0.8"})["virtual_machines"]
    [machine] = row.plan.machines
    assert [vm.vcpus for vm in machine.virtual_machines] == [2]


@settings(max_examples=25, deadline=None)
@given(estates(), st.sampled_from(("kvm", "esxi", "hyperv", "xen")))
def test_more_overhead_never_needs_fewer_machines(estate: list[Application], hypervisor: str) -> None:
    """Low, typical and high: between proven answers the machines never become fewer."""
    found = [rows(estate, overheads=level, hypervisor=hypervisor) for level in LEVELS]
    for low, high in pairwise(found):
        for era, row in low.items():
            if {row.plan.status, high[era].plan.status} == {"optimal"}:
                assert row.machines <= high[era].machines, era


@settings(max_examples=15, deadline=None)
@given(estates(("linux",)), st.sampled_from(("kata", "firecracker")))
def test_a_sandbox_never_needs_fewer_machines(estate: list[Application], runtime: str) -> None:
    """Stronger isolation: between proven answers Kata and Firecracker need at least what runc does, for up to two
    containers a copy, whose shims take less than a sandbox."""
    plain = [app for app in estate if app.isolation is None] or [app("web")]
    weak, strong = (rows(plain, CONTAINER_ERAS, runtime=each) for each in ("runc", runtime))
    for era in CONTAINER_ERAS:
        if {weak[era].plan.status, strong[era].plan.status} == {"optimal"}:
            assert weak[era].machines <= strong[era].machines


@settings(max_examples=15, deadline=None)
@given(estates())
def test_less_efficient_layers_never_need_fewer_machines(estate: list[Application]) -> None:
    """Half the CPU left in every layer: between proven answers at least as many machines."""
    layers = dict.fromkeys(("container", "microvm", "vm"), "0.5")
    whole, half = rows(estate), rows(estate, cpu_efficiency=layers)
    for era, row in whole.items():
        if {row.plan.status, half[era].plan.status} == {"optimal"}:
            assert row.machines <= half[era].machines, era


def test_what_a_run_used_is_among_its_assumptions() -> None:
    """Both ends of a range, and every amount with the source of its level."""
    row = rows([app("web", 2)], ("containers",), overheads="low", runtime="kata")["containers"]
    stated = [(a.name, a.value) for a in row.plan.assumptions]
    assert ("container runtime", "kata") in stated
    assert ("runtime.kata.memory", "130 MiB") in stated
    assert load_overheads({}, "low")["runtime.kata.memory"] == 130 * MIB
