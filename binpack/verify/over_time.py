"""A plan by curves at every point of time: what runs on a machine fits into it then, with all that is charged there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from binpack.verify.facts import Facts

Json = Mapping[str, Any]


def over_time_faults(plan: Json, facts: Facts) -> Iterator[str]:
    """Machines, or VMs that are nodes, that hold too much at some point; nothing where no application is placed by curves.

    A VM holds its memory at every point, so that on a machine only the CPU of what is inside of one follows a curve.
    """
    if not any(application.curves for application in facts.applications.values()):
        return
    for machine in plan["machines"]:
        for where, resource, point, amount, room in overfull(plan["era"], machine, facts):
            yield f"{where}: {resource} is {amount} of {room} at point {point + 1}"


def overfull(era: str, machine: Json, facts: Facts) -> Iterator[tuple[str, str, int, int, Fraction]]:
    """The resources of which a machine, or where nodes are VMs any of these, holds too much at some point: which it is, the
    resource, the point at which it is the most, how much that is, and how much there may be."""
    nodes = facts.on_vms(era)
    promised = facts.promised_in_vms(era) if nodes else facts.overcommit
    for box in machine["virtual_machines"] if nodes else (machine,):
        where = f"{machine['name']}: {box['name']}" if nodes else box["name"]
        for resource, whole in box["capacity"].items():
            taken = _taken_in(machine, box["name"], resource, facts) if nodes else _taken(machine, resource, facts)
            room = whole * promised.get(resource, 1) * (1 - facts.headroom.get(resource, Fraction(0)))
            if taken and max(taken) > room:
                yield where, resource, taken.index(max(taken)), max(taken), room


def _taken(machine: Json, resource: str, facts: Facts) -> list[int]:
    """What a machine holds of a resource at each point; nothing where nothing on it has a curve."""
    free = [i for i in machine["instances"] if i["inside"] is None or resource == "cpu"]
    held = [i for i in machine["instances"] if i["inside"] is not None and resource != "cpu"]
    return _sums(machine["overhead"], free, held, resource, facts)


def _taken_in(machine: Json, vm: str, resource: str, facts: Facts) -> list[int]:
    """The same of a VM that is a node."""
    inside = [instance for instance in machine["instances"] if instance["inside"] == vm]
    return _sums([c for c in machine["overhead"] if c["inside"] == vm], inside, (), resource, facts)


def _sums(
    charges: Sequence[Json], free: Sequence[Json], held: Sequence[Json], resource: str, facts: Facts
) -> list[int]:
    """Point by point: charges, copies by their curves, and those that hold what they request at all points."""
    constant = sum(charge["amount"] for charge in charges if charge["resource"] == resource)
    total: list[int] = []
    for instance in free:
        application = facts.applications.get(instance["application"])
        curve = () if application is None else application.curves.get(resource, ())
        if not curve:
            constant += instance["requests"].get(resource, 0) * instance["count"]
            continue
        amounts = [(amount or 0) * instance["count"] for amount in curve]
        total = [a + b for a, b in zip(total, amounts, strict=True)] if total else amounts
    constant += sum(instance["requests"].get(resource, 0) * instance["count"] for instance in held)
    return [constant + amount for amount in total]
