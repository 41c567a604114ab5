"""Images in the eras of containers: each layer once a machine, and packings that fetch little."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from eras.estates import BOX
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.comparison import EraResult
from binpack.era_plan import Machine
from binpack.eras.options import PARTS, EraOptions
from binpack.machines.machine_type import MachineType
from binpack.machines.overheads import load_overheads
from binpack.planning import compare_eras
from binpack.report.json import era_json, plan_json
from binpack.units import GIB
from binpack.verify import verify_plan, verify_row
from binpack.verify.facts import Facts
from binpack.workload.application import Application, Container
from binpack.workload.image import Image
from binpack.workload.layer import Layer
from binpack.workload.sizing import size_workload
from binpack.workload.workload import Workload

CONTAINER_ERAS = ("containers", "docker_swarm", "kubernetes", "kubernetes_on_vms")
SMALL_DISK = replace(BOX, capacity={**BOX.capacity, "disk": 40 * GIB})
LAYERS = (Layer("base", 8 * GIB, 3 * GIB), Layer("runtime", 4 * GIB), Layer("x", 5 * GIB, GIB), Layer("y", 2 * GIB))


def app(name: str, replicas: int, *images: str, cpu: int = 1000, **fields: Any) -> Application:
    """An application with a container for each image."""
    containers = tuple(Container(image, image) for image in images)
    return Application(name, replicas, {"cpu": cpu, "memory": GIB}, group="shop", containers=containers, **fields)


def workload(applications: Sequence[Application], images: dict[str, Sequence[Layer]]) -> Workload:
    """The applications, and images by their short names."""
    named = {f"docker.io/library/{name}:latest": (Image(tuple(layers)),) for name, layers in images.items()}
    return Workload("images", tuple(applications), images=named)


def result(work: Workload, era: str = "containers", machine: MachineType = BOX, time_limit: float = 0.4) -> EraResult:
    """One era's row, as parts."""
    options = EraOptions(time_limit=time_limit)
    return compare_eras(work, [machine], eras=(era,), shapes=(PARTS,), options=options).rows[0]


def unions(machines: Sequence[Machine], work: Workload, nodes_are_vms: bool) -> tuple[int, int]:
    """(disk, pulled) by sets of digests: by machine, and for each copy in a VM of its own, or VM by VM where these are
    the nodes, agents beside what is of Linux."""
    layers = {a.key: a.layers for a in size_workload(work).applications}
    families = {a.key: a.os for a in work.applications}
    agents = [layer for a in work.agents for layer in layers[a.key]]
    disk = pulled = 0
    for machine in machines:
        there = [i for i in machine.instances if i.inside in (None, "linux helper")]
        alone = [[i] for i in machine.instances if i not in there]
        if nodes_are_vms:
            groups = [[i for i in machine.instances if i.inside == vm.name] for vm in machine.virtual_machines]
            stores = [(group, not group or families[group[0].application] == "linux") for group in groups]
        else:
            stores = [(there, machine.labels["kubernetes.io/os"] == "linux"), *((copy, False) for copy in alone)]
        for instances, with_agents in stores:
            found = {la for i in instances for la in layers[i.application]} | set(agents if with_agents else ())
            disk += sum(layer.size for layer in found) * machine.count
            pulled += sum(layer.pulled for layer in found) * machine.count
    return disk, pulled


@st.composite
def works(draw: st.DrawFn) -> Workload:
    """Up to four applications, some in VMs or of Windows, and an agent over three images of up to three of four layers."""
    images = {name: draw(st.lists(st.sampled_from(LAYERS), max_size=3, unique=True)) for name in ("a", "b", "c")}
    chosen = st.lists(st.sampled_from(["a", "b", "c", "unknown"]), max_size=2, unique=True)
    applications = [
        app(
            f"app{k}",
            draw(st.integers(1, 6)),
            *draw(chosen),
            cpu=draw(st.sampled_from([500, 2000, 5000])),
            os=draw(st.sampled_from(["linux", "linux", "windows"])),
            isolation=draw(st.sampled_from([None, None, "vm"])),
        )
        for k in range(draw(st.integers(1, 4)))
    ]
    if draw(st.booleans()):
        applications.append(app("agent", 1, *draw(chosen), agent=True, cpu=100))
    return workload(applications, images)


