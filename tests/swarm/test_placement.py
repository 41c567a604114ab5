"""Where tasks go: fewest of the service first, trees of preferences, global services, and what is refused."""

from __future__ import annotations

import pytest

from binpack.swarm.amounts import Amounts
from binpack.swarm.placement import place_on_nodes
from binpack.swarm.service import PublishedPort, Service
from tests.swarm.small_swarms import amounts, counts, node, nodes, service

ZONE, RACK = "node.labels.zone", "node.labels.rack"


def test_fewest_tasks_of_the_service_then_fewest_tasks() -> None:
    """Two on n1 stay, two new ones go to the others; another service's task counts among equals only."""
    web, other = service(4), service(1, name="other")
    placed = place_on_nodes([web, other], nodes(3), [(web, "n1"), (web, "n1"), (other, "n2")])
    assert counts(placed) == {"n1": 2, "n2": 1, "n3": 1}
    assert counts(place_on_nodes([service(1)], nodes(3), [(other, "n1")])) == {"n2": 1}


def test_room_does_not_rank() -> None:
    """A large empty node gets no more than a small one: there is no bin packing in Swarm."""
    on = [node("small", has=amounts(2)), node("vast", has=amounts(512))]
    assert counts(place_on_nodes([service(4, reserves=amounts(1))], on)) == {"small": 2, "vast": 2}
    assert counts(place_on_nodes([service(6, reserves=amounts(1))], on)) == {"small": 2, "vast": 4}


def test_the_first_pass_does_not_go_back() -> None:
    """After n2 the next node is no better, so n2 is filled up to it, although n1 has fewer by then; as in
    ``scheduleNTasksOnNodes``."""
    web = service(5)
    assert counts(place_on_nodes([web], nodes(3), [(web, "n3"), (web, "n3")])) == {"n1": 1, "n2": 2, "n3": 2}


def test_branches_are_even() -> None:
    """Eight tasks over two zones, one with a single node: four there, one on each of four others (swarmkit's own case)."""
    on = [node("id1", "zone=a"), *(node(f"id{k}", "zone=b") for k in range(2, 6))]
    placed = place_on_nodes([service(8, preferences=(ZONE,))], on)
    assert counts(placed) == {"id1": 4, "id2": 1, "id3": 1, "id4": 1, "id5": 1}


def test_a_full_branch_overflows() -> None:
    """Twelve tasks over zones and racks, of which zone a takes five: seven over the racks of b (swarmkit's own case)."""
    one = service(12, preferences=(ZONE, RACK), reserves=Amounts(0, 2 * 10**8, {"apple": 2}))
    has = [Amounts(10**9, 10**8, {"apple": 1}), Amounts(10**9, 10**9, {"apple": 10})]
    rest = Amounts(10**9, 10**9, {"apple": 6})
    on = [node(f"id{k}", "zone=a rack=1", has=amount) for k, amount in enumerate(has)]
    on += [node(f"id{k}", f"zone=b rack={1 if k < 5 else 2}", has=rest) for k in range(2, 7)]
    assert counts(place_on_nodes([one], on)) == {"id1": 5, "id2": 2, "id3": 1, "id4": 1, "id5": 2, "id6": 1}


def test_running_tasks_count_in_branches() -> None:
    """Neither of two new tasks goes to the rack that is full already (swarmkit's own case of a service that is scaled
    up)."""
    one = service(9, preferences=(ZONE, RACK))
    on = [node("id11", "zone=1 rack=1"), node("id12", "zone=1 rack=2"), node("id21", "zone=2 rack=1")]
    running = [(one, "id11")] * 3 + [(one, "id12")] + [(one, "id21")] * 3
    found = counts(place_on_nodes([one], on, running))
    assert found["id11"] == 3
    assert found["id12"] + found["id21"] == 6


def test_nodes_without_the_label_are_a_branch() -> None:
    """The empty value is a branch like any other."""
    on = [node("a", "zone=a"), node("b"), node("c")]
    assert counts(place_on_nodes([service(4, preferences=(ZONE,))], on)) == {"a": 2, "b": 1, "c": 1}


def test_a_preference_for_no_label_is_none() -> None:
    """Swarm spreads over labels only; anything else makes no level."""
    plain = place_on_nodes([service(4)], nodes(3))
    assert place_on_nodes([service(4, preferences=("node.role",))], nodes(3)) == plain


