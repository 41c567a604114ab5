"""What becomes of the tasks when nodes fail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from binpack.swarm.placement import Pending, Placed, place_on_nodes
from binpack.swarm.quorum import NO_LEADER, has_quorum
from binpack.swarm.service import Service
from binpack.swarm.swarm_node import SwarmNode


def after_failure(
    services: Sequence[Service], nodes: Sequence[SwarmNode], placed: Placed, failed: Collection[str]
) -> Placed:
    """Where the tasks are once Swarm has seen that some nodes are down.

    What ran elsewhere stays where it is. With a majority of the managers left the lost tasks are placed again; without one
    they are pending, as nothing is placed any more. KeyError for a node or service that is not there, ValueError where no
    node is a manager.
    """
    unknown = set(failed) - {node.name for node in nodes}
    if unknown:
        raise KeyError(f"no node {', '.join(sorted(unknown))}")
    by_name = {service.name: service for service in services}
    left = [replace(node, state="down") if node.name in failed else node for node in nodes]
    running = [
        (by_name[name], node)
        for name, counts in placed.placements.items()
        for node, tasks in counts.items()
        if node not in failed
        for _ in range(tasks)
    ]
    if has_quorum(left):
        return place_on_nodes(services, left, running)
    remaining = {
        name: {node: tasks for node, tasks in counts.items() if node not in failed}
        for name, counts in placed.placements.items()
    }
    lost = tuple(
        Pending(name, tasks, NO_LEADER)
        for name, counts in placed.placements.items()
        if not by_name[name].is_global and (tasks := sum(counts[node] for node in counts if node in failed))
    )
    return Placed({name: counts for name, counts in remaining.items() if counts}, (*placed.pending, *lost))
