"""``binpack plan`` with volumes: what PersistentVolumes, StorageClasses and CSINodes of the input say is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from binpack.cli.main import main
from tests.cli.test_plan_nodes import kernels, node, written
from tests.kubernetes.planning.test_volume_needs import DRIVER, WAITING, bound, stateful_set

__all__ = ["kernels"]  # compiled before any time limit
Object = dict[str, Any]


def csi_node(name: str, volumes: int) -> Object:
    """How many volumes a node attaches."""
    drivers = [{"name": DRIVER, "nodeID": name, "allocatable": {"count": volumes}}]
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSINode",
        "metadata": {"name": name},
        "spec": {"drivers": drivers},
    }


def test_given_nodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The copy whose volume is in zone b goes there; of three others the nodes, which attach two volumes, take the rest."""
    zone = "topology.kubernetes.io/zone"
    there = [node("n1", "4", "a"), node("n2", "4", "b"), csi_node("n1", 2), csi_node("n2", 2), WAITING]
    cluster = written(tmp_path / "c.json", *there, *bound("data0-db-0", "b", zone))
    file = written(tmp_path / "db.json", stateful_set(5))
    assert main(["plan", file, "--nodes", cluster, "--format", "json", "-q"]) == 1
    found = json.loads(capsys.readouterr().out)
    on = {entry["pod"]: entry["node"] for entry in found["order"]}
    assert on["default/db-0"] == "n2"
    assert sorted(on.values()) == ["n1", "n1", "n2", "n2"]
    assert found["proven"]
    assert [p["reasons"] for p in found["pending"]] == [{"node(s) exceed max volume count": 2}]


def test_a_fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Eight small pods with a volume each, on nodes that attach three: three nodes, though one has the room."""
    nodes = [node(f"n{k}", "4", "a") for k in range(4)]
    limits = [csi_node(f"n{k}", 3) for k in range(4)]
    cluster = written(tmp_path / "c.json", *nodes, *limits, WAITING, stateful_set(8))
    assert main(["plan", "--nodes", cluster, "--compare-current", "--format", "json", "-q"]) == 0
    assert len(json.loads(capsys.readouterr().out)["nodes"]) == 3


def test_rented_nodes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Instances of AWS attach 25 volumes of EBS each; 30 tiny pods with a volume each take two."""
    file = written(tmp_path / "db.json", stateful_set(30), WAITING)
    words = ["--zones", "a", "--machines", "m5.4xlarge", "--minimum-nodes", "1", "--format", "json", "-q"]
    assert main(["plan", file, *words]) == 0
    assert len(json.loads(capsys.readouterr().out)["nodes"]) == 2
