"""What a Kubernetes node keeps for the kubelet and the system: the providers' formulas, in exact integers.

Allocatable is capacity less the kubelet's reservation and the eviction threshold (kubelet
``pkg/kubelet/cm/node_container_manager_linux.go``). The formulas are those of ``datasets/node_reservations``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from fractions import Fraction

from binpack.errors import input_error
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, DISK, GIB, MEMORY, MIB
from binpack.workload.application import LINUX, WINDOWS, Resources

EVICTION = {LINUX: 100 * MIB, WINDOWS: 500 * MIB}
"""Kubelet's evictionHard memory.available by the node's system (``pkg/kubelet/eviction/defaults_linux.go``,
``defaults_windows.go``); on Linux also what GKE, EKS, AKS and Google Distributed Cloud set."""
DISK_KEPT = Fraction(1, 10)
"""Kubelet's evictionHard nodefs.available, on both systems, which allocatable ephemeral storage is short of. That of
imagefs, 15 % on Linux, is about images and keeps nothing from Pods."""
AKS_CORES = ((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740))
AKS_PER_FURTHER_CORE = 10  # the table's last slope: (740 - 420) / (64 - 32)
SERVICES = {"aws": "eks", "azure": "aks", "gcp": "gke"}
"""The Kubernetes service of each provider of machines."""
USUAL = "gke"  # of machines of one's own


def service_of(machine: MachineType, chosen: str | None) -> str:
    """Whose formula holds on a machine: the one ``chosen``, else that of the machine's provider."""
    return chosen or SERVICES.get(machine.provider, USUAL)


def reservation(provider: str, capacity: Resources, max_pods: int, os: str = LINUX) -> dict[str, dict[str, int]]:
    """``kubelet``: CPU in thousandths and memory in bytes kept for kubelet and system; ``eviction``: memory, and disk where
    the node has one; all rounded up.

    provider : ``gke``, ``eks``, ``aks`` (1.29 and newer) or ``gdc`` (Google Distributed Cloud). os : kernel family of
    the node. Never more than the node has, both together. InputError for another provider.
    """
    if provider not in FORMULAS:
        near = difflib.get_close_matches(provider.lower(), FORMULAS, 1)
        fix = f"did you mean {near[0]}?" if near else ""
        raise input_error("--provider", repr(provider), "one of " + ", ".join(FORMULAS), fix)
    cpu, memory = capacity.get(CPU, 0), capacity.get(MEMORY, 0)
    kept_cpu, kept_memory = FORMULAS[provider](cpu, memory, max_pods)
    kubelet = {CPU: min(cpu, _up(kept_cpu)), MEMORY: min(memory, _up(kept_memory))}
    eviction = {MEMORY: min(EVICTION[os], memory - kubelet[MEMORY])}
    if DISK in capacity:
        eviction[DISK] = _up(capacity[DISK] * DISK_KEPT)
    return {"kubelet": kubelet, "eviction": eviction}


def _gke(cpu: int, memory: int, max_pods: int) -> tuple[Fraction, Fraction]:
    """cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes: tiers of memory and of cores."""
    tiers = ((4 * GIB, 25), (4 * GIB, 20), (8 * GIB, 10), (112 * GIB, 6), (None, 2))
    return _cores(cpu), _tiers(memory, tiers, 100)


def _eks(cpu: int, memory: int, max_pods: int) -> tuple[Fraction, Fraction]:
    """awslabs/amazon-eks-ami nodeadm/internal/kubelet/config.go: 11 MiB a pod + 255 MiB; cores as GKE."""
    return _cores(cpu), Fraction(11 * MIB * max_pods + 255 * MIB)


def _aks(cpu: int, memory: int, max_pods: int) -> tuple[Fraction, Fraction]:
    """learn.microsoft.com/azure/aks/node-resource-reservations, 1.29 and newer.

    Between the table's entries for cores the next larger one, beyond the last on along its slope; MB is 10^6 bytes.
    """
    cores = -(-cpu // 1000)
    largest, most = AKS_CORES[-1]
    beyond = most + AKS_PER_FURTHER_CORE * (cores - largest)
    kept = next((milli for size, milli in AKS_CORES if size >= cores), beyond)
    return Fraction(kept), min(Fraction((20 * max_pods + 50) * 10**6), Fraction(memory, 4))


def _gdc(cpu: int, memory: int, max_pods: int) -> tuple[Fraction, Fraction]:
    """cloud.google.com/anthos/clusters/docs/on-prem how-to/resources-available-pods: 80m + 1 %; 330 MiB + 5 %."""
    return 80 + Fraction(cpu, 100), 330 * MIB + Fraction(memory, 20)


FORMULAS: dict[str, Callable[[int, int, int], tuple[Fraction, Fraction]]] = {
    "gke": _gke,
    "eks": _eks,
    "aks": _aks,
    "gdc": _gdc,
}


def _cores(cpu: int) -> Fraction:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest."""
    return _tiers(cpu, ((1000, 600), (1000, 100), (2000, 50), (None, 25)), 10_000)


def _tiers(amount: int, tiers: tuple[tuple[int | None, int], ...], whole: int) -> Fraction:
    """Each tier is as wide as said (None: the rest) and keeps a share of ``whole``."""
    kept, left = Fraction(0), amount
    for width, share in tiers:
        part = left if width is None else min(left, width)
        kept += Fraction(part * share, whole)
        left -= part
    return kept


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
