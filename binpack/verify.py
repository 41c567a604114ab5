"""Adds a plan up again from its JSON alone, and a comparison's row from its plan. Knows no era, report or solver."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

KINDS = ("host_os", "hypervisor", "guest_os", "engine", "kubelet", "agents", "control_plane")
UNITS_PER_CABINET = 42
SLOTS_PER_UNIT = 2
ORCHESTRATED = ("docker_swarm", "kubernetes", "kubernetes_on_vms")

Json = Mapping[str, Any]


def verify_plan(plan: Json, *, copies: Mapping[str, int] | None = None, minimum_nodes: int = 3) -> list[str]:
    """Every broken rule, in words; an empty list if the plan adds up.

    copies : how many instances of each application there should be, placed and unplaced together.
    """
    faults = [fault for machine in plan["machines"] for fault in _machine(machine)]
    faults += _replicas(plan, copies)
    faults += _places(plan)
    if plan["era"] in ORCHESTRATED and not plan["unplaced"]:
        machines = sum(m["count"] for m in plan["machines"])
        if machines < minimum_nodes:
            faults.append(f"{machines} machines; an orchestrator's nodes are on at least {minimum_nodes}")
    if plan["status"] == "optimal" and plan["lower_bound"] > sum(m["count"] for m in plan["machines"]):
        faults.append("the lower bound is above the number of machines")
    return faults


def _machine(machine: Json) -> Iterator[str]:
    name = machine["name"]
    for charge in machine["overhead"]:
        if charge["what"] not in KINDS:
            yield f"{name}: overhead of the unknown kind {charge['what']!r}"
        if charge["amount"] < 0:
            yield f"{name}: a negative overhead"
    for resource in _resources(machine):
        whole = machine["capacity"].get(resource, 0)
        taken = _taken(machine, resource)
        rented_disk = resource == "disk" and "disk" not in machine["capacity"]
        if taken > whole and not rented_disk:
            yield f"{name}: {resource} is {taken} of {whole}"
    vms = {vm["name"]: vm for vm in machine["virtual_machines"]}
    if len(vms) != len(machine["virtual_machines"]):
        yield f"{name}: two virtual machines of one name"
    for vm in vms.values():
        yield from _virtual_machine(machine, vm)
    for thing in (*machine["instances"], *machine["overhead"]):
        if thing["inside"] is not None and thing["inside"] not in vms:
            yield f"{name}: something is inside {thing['inside']!r}, which is not there"


def _virtual_machine(machine: Json, vm: Json) -> Iterator[str]:
    for resource in _resources(machine):
        inside = sum(
            i["requests"].get(resource, 0) * i["count"] for i in machine["instances"] if i["inside"] == vm["name"]
        )
        inside += sum(
            c["amount"] for c in machine["overhead"] if c["inside"] == vm["name"] and c["resource"] == resource
        )
        if resource in vm["capacity"] and inside > vm["capacity"][resource]:
            yield f"{machine['name']}: {vm['name']} holds {inside} of {vm['capacity'][resource]} {resource}"
    if vm["vcpus"] < 1:
        yield f"{machine['name']}: {vm['name']} has no vCPU"


def _resources(machine: Json) -> set[str]:
    named = set(machine["capacity"]) | {c["resource"] for c in machine["overhead"]}
    return named | {r for i in machine["instances"] for r in i["requests"]}


def _taken(machine: Json, resource: str) -> int:
    requested = sum(i["requests"].get(resource, 0) * i["count"] for i in machine["instances"])
    return requested + sum(c["amount"] for c in machine["overhead"] if c["resource"] == resource)


def _replicas(plan: Json, copies: Mapping[str, int] | None) -> Iterator[str]:
    """Each replica once: an application's copies on an entry of ``count`` machines take a run of numbers."""
    runs: dict[str, list[tuple[int, int]]] = {}
    for machine in plan["machines"]:
        first: dict[str, int] = {}
        many: dict[str, int] = {}
        for instance in machine["instances"]:
            application = instance["application"]
            first[application] = min(first.get(application, instance["replica"]), instance["replica"])
            many[application] = many.get(application, 0) + instance["count"]
        for application, start in first.items():
            runs.setdefault(application, []).append((start, start + many[application] * machine["count"]))
    missing = {u["application"]: u["count"] for u in plan["unplaced"]}
    for application, taken in runs.items():
        taken.sort()
        if any(end > start for (_, end), (start, _) in pairwise(taken)):
            yield f"{application}: a replica is placed twice"
    for application, wanted in (copies or {}).items():
        placed = sum(end - start for start, end in runs.get(application, ()))
        if placed + missing.get(application, 0) != wanted:
            yield f"{application}: {placed} placed and {missing.get(application, 0)} unplaced of {wanted}"
    for application in runs:
        if copies is not None and application not in copies:
            yield f"{application}: placed, but nobody asked for it"


def _places(plan: Json) -> Iterator[str]:
    """A slot holds one machine, a unit two at most, a cabinet 42 units."""
    seen: set[tuple[int, int, int]] = set()
    for machine in plan["machines"]:
        if machine["cabinet"] is None:
            continue
        place = (machine["cabinet"], machine["rack_unit"], machine["slot"])
        if place in seen:
            yield f"{machine['name']}: another machine is in cabinet {place[0]}, unit {place[1]}, slot {place[2]}"
        seen.add(place)
        if not 0 <= place[2] < SLOTS_PER_UNIT or not 1 <= place[1] <= UNITS_PER_CABINET:
            yield f"{machine['name']}: no such place as unit {place[1]}, slot {place[2]}"


def verify_row(row: Json, plan: Json) -> list[str]:
    """Whether a comparison's row says what its plan adds up to."""
    machines = plan["machines"]
    sums: dict[str, dict[str, int]] = {}
    capacity: dict[str, int] = {}
    taken: dict[str, int] = {}
    by_type: dict[str, int] = {}
    for machine in machines:
        by_type[machine["type"]] = by_type.get(machine["type"], 0) + machine["count"]
        for charge in machine["overhead"]:
            kind = sums.setdefault(charge["what"], {})
            kind[charge["resource"]] = kind.get(charge["resource"], 0) + charge["amount"] * machine["count"]
        for resource, whole in machine["capacity"].items():
            capacity[resource] = capacity.get(resource, 0) + whole * machine["count"]
            taken[resource] = taken.get(resource, 0) + _taken(machine, resource) * machine["count"]
    use = {r: round(float(Fraction(taken[r], whole)), 6) for r, whole in capacity.items() if whole}
    expected = {
        "machines": sum(by_type.values()),
        "machines_by_type": by_type,
        "virtual_machines": sum(m["count"] * len(m["virtual_machines"]) for m in machines),
        "instances": sum(m["count"] * i["count"] for m in machines for i in m["instances"]),
        "overhead": sums,
        "lower_bound": plan["lower_bound"],
        "status": plan["status"],
    }
    faults = [
        f"{key}: the row says {row[key]}, the plan {value}" for key, value in expected.items() if row[key] != value
    ]
    return faults + [
        f"utilisation of {r}: the row says {row['utilisation'].get(r)}, the plan {value}"
        for r, value in use.items()
        if abs(row["utilisation"].get(r, -1) - value) > 1e-6
    ]
