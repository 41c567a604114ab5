"""Where Swarm puts the tasks of a stack, as a JSON object; see ``binpack/cli/schemas/swarm.json``."""

from __future__ import annotations

from typing import Any

from binpack.swarm.placement import Placed

SWARM_SCHEMA = "binpack.swarm/1"


def swarm_json(placed: Placed) -> dict[str, Any]:
    """Tasks of every service on every node, and those that wait with the reason."""
    return {
        "schema": SWARM_SCHEMA,
        "placements": [
            {"service": service, "node": node, "tasks": tasks}
            for service, counts in placed.placements.items()
            for node, tasks in counts.items()
        ],
        "pending": [
            {"service": p.service, "tasks": p.tasks, "node": p.node or None, "reason": p.reason} for p in placed.pending
        ],
    }
