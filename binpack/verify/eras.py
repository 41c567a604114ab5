"""What makes an era that era: who may share a machine, how many nodes there are, where the control plane stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from binpack.verify.facts import KUBERNETES, Facts
from binpack.verify.nodes import nodes_in

Json = Mapping[str, Any]

PHYSICAL = ("physical", "physical_per_application")
SWARM = "docker_swarm"


def era_faults(plan: Json, facts: Facts) -> Iterator[str]:
    """Every broken rule of the plan's era. Of a plan with something unplaced only those that no copy can mend."""
    if plan["era"] in PHYSICAL:
        yield from _tenancy(plan, facts)
    if plan["era"] == "virtual_machines":
        yield from _one_vm_a_copy(plan)
    if plan["unplaced"]:
        return
    if plan["era"] == "physical_per_application":
        yield from _two_machines(plan, facts)
    if plan["era"] == SWARM:
        yield from _nodes(plan["machines"], plan, facts.managers, facts.managers)
    if plan["era"] in KUBERNETES:
        nodes = [machine for machine in plan["machines"] if _has_linux_node(plan["era"], machine, facts)]
        yield from _nodes(nodes, plan, facts.minimum_nodes, facts.control_planes)


def _tenancy(plan: Json, facts: Facts) -> Iterator[str]:
    """A machine has one copy, or the copies of one application; jobs use what is left."""
    for machine in plan["machines"]:
        copies: dict[str, int] = {}
        for instance in machine["instances"]:
            name = instance["application"]
            if name in facts.applications and not facts.applications[name].job:
                copies[name] = copies.get(name, 0) + instance["count"]
        if len(copies) > 1:
            yield f"{machine['name']}: {' and '.join(sorted(copies))} share a machine in the era {plan['era']}"
        elif plan["era"] == "physical" and sum(copies.values()) > 1:
            yield f"{machine['name']}: more than one copy on a machine in the era physical"


def _two_machines(plan: Json, facts: Facts) -> Iterator[str]:
    """An application of more than one copy is on at least two machines."""
    machines: dict[str, int] = {}
    for machine in plan["machines"]:
        for name in {instance["application"] for instance in machine["instances"]}:
            machines[name] = machines.get(name, 0) + machine["count"]
    for name, count in machines.items():
        application = facts.applications.get(name)
        if application is not None and not application.job and application.replicas > 1 and count < 2:
            yield f"{name}: all copies are on one machine"


def _one_vm_a_copy(plan: Json) -> Iterator[str]:
    """Every copy is in a virtual machine of its own."""
    for machine in plan["machines"]:
        inside = [instance["inside"] for instance in machine["instances"] for _ in range(instance["count"])]
        if None in inside or len(set(inside)) != len(inside):
            yield f"{machine['name']}: copies share a virtual machine, or have none"


def _has_linux_node(era: str, machine: Json, facts: Facts) -> bool:
    """Whether it is a node of Kubernetes with Linux, or has one as a VM."""
    if not facts.on_vms(era):
        return bool(machine["labels"].get("kubernetes.io/os", "linux") == "linux")
    return any(os == "linux" for _, _, os in nodes_in(machine, facts))


def _nodes(nodes: Sequence[Json], plan: Json, least: int, control_planes: int) -> Iterator[str]:
    """Nodes on so many different machines, and the control plane on so many."""
    machines = sum(machine["count"] for machine in nodes)
    if machines < least:
        yield f"{machines} machines; an orchestrator's nodes are on at least {least}"
    charged = sum(machine["count"] for machine in plan["machines"] if _has_control_plane(machine))
    if charged < control_planes:
        yield f"the control plane is charged on {charged} machines; at least {control_planes}"


def _has_control_plane(machine: Json) -> bool:
    """Whether a control plane's share is paid here; cluster DNS is of that kind too, but stands anywhere."""
    return any(c["what"] == "control_plane" and "dns" not in c["source"].lower() for c in machine["overhead"])
