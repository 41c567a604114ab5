"""What a Kubernetes node keeps for the kubelet and the system: the providers' formulas, in exact integers.

Each formula names its source.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from binpack.units import CPU, GIB, MEMORY, MIB

EVICTION = 100 * MIB  # kubelet's evictionHard memory.available, as GKE, EKS and AKS set it


def reservation(provider: str, cpu: int, memory: int, max_pods: int) -> dict[str, dict[str, int]]:
    """``kubelet``: CPU in thousandths and memory in bytes kept for kubelet and system, rounded up; ``eviction``: memory.

    provider : ``gke``, ``eks``, ``aks`` (1.29 and newer) or ``gdc`` (Google Distributed Cloud). KeyError for another one.
    """
    kept_cpu, kept_memory = FORMULAS[provider](cpu, memory, max_pods)
    kubelet = {CPU: min(cpu, _up(kept_cpu)), MEMORY: min(memory, _up(kept_memory))}
    return {"kubelet": kubelet, "eviction": {MEMORY: EVICTION}}


def _gke(cpu: int, memory: int, max_pods: int) -> tuple[Fraction, Fraction]:
    """cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes: tiers of memory and of cores."""
    if memory < GIB:
        return _cores(cpu), Fraction(255 * MIB)
    tiers = ((4 * GIB, 25), (4 * GIB, 20), (8 * GIB, 10), (112 * GIB, 6), (None, 2))
    return _cores(cpu), _tiers(memory, tiers, 100)


def _eks(cpu: int, memory: int, max_pods: int) -> tuple[Fraction, Fraction]:
    """awslabs/amazon-eks-ami nodeadm/internal/kubelet/config.go: 11 MiB a pod + 255 MiB; cores as GKE."""
    return _cores(cpu), Fraction(11 * MIB * max_pods + 255 * MIB)


def _aks(cpu: int, memory: int, max_pods: int) -> tuple[Fraction, Fraction]:
    """learn.microsoft.com/azure/aks/node-resource-reservations, 1.29 and newer; between table entries the next larger."""
    table = ((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740))
    cores = -(-cpu // 1000)
    kept = next((milli for size, milli in table if size >= cores), table[-1][1])
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
    kept, left = Fraction(0), amount
    for width, share in tiers:
        part = left if width is None else min(left, width)
        kept += Fraction(part * share, whole)
        left -= part
    return kept


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
