"""The built-in data sets: each has a manifest, is what was published, and can be read as what it says it is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from binpack.builtin import MANIFEST, dataset_names, load_dataset
from binpack.datasets_path import datasets_path
from binpack.machines.catalogue import select_machines
from binpack.workload.reading import read
from binpack.workload.workload import Workload

NAMES = dataset_names()
SHARED = Path(__file__).resolve().parents[1] / ".." / "shared" / "data"


def requested(workload: Workload, resource: str) -> int:
    return sum(a.requests.get(resource, 0) * a.replicas for a in workload.placed)


def of_kind(kind: str) -> list[str]:
    return [name for name in NAMES if load_dataset(name).kind == kind]


def test_every_folder_has_a_manifest() -> None:
    """Nothing is shipped without a source and a licence."""
    folders = {path.name for path in datasets_path().iterdir() if path.is_dir()}
    assert folders == set(NAMES)
    assert len(of_kind("workload")) >= 4


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_named_and_as_published(name: str) -> None:
    """The folder holds what the manifest lists, with the checksums it gives, and no file is large."""
    dataset = load_dataset(name)
    assert dataset.changed_files() == []
    there = {path.name for path in (datasets_path() / name).iterdir()} - {MANIFEST}
    assert there == {file.name for file in dataset.files} == set(dataset.sha256)
    assert all(file.stat().st_size < 2**20 for file in dataset.files)
    assert dataset.source
    assert dataset.licence


@pytest.mark.parametrize("name", of_kind("workload"))
def test_workloads_are_read_by_name(name: str) -> None:
    """Applications with unique keys, all of whose CPU and memory is declared."""
    workload = read(name)
    keys = [application.key for application in workload.applications]
    assert workload.placed
    assert len(keys) == len(set(keys))
    assert all(a.requests.get("cpu") and a.requests.get("memory") for a in workload.placed)


@pytest.mark.parametrize("name", of_kind("machines"))
def test_machines_are_read_by_name(name: str) -> None:
    """What --machines takes gives machines."""
    assert select_machines([name])


@pytest.mark.parametrize("name", of_kind("overheads"))
def test_overheads_name_a_source_in_each_row(name: str) -> None:
    """No number without a source."""
    for file in load_dataset(name).files:
        with file.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        assert rows
        assert all(row["source"] for row in rows)
        assert not any("recalled" in " ".join(row.values()) for row in rows)


def test_train_ticket_is_the_default_run() -> None:
    """64 services, ten copies of each, 32 CPU and 86 GiB requested."""
    workload = read("train_ticket")
    assert (len(workload.placed), workload.instances) == (64, 640)
    assert requested(workload, "cpu") == 32_000
    assert requested(workload, "memory") // 2**30 == 86


@pytest.mark.parametrize(
    ("name", "copies", "pattern"),
    [("train_ticket", 10, "train-ticket-part*.yaml"), ("online_boutique", 1, "online-boutique.yaml")],
)
def test_carried_over_as_they_are(name: str, copies: int, pattern: str) -> None:
    """Requests and images are those of the manifests."""
    files = sorted((SHARED / "manifests").glob(pattern))
    if not files:
        pytest.skip("../shared/data is not there")
    original = {a.name: a for a in read(*files).placed}
    ours = {a.name: a for a in read(name).placed}
    assert set(original) == set(ours)
    for key, application in ours.items():
        assert dict(application.requests) == dict(original[key].requests)
        assert application.replicas == copies * original[key].replicas
        assert [c.image for c in application.containers] == [c.image for c in original[key].containers]


def test_mixed_estate_has_what_it_promises() -> None:
    """Both kernel families, both isolation demands, agents, a job, a monolith with its parts, copies kept apart."""
    applications = read("mixed_estate").applications
    assert {a.os for a in applications} == {"linux", "windows"}
    assert {a.isolation for a in applications} == {None, "vm", "machine"}
    assert {a.os for a in applications if a.agent} == {"linux", "windows"}
    assert any(a.job for a in applications)
    assert any(a.placement.max_per_host == 1 for a in applications)
    (monolith,) = (a for a in applications if a.components)
    for resource in ("cpu", "memory"):
        assert sum(c.requests[resource] for c in monolith.components) == monolith.requests[resource]


def test_openb_pods_fit_its_nodes() -> None:
    """1,359 of the 8,152 pods; no pod is larger than the largest node of the fleet."""
    pods, nodes = read("openb_pods"), select_machines(["openb_nodes"])
    assert pods.instances == 1359
    for pod in pods.placed:
        assert any(all(node.capacity.get(r, 0) >= n for r, n in pod.requests.items()) for node in nodes)
