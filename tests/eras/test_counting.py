"""How each era counts, on estates small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from binpack.era_plan import type_counts
from binpack.eras.options import ERAS, MONOLITH, PARTS, EraOptions
from binpack.errors import InputError
from binpack.machines.machine_type import MachineType
from binpack.planning import compare_eras, plan
from binpack.units import GIB, MIB
from binpack.workload.application import Application, Component, Container, Placement
from binpack.workload.workload import Workload

MACHINE = MachineType(
    "box", {"cpu": 16_000, "memory": 64 * GIB, "disk": 1024 * GIB}, rack_units=Fraction(1, 2), source="test"
)
SMALL = {"cpu": 100, "memory": 256 * MIB}


def app(name: str, replicas: int = 1, size: dict[str, int] | None = None, **fields: object) -> Application:
    """An application of group ``shop``."""
    return Application(name, replicas, size or SMALL, group="shop", **fields)  # type: ignore[arg-type]


def rows(*applications: Application, eras: tuple[str, ...] = ERAS, **options: object) -> dict[tuple[str, str], object]:
    """Era and shape -> result, on MACHINE."""
    comparison = compare_eras(
        Workload("test", applications),
        [MACHINE],
        eras=eras,
        options=EraOptions(**options),  # type: ignore[arg-type]
    )
    return {(row.era, row.shape): row for row in comparison.rows}


def test_physical_gives_each_copy_a_machine_of_its_own() -> None:
    """Per copy: as many machines as copies; two of them to a rack unit; isolation is what binds."""
    row = rows(app("web", 5), app("db", 2))["physical", PARTS]
    assert (row.machines, row.plan.lower_bound, row.plan.status) == (7, 7, "optimal")
    assert row.rack_units == 4
    assert row.full_of == "isolation"
    assert row.plus_one_spare == 8


def test_physical_per_application_shares_between_copies_only() -> None:
    """Copies of one application share, on at least two machines if there is more than one; applications do not."""
    row = rows(app("web", 50), app("db", 2), app("cron", 1))["physical_per_application", PARTS]
    assert (row.machines, row.plan.status) == (2 + 2 + 1, "optimal")


def test_a_job_never_needs_a_machine_of_its_own() -> None:
    """In the physical era a job stands beside another application's copy."""
    row = rows(app("web", 2), app("backup", 3, job=True))["physical", PARTS]
    assert (row.machines, row.instances) == (2, 5)


