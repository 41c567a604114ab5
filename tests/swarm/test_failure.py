"""Managers and what is lost when nodes fail."""

from __future__ import annotations

import pytest

from binpack.swarm.failure import after_failure
from binpack.swarm.placement import place_on_nodes
from binpack.swarm.quorum import NO_LEADER, failures_tolerated, has_quorum, majority
from tests.swarm.small_swarms import amounts, counts, node, nodes, service


def test_majority() -> None:
    """2 of 3, 3 of 5, 4 of 7; an even number tolerates no more failures than the odd one below."""
    assert [majority(n) for n in range(1, 8)] == [1, 2, 2, 3, 3, 4, 4]
    assert [failures_tolerated(n) for n in range(1, 8)] == [0, 0, 1, 1, 2, 2, 3]
    with pytest.raises(ValueError, match="0 managers"):
        majority(0)


def test_quorum() -> None:
    """Managers that are ready, drained ones among them; workers do not count."""
    three = nodes(3, role="manager")
    assert has_quorum([*three, node("w", state="down")])
    assert has_quorum([*three[:2], node("m", role="manager", state="down")])
    assert has_quorum([node("m", role="manager", availability="drain")])
    assert not has_quorum([three[0], *(node(f"m{k}", role="manager", state="down") for k in range(2))])


def test_lost_tasks_are_placed_again() -> None:
    """With a majority of managers: on the nodes that are left, what ran there stays."""
    on, web = nodes(3, role="manager"), service(6, reserves=amounts(1))
    placed = after_failure([web], on, place_on_nodes([web], on), ["n3"])
    assert counts(placed) == {"n1": 3, "n2": 3}
    assert placed.pending == ()
    web = service(9, reserves=amounts(1))
    placed = after_failure([web], on, place_on_nodes([web], on), ["n3"])
    said = "web: 1 task: no suitable node (insufficient resources on 2 nodes; 1 node not available for new tasks)"
    assert list(map(str, placed.pending)) == [said]


def test_without_a_majority_nothing_moves() -> None:
    """What runs goes on, what is lost waits for a leader; a global service has lost nothing but its nodes."""
    on, some = nodes(3, role="manager"), [service(6), service(mode="global", name="agent")]
    placed = after_failure(some, on, place_on_nodes(some, on), ["n2", "n3"])
    assert (counts(placed), counts(placed, "agent")) == ({"n1": 2}, {"n1": 1})
    assert [(pending.service, pending.tasks, pending.reason) for pending in placed.pending] == [("web", 4, NO_LEADER)]


def test_a_failed_worker_leaves_the_managers() -> None:
    """Losing any number of workers loses no quorum."""
    on = [node("m", role="manager"), *nodes(4)]
    placed = after_failure([service(5)], on, place_on_nodes([service(5)], on), ["n1", "n2", "n3", "n4"])
    assert counts(placed) == {"m": 5}


def test_a_node_that_is_not_there() -> None:
    """KeyError, with the name."""
    with pytest.raises(KeyError, match="gone"):
        after_failure([], nodes(1), place_on_nodes([], nodes(1)), ["gone"])
