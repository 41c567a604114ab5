"""How much of what machines have is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from binpack.era_plan import Machine


def utilisation(machines: Sequence[Machine]) -> dict[str, Fraction]:
    """Requests and overhead over capacity, per resource, over all machines; only what some machine has."""
    capacity: dict[str, int] = {}
    taken: dict[str, int] = {}
    for machine in machines:
        for resource, amount in machine.capacity.items():
            capacity[resource] = capacity.get(resource, 0) + amount * machine.count
            taken[resource] = taken.get(resource, 0) + taken_on(machine, resource) * machine.count
    return {resource: Fraction(taken[resource], whole) for resource, whole in capacity.items() if whole}


def taken_on(machine: Machine, resource: str) -> int:
    """What instances and overhead take of a resource on one machine."""
    requested = sum(i.requests.get(resource, 0) * i.count for i in machine.instances)
    return requested + sum(c.amount for c in machine.overhead if c.resource == resource)


def taken_in(machine: Machine) -> Counter[tuple[str | None, str]]:
    """What is taken of each resource in each of a machine's virtual machines, and, under None, beside them."""
    taken: Counter[tuple[str | None, str]] = Counter()
    for instance in machine.instances:
        for resource, amount in instance.requests.items():
            taken[instance.inside, resource] += amount * instance.count
    for charge in machine.overhead:
        taken[charge.inside, charge.resource] += charge.amount
    return taken
