"""What nodes keep beside their layers, computed again: the kubelet's reservation, agents, control plane and managers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from binpack.verify.facts import KUBERNETES, Facts
from binpack.workload.application import Application

Json = Mapping[str, Any]
Charges = Counter[tuple[str, str]]
"""(kind, resource) -> amount."""

MIB, GIB = 1024**2, 1024**3
MAX_PODS = 110
EVICTION = {"linux": 100 * MIB, "windows": 500 * MIB}
DISK_KEPT = 10  # per cent of a node's file system
NETWORKS = ("calico", "cilium", "flannel", "weave", "canal", "antrea", "kindnet", "aws-node", "cni")


SERVICES = {"aws": "eks", "azure": "aks", "gcp": "gke"}
"""Whose reservations the machines of a provider keep."""


def node(era: str, machine: Json, capacity: Json, os: str, kind: str, facts: Facts) -> Charges:
    """What one box of the era keeps: a machine, or a VM that is a node. kind : what its system is charged as."""
    arch = machine["labels"].get("kubernetes.io/arch", "amd64")
    here = agents_on(facts.agents, os, arch)
    total: Charges = Counter()
    for agent in here:
        total += Counter({("agents", resource): amount for resource, amount in agent.size.items()})
    if era not in KUBERNETES:
        return total
    total["agents", "pods"] += len(here)
    total += _default_agents(os, facts)
    maker = "" if kind == "guest_os" else facts.machines[machine["type"]].provider
    return total + _kubelet(capacity, os, kind, facts, facts.provider or SERVICES.get(maker, "gke"))


def orchestrator_faults(plan: Json, facts: Facts) -> Iterator[str]:
    """Control plane, managers and cluster DNS are charged as often as there are of them, over all machines together."""
    found: Counter[str] = Counter()
    for machine in plan["machines"]:
        for charge in machine["overhead"]:
            if charge["what"] == "control_plane":
                found[charge["resource"]] += charge["amount"] * machine["count"]
    expected = _orchestrator(plan["era"], facts)
    for resource in sorted({*found, *expected}):
        if found[resource] != expected[resource]:
            yield f"{found[resource]} {resource} charged for the control plane, not {expected[resource]}"


def _orchestrator(era: str, facts: Facts) -> Counter[str]:
    rows = facts.overheads
    if era == "docker_swarm":
        return Counter({r: rows[f"swarm_manager.{r}"] * facts.managers for r in ("cpu", "memory")})
    if era not in KUBERNETES:
        return Counter()
    copies = max(1, facts.minimum_nodes - (facts.minimum_nodes + 1) % 2) if facts.control_plane != "managed" else 0
    total = Counter({r: rows[f"control_plane.{r}"] * copies for r in ("cpu", "memory", "pods")})
    names = [a.name for a in (*facts.applications.values(), *facts.agents)]
    if not any(known in name for name in names for known in ("coredns", "kube-dns")):
        replicas = rows["cluster_dns.replicas"]
        total += Counter({r: rows[f"cluster_dns.{r}"] * replicas for r in ("cpu", "memory")})
        total["pods"] += replicas
    return total


def nodes_in(machine: Json, facts: Facts) -> Iterator[tuple[Json, list[Json], str]]:
    """VMs that are nodes, with the copies in each and its kernel family: that of the copies, Linux without any."""
    for vm in machine["virtual_machines"]:
        within = [instance for instance in machine["instances"] if instance["inside"] == vm["name"]]
        yield vm, within, facts.applications[within[0]["application"]].os if within else "linux"


def agents_on(agents: Sequence[Application], os: str, arch: str) -> list[Application]:
    """The agents that run on a box of this kind."""
    return [agent for agent in agents if _runs_on(agent, os, arch)]


def _runs_on(agent: Application, os: str, arch: str) -> bool:
    known = {"kubernetes.io/os": os, "kubernetes.io/arch": arch}
    selector = agent.placement.node_selector
    return (agent.os, agent.arch) == (os, arch) and all(known.get(k, v) == v for k, v in selector.items())


def _default_agents(os: str, facts: Facts) -> Charges:
    """kube-proxy and a network agent, where the workload does not bring its own."""
    of = "" if os == "linux" else f".{os}"
    total: Charges = Counter()
    names = [agent.name for agent in facts.agents]
    if not any("kube-proxy" in name for name in names):
        total += Counter({("agents", "pods"): 1, ("agents", "cpu"): facts.overheads[f"kube_proxy{of}.cpu"]})
    if not any(known in name for name in names for known in NETWORKS):
        total += Counter({("agents", r): facts.overheads[f"network_agent{of}.{r}"] for r in ("cpu", "memory")})
        total["agents", "pods"] += 1
    return total


def _kubelet(capacity: Json, os: str, kind: str, facts: Facts, service: str) -> Charges:
    """The provider's reservation beyond what the system itself is charged, and the eviction thresholds."""
    cpu, memory, pods = capacity.get("cpu", 0), capacity.get("memory", 0), capacity.get("pods", MAX_PODS)
    kept_cpu, kept_memory = RESERVED[service](cpu, memory, pods)
    kept_cpu, kept_memory = min(cpu, ceil(kept_cpu)), min(memory, ceil(kept_memory))
    system = {r: facts.overheads[f"{kind}.{os}.{r}"] for r in ("cpu", "memory")}
    eviction = min(EVICTION[os], memory - kept_memory)
    return Counter(
        {
            ("kubelet", "cpu"): max(0, kept_cpu - system["cpu"]),
            ("kubelet", "memory"): max(0, kept_memory - system["memory"]) + eviction,
            ("kubelet", "disk"): ceil(Fraction(capacity.get("disk", 0) * DISK_KEPT, 100)),
        }
    )


