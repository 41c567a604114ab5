"""What bounds an era on virtual machines: a machine as one VM of a family, or as two, one of each."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from binpack_solvers.portfolio import solve
from eras.estates import BOX, app
from hypothesis import given
from hypothesis import strategies as st

from binpack.eras.era import Setting
from binpack.eras.nesting.guest_sizes import Guest, guest_of_size, room_of
from binpack.eras.nesting.nesting import OnVirtualMachines
from binpack.eras.nesting.nesting_relaxation import CUT, MOST_CUTS, most_of_two
from binpack.eras.options import EraOptions
from binpack.eras.packing.compilation import left_in
from binpack.eras.registry import era
from binpack.planning import overheads_of
from binpack.units import GIB, MIB
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=MOST_CUTS // 4),
    st.lists(st.integers(0, 50), max_size=MOST_CUTS // 4),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_the_best_cut_in_two_is_that_of_a_scan(rising: list[int], falling: list[int], late: int, early: int) -> None:
    """The largest sum of a function that never falls and one that never rises, over the points where both are defined; never
    less than that however few cuts are looked at."""
    length = max(len(rising), len(falling))
    first = [None] * late + sorted(rising + [50] * (length - len(rising)))
    second = sorted(falling + [0] * (length - len(falling)), reverse=True)[: length - early] + [None] * (early + late)
    points = range(length)
    sums = [a + b for n in points if (a := first[n]) is not None and (b := second[n]) is not None]
    assert most_of_two(first.__getitem__, second.__getitem__, 0, length - 1) == max(sums, default=0)
    assert most_of_two(first.__getitem__, second.__getitem__, 0, length - 1, cuts=3) >= max(sums, default=0)


def test_windows_nodes_pay_for_windows() -> None:
    """Of eight copies three a machine find room in one VM with Linux, and two in a VM with Windows beside a small Linux
    node: what Windows takes, and the node beside it, are in the bound."""
    fewest = {}
    for os in ("linux", "windows"):
        workload = size_workload(Workload("test", (app("legacy", 8, cpu=0, memory=18 * GIB + 700 * MIB, os=os),)))
        options = EraOptions(control_plane="managed")
        setting = Setting(workload, (BOX,), overheads_of(workload, options), options)
        compiled = era("kubernetes_on_vms", options).compile(setting)
        fewest[os] = solve(compiled.problem, time_limit=20).lower_bound
    assert fewest == {"linux": 3, "windows": 4}


def _left(era_on_vms: OnVirtualMachines, guest: Guest, os: str, setting: Setting) -> dict[str, int]:
    """What a VM has of CPU and memory for applications, nothing where it does not start."""
    inside = replace(setting, guest=True)
    box = era_on_vms.inner.box(guest.size, os, inside)
    return {resource: left_in(box, resource, inside.room) or 0 for resource in ("cpu", "memory")}


@given(
    st.lists(st.tuples(st.integers(1, 24), st.integers(1, 250) | st.integers(240, 251)), min_size=2, max_size=2),
    st.sampled_from(("kvm", "esxi", "hyperv", "xen")),
    st.sampled_from(("gke", "eks", "aks", "gdc")),
    st.sampled_from((Fraction(1), Fraction(3, 2))),
)
def test_no_two_vms_have_more_than_the_relaxation(
    sizes: list[tuple[int, int]], hypervisor: str, provider: str, promised: Fraction
) -> None:
    """VMs of both families that fit a machine together leave no more, each by itself and together, than is counted on."""
    options = EraOptions(hypervisor=hypervisor, provider=provider, overheads="high", node_overcommit=promised)
    workload = size_workload(Workload("test", (app("web"), app("legacy", os="windows"))))
    setting = Setting(workload, (BOX,), overheads_of(workload, options), options)
    nested = era("kubernetes_on_vms", options)
    assert isinstance(nested, OnVirtualMachines)
    room = room_of(BOX, setting)
    step = setting.overheads["vm.memory_step"]
    guests = [guest_of_size(BOX, vcpus, steps * step, room, setting) for vcpus, steps in sizes]
    fits = [
        {r: sum(g.takes.get(r, 0) for g in some) <= room[r] for r in CUT} for some in (guests[:1], guests[1:], guests)
    ]
    compiled = nested.compile(setting)
    first, second = (_left(nested, guest, os, setting) for guest, os in zip(guests, ("linux", "windows"), strict=True))
    rows = [dict(zip(compiled.resources[:4], row, strict=False)) for row in compiled.problem.capacity.tolist()]
    for resource in CUT:
        if all(fits[0].values()):
            assert first[resource] <= rows[0][resource]
        if all(fits[1].values()):
            assert second[resource] <= rows[1][resource]
        if all(fits[2].values()) and first[resource] and second[resource]:
            assert first[resource] + second[resource] <= rows[2][resource]
            own = [k for k, r in enumerate(compiled.resources) if r == resource][1:]
            for left, k in zip((first, second), own, strict=True):
                assert left[resource] <= compiled.problem.capacity[2, k]