def test_global_services() -> None:
    """One task on each node that matches; a full one leaves its task pending in its own words; paused, drained and down
    nodes get none, and one that is not reachable a task that waits."""
    on = [
        node("a"),
        node("b", has=amounts(1)),
        node("c", availability="pause"),
        node("d", state="down"),
        node("e", state="unknown"),
        node("f", role="manager"),
    ]
    agent = service(1, "node.role==worker", mode="global", reserves=amounts(2), name="agent")
    placed = place_on_nodes([agent], on)
    assert counts(placed, "agent") == {"a": 1}
    assert list(map(str, placed.pending)) == [
        "agent: 1 task for b: insufficient resources on 1 node",
        "agent: 1 task for e: 1 node not available for new tasks",
    ]


def test_global_services_come_first() -> None:
    """Whatever the order in which services are given; a global task that runs already stays."""
    agent = service(mode="global", reserves=amounts(3), name="agent")
    placed = place_on_nodes([service(2, reserves=amounts(2)), agent], nodes(2), [(agent, "n1")])
    assert counts(placed, "agent") == {"n1": 1, "n2": 1}
    assert str(placed.pending[0]) == "web: 2 tasks: no suitable node (insufficient resources on 2 nodes)"


def test_preferences_of_global_services_do_not_count() -> None:
    """The node is given before."""
    agent = service(mode="global", preferences=(ZONE,), name="agent")
    assert counts(place_on_nodes([agent], nodes(2)), "agent") == {"n1": 1, "n2": 1}


def test_more_running_than_replicas() -> None:
    """Nothing is taken away, and nothing added."""
    assert counts(place_on_nodes([service(1)], nodes(1), [(service(1), "n1")] * 3)) == {"n1": 3}


def test_the_reason_is_that_of_all_nodes() -> None:
    """What is left after some have been placed says what Swarm settles on: every node is full."""
    placed = place_on_nodes([service(14, reserves=amounts(1))], nodes(3))
    assert sum(counts(placed).values()) == 12
    assert str(placed.pending[0]) == "web: 2 tasks: no suitable node (insufficient resources on 3 nodes)"


WEB = frozenset({PublishedPort("tcp", 80)})


def test_a_port_of_the_mesh_belongs_to_one_service() -> None:
    """The second service is not created, whatever room there is; the one that runs already is the first."""
    first, second = service(2, name="a", mesh_ports=WEB), service(3, name="b", mesh_ports=WEB)
    placed = place_on_nodes([first, second], nodes(3))
    assert list(map(str, placed.pending)) == [
        "b: 3 tasks: port '80' is already in use by service 'a' as an ingress port"
    ]
    placed = place_on_nodes([first, second], nodes(3), [(second, "n1")])
    assert list(map(str, placed.pending)) == [
        "a: 2 tasks: port '80' is already in use by service 'b' as an ingress port"
    ]
    assert counts(placed, "b") == {"n1": 1, "n2": 1, "n3": 1}


def test_ports_of_the_mesh_and_of_the_host() -> None:
    """They exclude each other, either way; two of the host do not, and are kept on nodes of their own."""
    host = service(1, name="a", host_ports=WEB)
    agent = service(mode="global", name="b", mesh_ports=WEB)
    placed = place_on_nodes([host, agent], nodes(3))
    said = "b: 3 tasks: port '80' is already in use by service 'a' as a host-published port"
    assert list(map(str, placed.pending)) == [said]
    placed = place_on_nodes([agent, host], nodes(3))
    assert [pending.reason for pending in placed.pending] == [
        "port '80' is already in use by service 'b' as an ingress port"
    ]
    assert place_on_nodes([host, service(2, name="c", host_ports=WEB)], nodes(3)).pending == ()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: service(-1), "service web: replicas -1 is below 0"),
        (lambda: service(max_replicas=-2), "service web: max_replicas -2 is below 0"),
        (lambda: Amounts(-1), "cpus -1 is below 0"),
        (lambda: Amounts(generic={"gpu": -1}), "gpu -1 is below 0"),
        (lambda: place_on_nodes([], [node("a"), node("a")]), "two nodes have the same name"),
        (lambda: place_on_nodes([service(), service()], nodes()), "two services have the same name"),
    ],
)
def test_refused(make, said: str) -> None:
    """One clear line."""
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value) == said


def test_a_task_on_a_node_that_is_not_there() -> None:
    """KeyError, with the name."""
    with pytest.raises(KeyError, match="gone"):
        place_on_nodes([Service("a")], nodes(1), [(Service("a"), "gone")])
