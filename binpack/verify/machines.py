"""Sums on one machine of a plan's JSON: what is on it fits into it, what is in a virtual machine fits into that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from binpack.era_plan import OVERHEAD_KINDS

Json = Mapping[str, Any]
Ratios = Mapping[str, Fraction]
Held = Counter[tuple[str | None, str]]

THREAD = 1000


def machine_faults(machine: Json, promised: Ratios, in_vms: Ratios) -> Iterator[str]:
    """Every broken rule of one machine, each naming it. promised, in_vms : how often what the machine, and a VM that holds
    many copies, has of a resource may be given away; once, where it is not named."""
    name = machine["name"]
    yield from _signs(machine)
    vms = {vm["name"]: vm for vm in machine["virtual_machines"]}
    if len(vms) != len(machine["virtual_machines"]):
        yield f"{name}: two virtual machines of one name"
    for thing in (*machine["instances"], *machine["overhead"]):
        if thing["inside"] is not None and thing["inside"] not in vms:
            yield f"{name}: something is inside {thing['inside']!r}, which is not there"
    inside = held(machine)
    for resource in resources(machine):
        if on_demand(machine, resource):
            continue
        whole, used = machine["capacity"].get(resource, 0) * promised.get(resource, 1), taken(machine, resource)
        if used > whole:
            yield f"{name}: {resource} is {used} of {whole}"
        given = promised_to_vms(machine, resource, inside)
        if resource != "cpu" and given > whole:
            yield f"{name}: its virtual machines and what is beside them hold {given} of {whole} {resource}"
    for vm in machine["virtual_machines"]:
        yield from _virtual_machine(machine, vm, in_vms, inside)


def _signs(machine: Json) -> Iterator[str]:
    """Counts are at least 1, amounts at least 0, overheads of a kind that a report has a column for."""
    name = machine["name"]
    if machine["count"] < 1:
        yield f"{name}: {machine['count']} machines"
    for charge in machine["overhead"]:
        if charge["what"] not in OVERHEAD_KINDS:
            yield f"{name}: overhead of the unknown kind {charge['what']!r}"
        if charge["amount"] < 0:
            yield f"{name}: a negative overhead"
    for instance in machine["instances"]:
        if instance["count"] < 1 or instance["replica"] < 0:
            yield f"{name}: {instance['count']} copies of {instance['application']} from {instance['replica']} on"
        if min(instance["requests"].values(), default=0) < 0:
            yield f"{name}: {instance['application']} requests less than nothing"


def _virtual_machine(machine: Json, vm: Json, promised: Ratios, held: Held) -> Iterator[str]:
    """A VM holds its guest's overhead and its instances; its vCPUs are the threads that its guest sees."""
    name = f"{machine['name']}: {vm['name']}"
    for resource, whole in vm["capacity"].items():
        inside = held[vm["name"], resource]
        if inside > whole * promised.get(resource, 1):
            yield f"{name} holds {inside} of {whole} {resource}"
    if "memory" not in vm["capacity"]:
        yield f"{name} has no memory"
    if vm["vcpus"] < 1:
        yield f"{name} has no vCPU"
    if vm["capacity"].get("cpu", vm["vcpus"] * THREAD) != vm["vcpus"] * THREAD:
        yield f"{name} has {vm['vcpus']} vCPUs, but {vm['capacity']['cpu']} thousandths of a thread"


def vcpu_faults(machine: Json, overcommit: Fraction) -> Iterator[str]:
    """The vCPUs of a machine's VMs together are at most its threads times the overcommitment."""
    vcpus = sum(vm["vcpus"] for vm in machine["virtual_machines"])
    most = machine["capacity"].get("cpu", 0) * overcommit / THREAD
    if vcpus > most:
        yield f"{machine['name']}: {vcpus} vCPUs; at most {most} at {overcommit}:1"


def resources(machine: Json) -> list[str]:
    """Every resource that a machine has or something on it takes."""
    named = set(machine["capacity"]) | {c["resource"] for c in machine["overhead"]}
    return sorted(named | {r for i in machine["instances"] for r in i["requests"]})


def on_demand(machine: Json, resource: str) -> bool:
    """A machine of which no disk is stated has as much as is asked for."""
    return resource == "disk" and "disk" not in machine["capacity"]


def taken(machine: Json, resource: str) -> int:
    """Requests and overhead on one machine, those inside its VMs included."""
    requested = sum(i["requests"].get(resource, 0) * i["count"] for i in machine["instances"])
    return int(requested + sum(c["amount"] for c in machine["overhead"] if c["resource"] == resource))


def held(machine: Json) -> Held:
    """Requests and overhead inside each VM, by its name and the resource; None: outside every VM."""
    found: Held = Counter()
    for instance in machine["instances"]:
        for resource, amount in instance["requests"].items():
            found[instance["inside"], resource] += amount * instance["count"]
    for charge in machine["overhead"]:
        found[charge["inside"], charge["resource"]] += charge["amount"]
    return found


def promised_to_vms(machine: Json, resource: str, held: Held) -> int:
    """What VMs are promised of a resource, and what is taken beside them: the whole VM counts, full or not."""
    return held[None, resource] + sum(
        vm["capacity"].get(resource, held[vm["name"], resource]) for vm in machine["virtual_machines"]
    )
