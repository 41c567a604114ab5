"""Each filter of Swarm, and its words."""

from __future__ import annotations

import pytest

from binpack.swarm.placement import place_on_nodes
from binpack.swarm.service import Platform, PublishedPort
from binpack.swarm.swarm_node import SwarmNode
from tests.swarm.small_swarms import amounts, counts, node, nodes, reason, service

HTTP = frozenset({PublishedPort("tcp", 80)})


def said(words: str) -> str:
    return f"no suitable node ({words})"


def test_ready() -> None:
    """Only nodes that are ready and active take tasks; one node is said in the singular."""
    assert reason(service(), [node("a", availability="drain")]) == said("1 node not available for new tasks")
    off = [
        node("a", availability="pause"),
        node("b", state="down"),
        node("c", state="unknown"),
        node("d", state="disconnected"),
    ]
    assert reason(service(), off) == said("4 nodes not available for new tasks")


def test_resources() -> None:
    """Reservations fit exactly, in billionths of a CPU; limits and numbers of tasks do not count."""
    assert reason(service(1, reserves=amounts(4, 8192)), nodes(1)) == ""
    assert reason(service(1, reserves=amounts(4 + 1e-9)), nodes(3)) == said("insufficient resources on 3 nodes")
    assert reason(service(1, reserves=amounts(0, 8193)), nodes(1)) == said("insufficient resources on 1 node")
    assert reason(service(1000), nodes(1)) == ""


def test_generic_resources() -> None:
    """By kind, in any case as it stands; a kind that the node lacks is refused."""
    on = [node("a", has=amounts(1, 1, gpu=2))]
    assert reason(service(2, reserves=amounts(gpu=1)), on) == ""
    assert reason(service(3, reserves=amounts(gpu=1)), on) == said("insufficient resources on 1 node")
    assert reason(service(1, reserves=amounts(GPU=1)), on) == said("insufficient resources on 1 node")


def test_overcommitted() -> None:
    """Where CPU is overcommitted, a task that reserves memory alone is refused; one that reserves nothing is not."""
    big = service(1, name="big", reserves=amounts(5))
    for one, words in ((service(1, reserves=amounts(0, 8)), "insufficient resources on 1 node"), (service(), "")):
        placed = place_on_nodes([one], nodes(1), [(big, "n1")])
        assert [pending.reason for pending in placed.pending] == ([said(words)] if words else [])


def test_constraints() -> None:
    """Nodes that do not match are refused."""
    words = "scheduling constraints not satisfied on 2 nodes"
    assert reason(service(1, "node.labels.disk==ssd"), [node("a"), node("b", "disk=hdd")]) == said(words)


@pytest.mark.parametrize(
    ("platform", "fits"),
    [
        (Platform("linux", "amd64"), True),
        (Platform("linux", "x86_64"), True),
        (Platform("", "amd64"), True),
        (Platform("linux", ""), True),
        (Platform("linux", "arm64"), False),
        (Platform("windows", "amd64"), False),
        (Platform("Linux", "amd64"), False),
    ],
)
def test_platforms(platform: Platform, fits: bool) -> None:
    """x86_64 is amd64 and aarch64 is arm64; what the image leaves open is any; nothing else is folded."""
    assert reason(service(platforms=(platform,)), nodes(1)) == ("" if fits else said("unsupported platform on 1 node"))


def test_platforms_are_alternatives() -> None:
    """One of the image's platforms is enough; without any, nothing is asked."""
    arm = [node("a", architecture="aarch64")]
    assert reason(service(platforms=(Platform("linux", "amd64"), Platform("linux", "arm64"))), arm) == ""
    assert reason(service(), arm) == ""


def test_host_ports() -> None:
    """One task a node for a published port; another protocol is another port."""
    assert reason(service(3, host_ports=HTTP), nodes(3)) == ""
    assert reason(service(4, host_ports=HTTP), nodes(3)) == said("host-mode port already in use on 3 nodes")
    other = service(name="dns", host_ports=frozenset({PublishedPort("udp", 80)}))
    assert not place_on_nodes([service(host_ports=HTTP), other], nodes(1)).pending


def test_max_replicas() -> None:
    """So many tasks of a service on a node; Swarm does not say on how many nodes."""
    assert reason(service(6, max_replicas=2), nodes(3)) == ""
    assert reason(service(7, max_replicas=2), nodes(3)) == said("max replicas per node limit exceed")


LOCAL = frozenset({("Volume", "local"), ("Network", "overlay"), ("Log", "json-file"), ("Volume", "rexray:latest")})


@pytest.mark.parametrize(
    ("needs", "fits"),
    [
        ({"volume_drivers": ("local",)}, True),
        ({"volume_drivers": ("nfs",)}, False),
        ({"volume_drivers": ("rexray",)}, True),
        ({"network_drivers": ("overlay",)}, True),
        ({"network_drivers": ("weave",)}, False),
        ({"log_driver": "json-file"}, True),
        ({"log_driver": "none"}, True),
        ({"log_driver": "splunk"}, False),
    ],
)
def test_plugins(needs: dict[str, object], fits: bool) -> None:
    """Drivers by name, with or without the tag latest; an engine that reports none is not judged."""
    words = said("missing plugin on 1 node")
    assert reason(service(**needs), [node("a", plugins=LOCAL)]) == ("" if fits else words)  # type: ignore[arg-type]
    assert reason(service(**needs), [node("a")]) == ""  # type: ignore[arg-type]


def test_old_engines_name_no_log_drivers() -> None:
    """Where an engine lists no log driver at all, it is not refused for one."""
    assert reason(service(log_driver="splunk"), [node("a", plugins=frozenset({("Volume", "local")}))]) == ""


def test_the_first_filter_is_counted_and_the_largest_count_comes_first() -> None:
    """A node counts for the first filter that refuses it; equal counts come in the order of the filters."""
    small = amounts(1, 1)
    on: list[SwarmNode] = [
        node("a", availability="drain", has=small),
        node("b", "disk=ssd", has=small),
        node("c", has=amounts(8, 8192)),
        node("d", has=amounts(8, 8192)),
    ]
    one = service(1, "node.labels.disk==ssd", reserves=amounts(2))
    words = ["scheduling constraints not satisfied on 2 nodes", "1 node not available for new tasks"]
    assert reason(one, on) == said("; ".join([*words, "insufficient resources on 1 node"]))


def test_no_nodes() -> None:
    """Without a node there is nothing to explain."""
    assert reason(service(), []) == "no suitable node"
    assert counts(place_on_nodes([service()], [])) == {}
