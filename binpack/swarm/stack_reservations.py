"""What a stack's service reserves, exactly, and no less than Swarm allows."""

from __future__ import annotations

from binpack.swarm.amounts import NANO, Amounts
from binpack.units import MIB
from binpack.workload.compose_amounts import Text, read_bytes, read_count, read_cpus
from binpack.workload.node import Node

LEAST_CPU = NANO // 1000
LEAST_MEMORY = 4 * MIB
"""Anything above 0 must be as much (swarmkit ``manager/controlapi/service.go``, ``validateResources``)."""


def read_reservations(service: Node, text: Text) -> Amounts:
    """``deploy.resources.reservations`` of a service. Limits place nothing."""
    node = service.find("deploy", "resources", "reservations")
    if node is None:
        return Amounts()
    cpus, memory = node.find("cpus"), node.find("memory")
    nano = 0 if cpus is None else read_cpus(cpus, text, NANO)
    amount = 0 if memory is None else read_bytes(memory, text)
    if cpus is not None and 0 < nano < LEAST_CPU:
        raise cpus.error(f"invalid cpu value {cpus.describe()}", "at least 0.001, as Swarm asks")
    if memory is not None and 0 < amount < LEAST_MEMORY:
        raise memory.error(f"invalid memory value {amount}", "at least 4MiB, as Swarm asks")
    generic: dict[str, int] = {}
    for entry in node.find_list("generic_resources"):
        resource = entry.find("discrete_resource_spec")
        kind, value = (None, None) if resource is None else (resource.find("kind"), resource.find("value"))
        if kind is None or value is None:
            raise entry.error("a generic resource", "discrete_resource_spec with kind and value")
        generic[text(kind)] = generic.get(text(kind), 0) + read_count(value, text, text(kind))
    return Amounts(nano, amount, generic)