@settings(max_examples=25, deadline=None)
@given(works(), st.sampled_from(CONTAINER_ERAS))
def test_images_add_up(work: Workload, era: str) -> None:
    """Bytes are the sums of unions of layers; shared they are never more than apart, nor than without regard to images, and
    never less than the bound."""
    row = result(work, era, time_limit=0.1)
    use = row.plan.images
    if use is None:
        assert not any(a.layers for a in size_workload(work).applications)
        return
    assert (use.plan.disk, use.plan.pulled) == unions(row.plan.machines, work, era == "kubernetes_on_vms")
    assert row.overhead.get("images", {}).get("disk", 0) == use.plan.disk
    assert use.plan.disk <= use.apart.disk
    assert use.lower_bound <= use.plan.pulled <= use.apart.pulled
    assert use.without_regard is None or use.plan.pulled <= use.without_regard.pulled


@settings(max_examples=25, deadline=None)
@given(works(), st.sampled_from(CONTAINER_ERAS[:3]))
def test_sharing_layers_never_takes_more_machines(work: Workload, era: str) -> None:
    """The same images with no layer in common need at least as much disk, so at least as many machines, where both are
    proven: on machines that some dozen GiB fill."""
    own = {
        name: tuple(
            replace(i, layers=tuple(replace(la, digest=f"{name} {la.digest}") for la in i.layers)) for i in found
        )
        for name, found in work.images.items()
    }
    shared, apart = result(work, era, SMALL_DISK), result(replace(work, images=own), era, SMALL_DISK)
    if shared.plan.status == apart.plan.status == "optimal":
        assert shared.machines <= apart.machines


@settings(max_examples=25, deadline=None)
@given(works(), st.sampled_from(CONTAINER_ERAS))
def test_the_checker_agrees(work: Workload, era: str) -> None:
    """It adds up charges and sums of images by itself, in VMs that are nodes too."""
    row = result(work, era)
    assert faults(row, work) == []


def faults(row: EraResult, work: Workload, change: Any = None) -> list[str]:
    """What the checker finds in a row and its plan, after a change of the plan's JSON."""
    sized = size_workload(work)
    placed = {a.key: a for a in sized.placed}
    facts = Facts(placed, {"box": BOX}, agents=sized.agents, overheads=load_overheads().amounts())
    plan = copy.deepcopy(plan_json(row.plan))
    if change is not None:
        change(plan)
        return verify_plan(plan, facts)
    return verify_plan(plan, facts) + verify_row(era_json(row), plan, facts)


TWO_BASES = workload(
    [*(app(f"a{k}", 4, f"a{k}") for k in range(2)), *(app(f"b{k}", 4, f"b{k}") for k in range(2))],
    {
        **{f"a{k}": (Layer("a", GIB), Layer(f"a{k}", 100)) for k in range(2)},
        **{f"b{k}": (Layer("b", GIB), Layer(f"b{k}", 100)) for k in range(2)},
    },
)


def test_copies_of_one_base_share_machines() -> None:
    """Sixteen copies of four images on two bases, eight to a machine: each base comes to one machine, which is the least."""
    row = result(TWO_BASES, machine=replace(BOX, capacity={**BOX.capacity, "cpu": 8_500}))
    assert row.machines == 2
    use = row.plan.images
    assert use is not None
    assert (use.plan.pulled, use.proven) == (2 * GIB + 400, True)
    assert use.apart.pulled == 16 * (GIB + 100)


def test_copies_of_one_base_share_nodes_that_are_vms() -> None:
    """Four VMs, each of which has room for six copies: a base comes to two of them, and all of an image to one, which is the
    least that these VMs fetch."""
    work = replace(TWO_BASES, applications=tuple(replace(a, replicas=6) for a in TWO_BASES.applications))
    row = result(work, "kubernetes_on_vms", replace(BOX, capacity={**BOX.capacity, "cpu": 9_000}), time_limit=2.0)
    use = row.plan.images
    assert use is not None
    assert (row.machines, row.virtual_machines) == (4, 4)
    assert (use.plan.pulled, use.proven) == (4 * GIB + 400, True)


def test_where_nothing_has_a_place_nothing_is_fetched() -> None:
    """On machines too small for any VM every copy is named, and no image is stored."""
    row = result(TWO_BASES, "kubernetes_on_vms", replace(BOX, capacity={**BOX.capacity, "memory": GIB}))
    assert sum(lost.count for lost in row.plan.unplaced) >= sum(a.replicas for a in TWO_BASES.applications)
    assert row.machines == 0


