"""Updates without downtime by the orchestrators' own rules, and the load balancers that they need."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from eras.estates import BOX, app, estates, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.cli.era_arguments import Asked
from binpack.comparison import EraResult
from binpack.eras.operation.rollouts import rollout
from binpack.eras.options import EraOptions
from binpack.planning import compare_sized
from binpack.report.json import comparison_json, plan_json
from binpack.units import GIB, MIB
from binpack.verify import verify_comparison
from binpack.workload.application import Application, Placement
from binpack.workload.sizing import size_workload
from binpack.workload.update_strategy import STOP_ONE
from binpack.workload.workload import Workload

ORCHESTRATED = ("docker_swarm", "kubernetes")


def updates(applications: list[Application], era: str = "kubernetes", **options: object) -> str:
    """What a row says about updates."""
    return rows(applications, (era,), **options)[era].updates  # type: ignore[arg-type]


def test_without_an_orchestrator_nobody_replaces_copies_one_by_one() -> None:
    """Machines, VMs and bare containers are stopped to be updated."""
    found = rows([app("web", 2)], ("physical", "virtual_machines", "containers"))
    assert {row.updates for row in found.values()} == {"no"}


@pytest.mark.parametrize("era", ORCHESTRATED)
def test_a_single_copy_takes_room_for_another(era: str) -> None:
    """Half a machine's memory leaves no room for a second copy on three machines with two each; one more machine has it."""
    large = [app(f"db{k}", 1, memory=27 * GIB) for k in range(6)]
    assert updates(large, era, minimum_nodes=3) == "with 1 more machine"
    assert updates(large[:5], era, minimum_nodes=3) == "yes"


def test_copies_that_may_be_missing_need_no_room() -> None:
    """Of eight copies Kubernetes takes two away first; of two Swarm takes one; of three Kubernetes takes none."""
    full = 27 * GIB
    assert updates([app("web", 8, memory=full)]) == "yes"
    assert (
        updates([app("web", 2, memory=full), *[app(f"x{k}", 2, memory=full) for k in range(2)]], "docker_swarm")
        == "yes"
    )
    assert updates([app("web", 3, memory=full), app("api", 3, memory=full)]) == "with 1 more machine"


def test_the_only_copy_of_a_stateful_set_is_down_meanwhile() -> None:
    """It stops before the new one starts; of two, one goes on."""
    assert updates([app("db", 1, update=STOP_ONE)]) == "no"
    assert updates([app("db", 2, update=STOP_ONE)]) == "yes"


def test_rules_count_and_so_does_stock() -> None:
    """A copy that keeps to a host of its own has none left; where machines run out, no update goes through."""
    apart = [app("web", 3, placement=Placement(max_per_host=1))]
    assert updates(apart) == "with 1 more machine"
    assert updates(apart, machine=replace(BOX, available=3)) == "no"


def test_each_kernel_family_takes_a_machine_of_its_own() -> None:
    """Linux and Windows copies that have no room are not helped by the same machine."""
    both = [app(f"{os}{k}", 1, memory=28 * GIB, os=os) for os in ("linux", "windows") for k in range(2)]
    row = rows([*both, *[app(f"more{k}", 1, memory=28 * GIB) for k in range(4)]], ("docker_swarm",))["docker_swarm"]
    assert row.updates == "with 2 more machines"


def naive_room(row: EraResult, application: Application) -> bool:
    """Whether some machine of Kubernetes has a slot, CPU and memory for one more copy, adding up all that is on it, and no
    more copies than may be there."""
    for machine in row.plan.machines:
        there = sum(instance.count for instance in machine.instances if instance.application == application.key)
        if machine.labels["kubernetes.io/os"] != application.os or there == application.placement.max_per_host:
            continue
        taken = Counter({charge.resource: 0 for charge in machine.overhead})
        for charge in machine.overhead:
            taken[charge.resource] += charge.amount
        for instance in machine.instances:
            for resource, amount in instance.requests.items():
                taken[resource] += amount * instance.count
        needs = {**application.requests, "pods": 1}
        if all(taken[resource] + amount <= machine.capacity[resource] for resource, amount in needs.items()):
            return True
    return False


@settings(max_examples=25, deadline=None)
@given(estates().map(lambda estate: [replace(each, isolation=None) for each in estate]))
def test_yes_says_that_whoever_needs_room_has_it(estate: list[Application]) -> None:
    """Against looking for a place, copy by copy."""
    row = rows(estate, ("kubernetes",))["kubernetes"]
    if row.plan.unplaced:
        return
    waiting = [each for each in estate if rollout("kubernetes", each, each.replicas).unavailable == 0]
    assert (row.updates == "yes") == all(naive_room(row, each) for each in waiting)


def test_load_balancers_stand_where_requests_are_balanced() -> None:
    """Two copies of 0.1 CPU and 90 MiB, or of what is said, in an orchestrator's eras alone."""
    found = rows([app("web", 2)], ("containers", *ORCHESTRATED), load_balancers=2)
    copies = {era: row.instances for era, row in found.items()}
    assert copies == {"containers": 2, "docker_swarm": 4, "kubernetes": 4}
    asked = {era: dict(row.overhead.get("load_balancers", {})) for era, row in found.items()}
    two = {"cpu": 200, "memory": 180 * MIB}
    assert asked == {"containers": {}, "docker_swarm": two, "kubernetes": {**two, "pods": 2}}
    small = rows([app("web")], ("kubernetes",), load_balancers=1, own_overheads={"load_balancer.memory": "8 MiB"})
    sizes = [i.requests["memory"] for _, i in small["kubernetes"].plan.instances() if "load-balancer" in i.application]
    assert sizes == [8 * MIB]


@settings(max_examples=15, deadline=None)
@given(estates(), st.integers(0, 3))
def test_the_checker_expects_the_same_load_balancers(estate: list[Application], copies: int) -> None:
    """As many in each era and shape, as many requests among the overheads, and no plan without them passes."""
    options = EraOptions(time_limit=0.2, load_balancers=copies)
    asked = Asked(size_workload(Workload("test", tuple(estate))), [BOX], options, ())
    found = compare_sized(
        asked.workload, [BOX], ("containers", *ORCHESTRATED), ("parts", "monolith"), options, "requests"
    )
    plans = [plan_json(row.plan) for row in found.rows]
    facts = [asked.facts(row.shape) for row in found.rows]
    assert verify_comparison(comparison_json(found), plans, facts) == []
    if copies:
        without = replace(options, load_balancers=0)
        bare = compare_sized(asked.workload, [BOX], ("kubernetes",), ("parts",), without, "requests")
        assert verify_comparison(comparison_json(bare), [plan_json(row.plan) for row in bare.rows], facts[:1])
