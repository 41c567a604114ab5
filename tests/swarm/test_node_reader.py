"""Nodes as docker node inspect prints them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from binpack.errors import InputError
from binpack.swarm.amounts import Amounts
from binpack.swarm.node_reader import is_swarm_node, read_swarm_nodes
from binpack.swarm.swarm_node import SwarmNode
from binpack.workload.documents import SourceText, parse_documents

NODE: dict[str, Any] = {
    "ID": "q7x",
    "Spec": {"Labels": {"zone": "a"}, "Role": "manager", "Availability": "drain"},
    "Description": {
        "Hostname": "n1",
        "Platform": {"Architecture": "aarch64", "OS": "linux"},
        "Resources": {
            "NanoCPUs": 4_000_000_000,
            "MemoryBytes": 8_000_000_000,
            "GenericResources": [
                {"NamedResourceSpec": {"Kind": "gpu", "Value": "GPU-1"}},
                {"NamedResourceSpec": {"Kind": "gpu", "Value": "GPU-2"}},
                {"DiscreteResourceSpec": {"Kind": "ssd", "Value": 3}},
            ],
        },
        "Engine": {
            "EngineVersion": "27.0",
            "Labels": {"rack": "1"},
            "Plugins": [{"Type": "Network", "Name": "overlay"}, {"Type": "Volume", "Name": "local"}],
        },
    },
    "Status": {"State": "ready", "Addr": "10.0.0.1"},
    "ManagerStatus": {"Leader": True, "Reachability": "reachable", "Addr": "10.0.0.1:2377"},
}


def read(*documents: Any) -> list[SwarmNode]:
    text = "\n".join(map(json.dumps, documents))
    return read_swarm_nodes(parse_documents(SourceText("nodes.json", text)))


def test_a_node_in_full() -> None:
    """Lists of nodes, as docker prints them, and nodes one by one."""
    expected = SwarmNode(
        "n1", Amounts(4 * 10**9, 8 * 10**9, {"gpu": 2, "ssd": 3}), {"zone": "a"}, {"rack": "1"}, "manager", "q7x",
        "10.0.0.1", "linux", "aarch64", frozenset({("Network", "overlay"), ("Volume", "local")}), "drain", "ready",
    )  # fmt: skip
    assert read([NODE]) == read(NODE) == [expected]
    (document,) = parse_documents(SourceText("nodes.json", json.dumps([NODE])))
    assert is_swarm_node(document)
    (document,) = parse_documents(SourceText("nodes.yaml", "{kind: Node, spec: {}}"))
    assert not is_swarm_node(document)


def test_what_is_not_said() -> None:
    """A worker that is ready and active, of which no plugin is known."""
    (node,) = read({"Description": {"Hostname": "a"}, "Spec": {}})
    assert (node.role, node.availability, node.state, node.plugins, node.has) == (
        "worker", "active", "ready", None, Amounts(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Description": {}, "ID": None}, "found a node without a hostname"),
        ({"Spec": {"Role": "boss"}}, 'found "boss"; expected Spec.Role as one of worker, manager'),
        ({"Status": {"State": "fine"}}, 'found "fine"; expected Status.State as one of ready'),
        ({"Description": {"Hostname": "a", "Resources": {"NanoCPUs": -1}}}, "found NanoCPUs -1; expected a number"),
        ({"Description": {"Hostname": "a", "Resources": {"MemoryBytes": "x"}}}, 'found "x"; expected a whole number'),
    ],
)
def test_refused(change: dict[str, Any], said: str) -> None:
    """One line with the place."""
    with pytest.raises(InputError) as caught:
        read(NODE | change)
    assert said in str(caught.value)
    assert str(caught.value).startswith("nodes.json:1:")


def test_twice() -> None:
    """Each hostname once."""
    with pytest.raises(InputError, match="node n1 a second time"):
        read([NODE, NODE])
