"""Hypothesis strategies: small swarms with every rule in play."""

from __future__ import annotations

from hypothesis import strategies as st

from binpack.swarm.amounts import Amounts
from binpack.swarm.constraints import parse_constraint
from binpack.swarm.service import Platform, PublishedPort, Service
from binpack.swarm.swarm_node import SwarmNode

_FEW = st.integers(0, 3)
_LABELS = st.dictionaries(st.sampled_from(["zone", "Zone", "rack"]), st.sampled_from(["a", "b", "A"]), max_size=2)
_CONSTRAINTS = [
    "node.labels.zone==a",
    "node.labels.zone != a",
    "node.labels.rack==B",
    "NODE.ROLE==Manager",
    "node.hostname!=n1",
    "engine.labels.zone==b",
    "node.id==x",
    "node.platform.os==LINUX",
    "node.nothing!=a",
]


@st.composite
def swarm_nodes(draw, most=4):
    """Up to ``most`` nodes of a few units each; most of them ready and active."""
    return [
        SwarmNode(
            f"n{k}",
            Amounts(draw(st.integers(0, 8)), draw(st.integers(0, 8)), draw(_generic(6))),
            labels=draw(_LABELS),
            engine_labels=draw(_LABELS),
            role=draw(st.sampled_from(["worker", "manager"])),
            id=draw(st.sampled_from(["x", "y"])),
            architecture=draw(st.sampled_from(["x86_64", "aarch64", "amd64"])),
            availability=draw(st.sampled_from(["active"] * 6 + ["pause", "drain"])),
            state=draw(st.sampled_from(["ready"] * 6 + ["down", "unknown"])),
        )
        for k in range(draw(st.integers(0, most)))
    ]


@st.composite
def services(draw, most=4, preferences=True):
    """Up to ``most`` replicated services, each with a few of the rules."""
    found = []
    for k in range(draw(st.integers(1, most))):
        rules = draw(
            st.sets(st.sampled_from(["constraints", "platform", "port", "max", "reserves", "spread"]), max_size=3)
        )
        reserves = Amounts(draw(_FEW), draw(_FEW), draw(_generic(2))) if "reserves" in rules else Amounts()
        chosen = draw(st.lists(st.sampled_from(_CONSTRAINTS), max_size=2)) if "constraints" in rules else []
        spread = ["node.labels.zone", "node.labels.rack", "engine.labels.zone", "node.role"]
        found.append(
            Service(
                f"s{k}",
                draw(st.integers(0, 7)),
                reserves=reserves,
                constraints=tuple(map(parse_constraint, chosen)),
                preferences=tuple(draw(st.lists(st.sampled_from(spread), max_size=3)))
                if preferences and "spread" in rules
                else (),
                max_replicas=draw(_FEW) if "max" in rules else 0,
                platforms=(Platform("linux", draw(st.sampled_from(["amd64", "arm64", ""]))),)
                if "platform" in rules
                else (),
                host_ports=frozenset({PublishedPort("tcp", draw(st.integers(80, 82)))})
                if "port" in rules
                else frozenset(),
            )
        )
    return found


@st.composite
def spread_swarms(draw):
    """Up to eight nodes in zones and racks, a service over trees of them that soon finds branches full, and where some of
    its tasks run."""
    zones, racks = st.sampled_from(["a", "b", "c", ""]), st.sampled_from(["1", "2", ""])
    nodes = [
        SwarmNode(
            f"n{k}", Amounts(draw(st.sampled_from([1, 2, 4, 40, 40]))), {"zone": draw(zones), "rack": draw(racks)}
        )
        for k in range(draw(st.integers(1, 8)))
    ]
    levels = draw(st.permutations(["node.labels.zone", "node.labels.rack"]))[: draw(st.integers(1, 2))]
    one = Service("s", draw(st.integers(5, 25)), reserves=Amounts(1), preferences=tuple(levels))
    running = draw(st.lists(st.sampled_from([node.name for node in nodes]), max_size=10))
    return nodes, one, running


def _generic(most: int) -> st.SearchStrategy[dict[str, int]]:
    return st.dictionaries(st.sampled_from(["gpu", "apple"]), st.integers(0, most), max_size=1)
