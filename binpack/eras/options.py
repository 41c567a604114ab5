"""EraOptions: every choice that changes how an era counts, with its default visible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from binpack.image_use import Bandwidth
from binpack.machines.cabinet import Cabinet
from binpack.machines.licence import Licence
from binpack.machines.ownership import Ownership
from binpack.machines.vm_size import VmSize

ERAS = (
    "physical",
    "physical_per_application",
    "virtual_machines",
    "containers",
    "docker_swarm",
    "kubernetes",
    "kubernetes_on_vms",
)
PARTS = "parts"
MONOLITH = "monolith"
SHAPES = (PARTS, MONOLITH)

ControlPlane = Literal["nodes", "dedicated", "managed"]


@dataclass(frozen=True)
class EraOptions:
    """How to count. Everything here is printed among a run's assumptions.

    hypervisor : ``kvm`` (Linux) and ``hyperv`` (Windows) are hosted (host OS and hypervisor both on the machine), ``esxi``
        and ``xen`` are bare metal (no host OS).
    host_os : kernel family of the machines' operating system; None: as the applications need. A hosted hypervisor has to be
        of that family; what is of the other one stands in VMs.
    runtime : of containers: ``runc``, or a VM around each copy: ``kata`` and ``firecracker`` (Linux), ``hyperv`` (Windows).
    overheads : level of ``datasets/overheads``: ``low``, ``typical`` or ``high``. own_overheads : name -> an amount as
        written (``128 MiB``) in its place.
    guest_os : names of ``datasets/guest_os``, for the minimum of guests of their family.
    cpu_efficiency : layer (``vm``, ``microvm``, ``container``) -> a level or a share of bare metal's CPU; demand is divided
        by it.
    vm_sizes : of the VMs in the eras on VMs, the smallest first; (): any size.
    vcpu_overcommit : vCPUs per hardware thread, of VMs that hold a copy each; what the copies request never exceeds the
        threads. node_overcommit : vCPUs per hardware thread, of VMs that hold many copies and promise them what they have.
    cpu_overcommit : CPU requested by copies per thread (or vCPU, in VMs that hold many) that there is. memory_overcommit :
        memory that copies or VMs are promised per byte of a machine, never of a VM. Each at least 1.
    headroom : share of each resource of every machine that stays free, 0 <= share < 1.
    spare : machines added on top, so that the headline survives losing so many; None: the column only.
    provider : whose formula reserves room for the kubelet and the system (``gke``, ``eks``, ``aks``, ``gdc``); None: of each
        machine's own provider, and GKE's on machines of one's own.
    control_plane : on three of the nodes (reserved there), on three dedicated machines, or managed by a cloud.
    minimum_nodes : of Kubernetes, with Linux, on as many different machines. managers : of Docker Swarm, odd.
    containers_on_vms : the era ``containers`` puts its containers into VMs of one size per machine.
    default_agents : charge kube-proxy, a network agent and cluster DNS where the input does not carry its own.
    parallel_starts : so many things start, or stop, at a time on one machine.
    load_balancers : copies of a proxy in the eras whose orchestrator balances requests.
    ownership : what machines of one's own cost. licences : what their software costs.
    cabinet : what racked machines stand in.
    max_types : at most so many machine types in one plan; None: 3 of rented ones, any number of one's own.
    bandwidth : bytes a second that a registry serves and machines take, for the time that pulling images takes.
    time_limit : seconds of search per era and shape.
    """

    hypervisor: str = "kvm"
    host_os: str | None = None
    runtime: str = "runc"
    overheads: str = "typical"
    own_overheads: Mapping[str, str] = field(default_factory=dict)
    guest_os: tuple[str, ...] = ()
    cpu_efficiency: Mapping[str, str] = field(default_factory=dict)
    vm_sizes: tuple[VmSize, ...] = ()
    vcpu_overcommit: Fraction = Fraction(4)
    node_overcommit: Fraction = Fraction(1)
    cpu_overcommit: Fraction = Fraction(1)
    memory_overcommit: Fraction = Fraction(1)
    headroom: Mapping[str, Fraction] = field(default_factory=dict)
    spare: int | None = None
    provider: str | None = None
    control_plane: ControlPlane = "nodes"
    minimum_nodes: int = 3
    managers: int = 3
    containers_on_vms: bool = False
    default_agents: bool = True
    parallel_starts: int = 1
    load_balancers: int = 0
    ownership: Ownership = field(default_factory=Ownership)
    licences: tuple[Licence, ...] = ()
    cabinet: Cabinet = field(default_factory=Cabinet)
    max_types: int | None = None
    bandwidth: Bandwidth = field(default_factory=Bandwidth)
    time_limit: float = 10.0
    threads: int = 1
    seed: int = 0