def _gke(cpu: int, memory: int, pods: int) -> tuple[Fraction, Fraction]:
    gib = Fraction(memory, GIB)
    shares = [(0, 4, 25), (4, 8, 20), (8, 16, 10), (16, 128, 6), (128, None, 2)]
    return _cores(cpu), sum((_part(gib, *share) for share in shares), Fraction(0)) * GIB


def _eks(cpu: int, memory: int, pods: int) -> tuple[Fraction, Fraction]:
    return _cores(cpu), Fraction((255 + 11 * pods) * MIB)


def _aks(cpu: int, memory: int, pods: int) -> tuple[Fraction, Fraction]:
    cores = ceil(Fraction(cpu, 1000))
    table: Sequence[tuple[int, int]] = ((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740))
    kept = next((milli for size, milli in table if cores <= size), 740 + (cores - 64) * 10)
    return Fraction(kept), min(Fraction(memory) / 4, Fraction(20 * pods + 50) * 10**6)


def _gdc(cpu: int, memory: int, pods: int) -> tuple[Fraction, Fraction]:
    return Fraction(8000 + cpu, 100), Fraction(6600 * MIB + memory, 20)


RESERVED = {"gke": _gke, "eks": _eks, "aks": _aks, "gdc": _gdc}
"""CPU in thousandths and memory in bytes that a provider keeps, as ``datasets/node_reservations`` says."""


def _cores(cpu: int) -> Fraction:
    """6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % of all others."""
    cores = Fraction(cpu, 1000)
    shares = [(0, 1, Fraction(6)), (1, 2, Fraction(1)), (2, 4, Fraction(1, 2)), (4, None, Fraction(1, 4))]
    return sum((_part(cores, *share) for share in shares), Fraction(0)) * 1000


def _part(amount: Fraction, start: int, end: int | None, per_cent: int | Fraction) -> Fraction:
    """So many per cent of what of an amount lies between two limits."""
    upper = amount if end is None else min(amount, Fraction(end))
    return max(Fraction(0), upper - start) * per_cent / 100
