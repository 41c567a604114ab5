"""ResourceFilter: room for what a task reserves."""

from __future__ import annotations

from binpack.swarm.filters.filter import Check, Filter
from binpack.swarm.node_info import NodeInfo
from binpack.swarm.service import Service


def _bind(service: Service) -> Check | None:
    """A task that reserves nothing fits anywhere. One that reserves anything is refused where CPU or memory is
    overcommitted, even the one of the two that it reserves none of: 0 is more than what is free there."""
    reserves = service.reserves
    if not reserves.nano_cpus and not reserves.memory and not reserves.generic:
        return None

    def check(info: NodeInfo) -> bool:
        return (
            reserves.nano_cpus <= info.nano_cpus
            and reserves.memory <= info.memory
            and all(kind in info.node.has.generic and n <= info.generic[kind] for kind, n in reserves.generic.items())
        )

    return check


RESOURCE = Filter(_bind, "insufficient resources on {}")