def test_layers_that_fill_a_disk_take_another_machine() -> None:
    """Of two images of 20 GiB a disk with 30 GiB free holds one; with a base of 15 GiB in common it holds both."""
    base, own = Layer("base", 15 * GIB), [Layer(f"own{k}", 5 * GIB) for k in range(2)]
    applications = [app(f"app{k}", 2, f"image{k}") for k in range(2)]
    shared = workload(applications, {f"image{k}": (base, own[k]) for k in range(2)})
    apart = workload(applications, {f"image{k}": (Layer(f"base{k}", 15 * GIB), own[k]) for k in range(2)})
    found = [result(work, machine=SMALL_DISK) for work in (shared, apart)]
    assert [(row.machines, row.plan.status) for row in found] == [(1, "optimal"), (2, "optimal")]


def test_what_agents_bring_is_there_already() -> None:
    """An agent's layers are on every machine, and nobody beside it pays for them again."""
    work = workload([app("web", 30, "web"), app("log", 1, "log", agent=True)], {"web": LAYERS[:2], "log": LAYERS[:1]})
    row = result(work)
    assert row.overhead["images"]["disk"] == row.machines * (12 * GIB)


@pytest.mark.parametrize("era", ["containers", "docker_swarm"])
@pytest.mark.parametrize("wish", [{"isolation": "vm"}, {"isolation": "vm", "os": "windows"}])
def test_a_copy_in_a_vm_of_its_own_shares_nothing(era: str, wish: dict[str, str]) -> None:
    """Its image is on its VM's disk, beside the guest's files, and fetched for each of the VMs: nothing less is possible."""
    work = workload([app("web", 2, "web"), app("bank", 2, "web", **wish)], {"web": LAYERS[:1]})
    row = result(work, era)
    use = row.plan.images
    assert use is not None
    assert (use.plan.disk, use.plan.pulled, use.proven) == ((1 + 2) * 8 * GIB, (1 + 2) * 3 * GIB, True)
    assert row.overhead["images"] == {"disk": 3 * 8 * GIB}
    guest = load_overheads().amounts()[f"guest_os.{wish.get('os', 'linux')}.disk"]
    disks = [vm.capacity["disk"] for machine in row.plan.machines for vm in machine.virtual_machines]
    assert disks == [guest + 8 * GIB] * 2
    assert faults(row, work) == []


def test_windows_on_linux_fetches_for_each_vm() -> None:
    """The containers of another kernel family are in a VM each, as if each asked for it."""
    work = workload([app("web", 2, "web"), app("old", 3, "old", os="windows")], {"web": LAYERS[:1], "old": LAYERS[1:2]})
    row = result(work)
    assert row.machines == 1
    use = row.plan.images
    on_linux = row.plan.machines[0].labels["kubernetes.io/os"] == "linux"
    assert use is not None
    assert use.plan.disk == 8 * GIB + (3 if on_linux else 1) * 4 * GIB
    assert use.proven


@pytest.mark.parametrize("era", ["physical", "physical_per_application", "virtual_machines"])
def test_eras_without_containers_have_no_images(era: str) -> None:
    """There is nothing that shares them."""
    assert result(TWO_BASES, era).plan.images is None


@pytest.mark.parametrize(
    ("key", "amount", "words"),
    [
        ("disk", 1, "disk is"),
        ("largest", 1, "largest is"),
        ("pulled", 10**12, "pulled is"),
        ("slowest", 1, "slowest is"),
        ("lower_bound", 10**12, "above the"),
        ("proven", False, "proven is False"),
    ],
)
def test_no_figure_of_images_can_change_unseen(key: str, amount: int, words: str) -> None:
    """Each is added up again, or held against the others."""
    row = result(TWO_BASES)
    found = faults(row, TWO_BASES, lambda plan: plan["images"].update({key: amount}))
    assert any(words in fault for fault in found)


def test_a_plan_cannot_be_silent_on_images() -> None:
    """Where sizes are known, they are counted."""
    row = result(TWO_BASES)
    assert any("nothing is said" in fault for fault in faults(row, TWO_BASES, lambda plan: plan.update(images=None)))
