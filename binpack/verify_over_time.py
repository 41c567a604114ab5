"""A plan by curves at every point of time: what runs on a machine fits into it then, with all that is charged there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from binpack.verify_facts import Facts

Json = Mapping[str, Any]


def over_time_faults(plan: Json, facts: Facts) -> Iterator[str]:
    """Machines that hold too much at some point; nothing where no application is placed by curves.

    A VM holds its memory at every point, so that of what is inside of one only the CPU follows a curve.
    """
    if not any(application.curves for application in facts.applications.values()):
        return
    for machine in plan["machines"]:
        for resource, point, amount, room in overfull(machine, facts):
            yield f"{machine['name']}: {resource} is {amount} of {room} at point {point + 1}"


def overfull(machine: Json, facts: Facts) -> Iterator[tuple[str, int, int, Fraction]]:
    """The resources of which a machine holds too much at some point: the point at which it is the most, how much that is,
    and how much there may be."""
    for resource, whole in machine["capacity"].items():
        taken = _taken(machine, resource, facts)
        room = whole * facts.overcommit.get(resource, 1) * (1 - facts.headroom.get(resource, Fraction(0)))
        if taken and max(taken) > room:
            yield resource, taken.index(max(taken)), max(taken), room


def _taken(machine: Json, resource: str, facts: Facts) -> list[int]:
    """What a machine holds of a resource at each point; nothing where nothing on it has a curve."""
    constant = sum(charge["amount"] for charge in machine["overhead"] if charge["resource"] == resource)
    total: list[int] = []
    for instance in machine["instances"]:
        application, count = facts.applications.get(instance["application"]), instance["count"]
        curve = () if application is None else application.curves.get(resource, ())
        if not curve or (instance["inside"] is not None and resource != "cpu"):
            constant += instance["requests"].get(resource, 0) * count
            continue
        amounts = [(amount or 0) * count for amount in curve]
        total = [a + b for a, b in zip(total, amounts, strict=True)] if total else amounts
    return [constant + amount for amount in total]
