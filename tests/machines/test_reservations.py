"""Reservations: the providers' own examples, and that they stay within the node."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from binpack.errors import InputError
from binpack.machines.machine_type import MachineType
from binpack.machines.reservations import FORMULAS, reservation, service_of
from binpack.units import CPU, DISK, GIB, MEMORY, MIB
from binpack.workload.application import LINUX, WINDOWS


def kept_of(provider: str, cpu: int, memory: int, pods: int) -> dict[str, dict[str, int]]:
    return reservation(provider, {CPU: cpu, MEMORY: memory}, pods)


def allocatable(provider: str, cpu: int, memory: int, pods: int) -> tuple[int, int]:
    kept = kept_of(provider, cpu, memory, pods)
    return cpu - kept["kubelet"][CPU], memory - kept["kubelet"][MEMORY] - kept["eviction"][MEMORY]


def test_gke_example_of_memory() -> None:
    """A node of 150 GiB: 9.8577 GiB are kept in all, 140.1423 GiB are left."""
    _, left = allocatable("gke", 4000, 150 * GIB, 110)
    assert round((150 * GIB - left) / GIB, 4) == 9.8577
    assert round(left / GIB, 4) == 140.1423


@pytest.mark.parametrize("provider", ["gke", "eks"])
def test_gke_example_of_cores(provider: str) -> None:
    """4 cores: 3920m are left; EKS counts cores alike."""
    assert allocatable(provider, 4000, 16 * GIB, 110)[0] == 3920


def test_eks_example() -> None:
    """29 pods: 11 MiB each and 255 MiB are 574 MiB."""
    assert kept_of("eks", 2000, 8 * GIB, 29)["kubelet"][MEMORY] == 574 * MIB


def test_aks_example() -> None:
    """8 GB and 30 pods: 650 MB are kept, about 7.25 GB are left."""
    kept = kept_of("aks", 2000, 8 * 10**9, 30)
    assert kept["kubelet"] == {CPU: 100, MEMORY: 650 * 10**6}
    assert kept["eviction"] == {MEMORY: 100 * MIB}
    assert round(allocatable("aks", 2000, 8 * 10**9, 30)[1] / 10**9, 2) == 7.25


def test_aks_keeps_a_quarter_at_most() -> None:
    """With 250 pods on 8 GB the quarter is less than 20 MB a pod."""
    assert kept_of("aks", 2000, 8 * 10**9, 250)["kubelet"][MEMORY] == 2 * 10**9


@pytest.mark.parametrize(
    ("cores", "kept"), [(1, 60), (2, 100), (3, 140), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740), (96, 1060)]
)
def test_aks_table_of_cores(cores: int, kept: int) -> None:
    """The table's entries; between them the next larger; beyond, along the last slope."""
    assert kept_of("aks", cores * 1000, 64 * GIB, 110)["kubelet"][CPU] == kept


def test_google_distributed_cloud_example() -> None:
    """4 cores: 120m; 8 GiB: 330 MiB + 5 % (739.6 MiB), rounded up to the byte."""
    kept = kept_of("gdc", 4000, 8 * GIB, 110)["kubelet"]
    assert kept == {CPU: 120, MEMORY: 330 * MIB + -(-8 * GIB // 20)}


@pytest.mark.parametrize(("os", "kept"), [(LINUX, 100 * MIB), (WINDOWS, 500 * MIB)])
def test_eviction_thresholds_are_the_kubelets_own(os: str, kept: int) -> None:
    """100 MiB of memory on Linux and 500 MiB on Windows; a tenth of the disk, rounded up, where there is one."""
    found = reservation("gke", {CPU: 4000, MEMORY: 16 * GIB, DISK: 101}, 110, os)
    assert found["eviction"] == {MEMORY: kept, DISK: 11}


@given(st.sampled_from(sorted(FORMULAS)), st.integers(0, 10**6), st.integers(0, 2**43), st.integers(0, 1000))
def test_never_more_than_the_node_has(provider: str, cpu: int, memory: int, pods: int) -> None:
    """Allocatable is at least 0, and no reservation is negative."""
    assert min(allocatable(provider, cpu, memory, pods)) >= 0
    kept = kept_of(provider, cpu, memory, pods)
    assert all(amount >= 0 for amounts in kept.values() for amount in amounts.values())


@given(st.sampled_from(sorted(FORMULAS)), st.integers(0, 10**6), st.integers(0, 2**43), st.integers(0, 2**36))
def test_a_larger_node_offers_no_less(provider: str, cpu: int, memory: int, more: int) -> None:
    """More capacity never leaves less for pods, which dropping outdone machine types relies on."""
    small, large = (
        allocatable(provider, cpu, memory, 110),
        allocatable(provider, cpu + more % 10**6, memory + more, 110),
    )
    assert large[1] >= small[1]
    if provider != "aks":  # its table steps up at 3, 5, 9 ... cores, by less than a core
        assert large[0] >= small[0]


def test_the_formula_is_that_of_the_machines_provider() -> None:
    """Of AWS EKS, of Azure AKS, of GCP and of one's own GKE, unless one is chosen."""
    services = [service_of(MachineType("m", {}, provider=name), None) for name in ("aws", "azure", "gcp", "own")]
    assert services == ["eks", "aks", "gke", "gke"]
    assert service_of(MachineType("m", {}, provider="aws"), "gdc") == "gdc"


def test_an_unknown_provider_is_refused() -> None:
    """With the nearest name."""
    with pytest.raises(InputError, match="did you mean gke"):
        kept_of("gkee", 1000, GIB, 110)