def test_each_virtual_machine_pays_a_guest_and_the_hypervisor() -> None:
    """Memory of a VM: copy + footprint in steps of 256 MiB; the hypervisor takes its formula's share outside."""
    row = rows(app("web", 3))["virtual_machines", PARTS]
    assert (row.machines, row.virtual_machines) == (1, 3)
    assert row.overhead["guest_os"]["memory"] == 3 * GIB  # 256 MiB + 1 GiB is a multiple of the step already
    vm = 1280 * MIB
    per_vm = -(-vm * 2 // 1000) + 218 * MIB + 8 * MIB
    assert row.overhead["hypervisor"]["memory"] == 360 * MIB + 3 * per_vm
    assert row.overhead["host_os"]["memory"] == GIB


def test_vcpus_are_overcommitted_but_requested_cpu_is_not() -> None:
    """64 VMs of a vCPU each fit 16 threads at 4:1 and not at 1:1; 17 threads requested never fit one machine."""
    light = app("light", 40, {"cpu": 100, "memory": 128 * MIB})
    assert rows(light, eras=("virtual_machines",))["virtual_machines", PARTS].machines == 1
    strict = rows(light, eras=("virtual_machines",), vcpu_overcommit=Fraction(1))["virtual_machines", PARTS]
    assert (strict.machines, strict.full_of) == (3, "vCPUs")
    heavy = app("heavy", 17, {"cpu": 1000, "memory": 128 * MIB})
    assert rows(heavy, eras=("virtual_machines",))["virtual_machines", PARTS].machines == 2


def test_a_bare_metal_hypervisor_drops_the_host_os() -> None:
    """With ESXi there is no host OS to pay for."""
    row = rows(app("web", 3), eras=("virtual_machines",), hypervisor="esxi")["virtual_machines", PARTS]
    assert "host_os" not in row.overhead
    assert row.overhead["guest_os"]["memory"] == 3 * GIB


def test_containers_share_one_kernel_and_pay_a_shim_each() -> None:
    """Per machine host OS and engine; per container a shim; no guest anywhere."""
    sidecar = app("web", 3, containers=(Container("web"), Container("proxy")))
    row = rows(sidecar)["containers", PARTS]
    assert row.machines == 1
    assert row.overhead["engine"]["memory"] == 256 * MIB + 3 * 2 * 11 * MIB
    assert "guest_os" not in row.overhead


def test_nodes_of_two_families_share_a_machine() -> None:
    """Copies spread over hosts, in Linux and in Windows: their nodes are VMs, so that four machines hold both; the bound
    is not the sum of what each family would need alone."""
    spread = Placement(max_per_host=1)
    estate = (app("web", 4, placement=spread), app("old", 4, os="windows", placement=spread))
    found = rows(*estate, eras=("kubernetes", "kubernetes_on_vms"))
    assert found["kubernetes", PARTS].machines == 8
    row = found["kubernetes_on_vms", PARTS]
    assert (row.machines, row.plan.lower_bound, row.plan.status) == (4, 4, "optimal")


def test_images_are_on_a_machines_disk_once() -> None:
    """Forty copies of an image of 1 GiB take 1 GiB of disk on their machine."""
    row = rows(app("web", 40, image_bytes=GIB))["containers", PARTS]
    assert row.machines == 1
    assert row.overhead["images"]["disk"] == GIB


@pytest.mark.parametrize("era", ["docker_swarm", "kubernetes", "kubernetes_on_vms"])
def test_orchestrators_stand_on_three_machines_at_least(era: str) -> None:
    """Managers and control plane are on three different machines, whatever else there is."""
    row = rows(app("web"))[era, PARTS]
    assert (row.machines, row.plan.status, row.full_of) == (3, "optimal", "minimum nodes")
    holders = [m for m in row.plan.machines if any(c.what == "control_plane" for c in m.overhead)]
    assert sum(m.count for m in holders) >= 3


@pytest.mark.parametrize("era", ["kubernetes", "kubernetes_on_vms"])
@pytest.mark.parametrize(("copies", "machines"), [(1, 3), (2, 3), (3, 4)])
def test_copies_with_machines_of_their_own_are_nodes_of_the_minimum(era: str, copies: int, machines: int) -> None:
    """Of a managed cluster's three nodes those count that hold one copy alone; what else there is has a node beside them."""
    alone = app("alone", copies, isolation="machine")
    row = rows(alone, app("web"), eras=(era,), control_plane="managed")[era, PARTS]
    assert (row.machines, row.plan.status) == (machines, "optimal")
    assert (
        "1 more node," in row.why if copies == 2 else "more nodes" in row.why if copies == 1 else "more" not in row.why
    )


def test_what_fits_no_machine_is_no_node() -> None:
    """Three copies with machines of their own that no machine holds leave the minimum of nodes as it is."""
    big = app("big", 3, {"cpu": 100_000}, isolation="machine")
    row = rows(big, app("web"), eras=("kubernetes",), control_plane="managed")["kubernetes", PARTS]
    assert (row.machines, row.plan.lower_bound) == (3, 3)


@pytest.mark.parametrize("isolation", [None, "machine"])
@pytest.mark.parametrize("control_plane", ["nodes", "managed"])
def test_windows_nodes_are_beside_the_minimum(control_plane: str, isolation: str | None) -> None:
    """What a cluster runs by itself is on three nodes with Linux, whoever runs the control plane."""
    old = app("old", 2, os="windows", placement=Placement(max_per_host=1), isolation=isolation)
    row = rows(old, eras=("kubernetes",), control_plane=control_plane)["kubernetes", PARTS]
    assert (row.machines, row.plan.status) == (5, "optimal")


def test_max_pods_bind_on_machines_and_not_on_vms() -> None:
    """500 tiny pods need five nodes of 110 pod slots, but fit three machines when each is several nodes."""
    tiny = app("tiny", 500, {"cpu": 10, "memory": 16 * MIB})
    found = rows(tiny, eras=("kubernetes", "kubernetes_on_vms"))
    assert (found["kubernetes", PARTS].machines, found["kubernetes", PARTS].full_of) == (5, "max pods")
    on_vms = found["kubernetes_on_vms", PARTS]
    assert (on_vms.machines, on_vms.plan.status) == (3, "optimal")
    assert on_vms.virtual_machines == on_vms.nodes >= 5


def test_separate_hosts_are_separate_physical_machines_in_every_era() -> None:
    """Five copies that ask for separate hosts are on five machines, in VMs or not."""
    found = rows(app("db", 5, placement=Placement(max_per_host=1)))
    for era in ERAS:
        row = found[era, PARTS]
        assert row.machines == 5, era
        for machine in row.plan.machines:
            assert sum(i.count for i in machine.instances) <= 1, era


def test_isolation_asked_for_is_the_stronger_of_both() -> None:
    """An application that asks for a machine gets one even with containers; one that asks for a VM gets a guest."""
    found = rows(app("web", 3), app("bank", 2, isolation="machine"), app("safe", 1, isolation="vm"))
    row = found["containers", PARTS]
    assert row.machines == 3
    assert row.virtual_machines == 1
    for machine in row.plan.machines:
        if any(i.application == "shop/bank" for i in machine.instances):
            assert len(machine.instances) == 1


def test_windows_and_linux_containers_share_a_machine_only_through_a_vm() -> None:
    """One machine is enough for both families, and then one of them is in a VM, in the plan for all to see."""
    found = rows(app("web", 3), app("legacy", 1, os="windows"))
    row = found["containers", PARTS]
    assert row.machines == 1
    assert row.virtual_machines == 1
    swarm = found["docker_swarm", PARTS]
    assert swarm.virtual_machines == 0
    for machine in swarm.plan.machines:
        kinds = {i.application for i in machine.instances}
        assert not {"shop/web", "shop/legacy"} <= kinds


def test_kubernetes_keeps_linux_nodes_for_the_control_plane() -> None:
    """A cluster with a Windows application has three Linux nodes and a Windows one."""
    row = rows(app("legacy", 1, os="windows"), eras=("kubernetes",))["kubernetes", PARTS]
    systems = [m.labels["kubernetes.io/os"] for m in row.plan.machines for _ in range(m.count)]
    assert sorted(systems) == ["linux", "linux", "linux", "windows"]


def test_agents_run_on_every_machine_and_are_no_instances() -> None:
    """An agent is charged on each machine of each era, and counted nowhere."""
    agent = app("logs", 1, {"cpu": 500, "memory": GIB}, agent=True)
    found = rows(app("web", 4), agent)
    for era in ERAS:
        row = found[era, PARTS]
        boxes = row.nodes if era == "kubernetes_on_vms" else row.machines
        charged = sum(
            c.amount * m.count
            for m in row.plan.machines
            for c in m.overhead
            if c.source == "agent shop/logs" and c.resource == "memory"
        )
        assert charged == boxes * GIB, era
        assert row.instances == 4, era


def test_a_monolith_joins_a_group_into_one_process_a_copy() -> None:
    """Three services at four copies each become four copies of their sum."""
    row = rows(app("a", 4), app("b", 4), app("c", 4))["physical", MONOLITH]
    assert row.machines == 4
    [size] = {tuple(sorted(i.requests.items())) for m in row.plan.machines for i in m.instances}
    assert dict(size) == {"cpu": 300, "memory": 768 * MIB}


def test_components_are_the_parts_of_a_monolith() -> None:
    """An application with components is one process as a monolith and so many services as parts."""
    parts = (Component("ui", SMALL, 3), Component("api", SMALL, 2))
    found = rows(app("shop", 2, {"cpu": 200, "memory": GIB}, components=parts), eras=("physical",))
    assert found["physical", MONOLITH].machines == 2
    assert found["physical", PARTS].machines == 5


def test_what_fits_nowhere_is_named_with_the_nearest_machine() -> None:
    """A copy of 100 GiB is unplaced everywhere, the rest is planned, and there is no spare that would help."""
    row = rows(app("web", 2), app("big", 1, {"cpu": 100, "memory": 100 * GIB}))["containers", PARTS]
    [missing] = row.plan.unplaced
    assert (missing.application, missing.count, missing.nearest) == ("shop/big", 1, "box")
    assert "memory" in missing.reason
    assert row.instances == 2
    assert row.plus_one_spare is None


def test_headroom_keeps_room_free() -> None:
    """With half the CPU kept free, fourteen one-thread copies need two machines instead of one."""
    full = app("full", 14, {"cpu": 1000, "memory": 128 * MIB})
    assert rows(full, eras=("containers",))["containers", PARTS].machines == 1
    half = rows(full, eras=("containers",), headroom={"cpu": Fraction(1, 2)})
    assert half["containers", PARTS].machines == 2


def test_a_spare_becomes_the_headline_when_asked_for() -> None:
    """--spare 2 adds two machines, to the count and to the bound."""
    row = rows(app("web", 5), eras=("physical",), spare=2)["physical", PARTS]
    assert (row.machines, row.plan.lower_bound, row.plan.status) == (7, 7, "optimal")


def test_an_empty_spare_host_is_no_node() -> None:
    """On VMs the nodes are the VMs: a spare host has none. On machines the spare is a node like the others."""
    found = rows(app("web", 3), eras=("kubernetes", "kubernetes_on_vms"), spare=1)
    on_vms = found["kubernetes_on_vms", PARTS]
    assert (on_vms.machines, on_vms.nodes, on_vms.virtual_machines) == (4, 3, 3)
    assert (found["kubernetes", PARTS].machines, found["kubernetes", PARTS].nodes) == (4, 4)


def test_a_machine_is_one_node_of_swarm_however_many_vms_are_on_it() -> None:
    """Swarm schedules on machines; an application that asks for a VM of its own makes no node of it."""
    row = rows(app("web", 3), app("safe", 4, isolation="vm"), eras=("docker_swarm",))["docker_swarm", PARTS]
    assert (row.machines, row.nodes, row.virtual_machines) == (3, 3, 4)


def test_a_spare_costs_what_a_machine_costs() -> None:
    """The bound on cost rises with the bound on machines, so that a proven plan stays proven."""
    rented = replace(MACHINE, name="rented", provider="aws", rack_units=None, price=768_000)
    options = EraOptions(spare=2)
    for era in ("physical", "virtual_machines", "kubernetes"):
        plain = plan(Workload("test", (app("web", 5),)), era, [rented])
        spared = plan(Workload("test", (app("web", 5),)), era, [rented], options=options)
        assert (plain.status, spared.status) == ("optimal", "optimal")
        assert spared.lower_bound == plain.lower_bound + 2 == spared.machine_count
        assert spared.cost_lower_bound == plain.cost_lower_bound + 2 * 768_000


def test_a_spare_may_be_dearer_than_the_bound_knows() -> None:
    """The spare is the larger of two types; a bound knows only the cheaper price, and then says that it is no proof."""
    small = replace(MACHINE, name="small", capacity={**MACHINE.capacity, "memory": 8 * GIB}, price=100)
    large = replace(MACHINE, name="large", price=1_000)
    spared = plan(
        Workload("test", (app("web", 1, {"cpu": 100, "memory": 40 * GIB}),)),
        "physical",
        [small, large],
        options=EraOptions(spare=1),
    )
    assert (spared.machine_count, spared.lower_bound) == (2, 2)
    assert (spared.cost_lower_bound, spared.status) == (1_100, "feasible")


def test_types_of_which_none_outdoes_the_other_have_spares_of_each() -> None:
    """One with the CPU, one with the memory: after losing either, its like has to be there."""
    fast = replace(MACHINE, name="fast", capacity={**MACHINE.capacity, "memory": 8 * GIB})
    wide = replace(MACHINE, name="wide", capacity={**MACHINE.capacity, "cpu": 4_000})
    estate = Workload(
        "test", (app("a", 1, {"cpu": 12_000, "memory": GIB}), app("b", 1, {"cpu": 100, "memory": 40 * GIB}))
    )
    comparison = compare_eras(estate, [fast, wide], eras=("physical",), shapes=(PARTS,))
    assert (comparison.rows[0].machines, comparison.rows[0].plus_one_spare) == (2, 4)
    spared = plan(estate, "physical", [fast, wide], options=EraOptions(spare=1))
    assert (type_counts(spared.machines), spared.lower_bound) == ({"fast": 2, "wide": 2}, 3)
    assert spared.status == "feasible"


def test_a_spare_that_is_not_to_be_had_is_named() -> None:
    """Three machines, all in use: there is no spare, in the column or as the headline, and no machine is invented."""
    three = replace(MACHINE, available=3)
    comparison = compare_eras(
        Workload("test", (app("web", 2),)), [three], eras=("physical",), shapes=(PARTS,), options=EraOptions(spare=2)
    )
    [row] = comparison.rows
    assert (row.machines, row.plus_one_spare, row.plan.status) == (3, None, "infeasible")
    [missing] = row.plan.unplaced
    assert (missing.application, missing.count, missing.nearest) == ("spare machine", 1, "box")


def test_a_third_machine_is_never_in_a_rack_unit() -> None:
    """Half-unit machines stand two to a unit, all at different places."""
    row = rows(app("web", 7), eras=("physical",))["physical", PARTS]
    assert row.rack_units == 4
    places = [place for machine in row.plan.machines for place in machine.places or ()]
    assert len(set(places)) == len(places) == 7
    assert {place.slot for place in places} == {0, 1}


def test_cabinets_count_all_machines_of_an_entry() -> None:
    """A hundred equal machines are one entry of the plan and fill two cabinets of 84."""
    row = rows(app("web", 100), eras=("physical",))["physical", PARTS]
    assert len(row.plan.machines) == 1
    assert row.cabinets == 2


def test_rented_machines_have_a_price_and_no_rack() -> None:
    """Cost is the price by the month; rack units and cabinets are unknown; Kubernetes on VMs is the same row."""
    rented = replace(MACHINE, name="m5.4xlarge", provider="aws", rack_units=None, price=768_000)
    found = compare_eras(Workload("test", (app("web", 3),)), [rented])
    row = next(r for r in found.rows if r.era == "physical" and r.shape == PARTS)
    assert row.cost_per_month == 3 * 768_000 * 730
    assert row.rack_units is None
    assert "kubernetes_on_vms" not in {r.era for r in found.rows}


def test_applications_of_one_name_in_two_groups_have_vms_of_their_own() -> None:
    """A VM is named after its application's group as well, so that no two on a machine have one name."""
    here, there = app("web"), replace(app("web"), group="other")
    row = rows(here, there, eras=("virtual_machines",))["virtual_machines", PARTS]
    [machine] = row.plan.machines
    assert len({vm.name for vm in machine.virtual_machines}) == 2


@pytest.mark.parametrize("fields", [{"os": "windows"}, {"isolation": "vm"}])
def test_a_vm_within_a_vm_is_refused(fields: dict[str, object]) -> None:
    """Containers on VMs share a Linux kernel; what needs another, or a VM of its own, is named instead of put there."""
    with pytest.raises(InputError, match="shop/odd"):
        rows(app("web"), app("odd", **fields), eras=("containers",), containers_on_vms=True)  # type: ignore[arg-type]
    assert rows(app("web"), eras=("containers",), containers_on_vms=True)["containers", PARTS].virtual_machines == 1


def test_unknown_era_is_refused() -> None:
    """The known names are listed."""
    with pytest.raises(InputError, match="physical"):
        plan(Workload("test", (app("web"),)), "mainframe", [MACHINE])
