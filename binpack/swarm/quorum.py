"""Managers: how many must be up, and what is lost where too few are.

Managers agree by Raft, so that more than half of them must be up (D. Ongaro and J. Ousterhout, "In Search of an
Understandable Consensus Algorithm", USENIX ATC 2014). Without that, tasks that run go on running, but nothing is placed,
moved, scaled or updated, and no node is taken in or let go.
"""

from __future__ import annotations

from collections.abc import Iterable

from binpack.swarm.swarm_node import SwarmNode

NO_LEADER = (
    "The swarm does not have a leader. It's possible that too few managers are online. "
    "Make sure more than half of the managers are online."
)
"""What every command says then (moby ``daemon/cluster``)."""


def majority(managers: int) -> int:
    """Managers that must be up: 2 of 3, 3 of 5, 4 of 7. ValueError where there is no manager."""
    if managers < 1:
        raise ValueError(f"{managers} managers, where a swarm has at least one")
    return managers // 2 + 1


def failures_tolerated(managers: int) -> int:
    """Managers that may fail: 1 of 3, 2 of 5, 3 of 7; a fourth or sixth one adds nothing."""
    return managers - majority(managers)


def has_quorum(nodes: Iterable[SwarmNode]) -> bool:
    """Are more than half of the managers ready? Whether they take tasks does not matter."""
    managers = [node for node in nodes if node.role == "manager"]
    return sum(node.state == "ready" for node in managers) >= majority(len(managers))
