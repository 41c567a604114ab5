"""Facts: what a plan has to agree with beyond its own arithmetic. Known to whoever ran the plan, not read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from binpack.machines.cabinet import Cabinet
from binpack.machines.licence import Licence
from binpack.machines.machine_type import MachineType
from binpack.machines.ownership import Ownership
from binpack.machines.vm_size import VmSize
from binpack.workload.application import Application

KUBERNETES = ("kubernetes", "kubernetes_on_vms")
ORCHESTRATED = ("docker_swarm", *KUBERNETES)


@dataclass(frozen=True)
class Facts:
    """The applications as placed (sized, and in the plan's shape) by key, the machine types by name, and the switches.

    minimum_nodes : machines that nodes of Kubernetes are on at least. managers : machines of Docker Swarm's managers.
    control_planes : machines that the control plane of Kubernetes is charged on at least; 0 where it is managed.
    containers_on_vms : the era ``containers`` is on VMs that hold many copies each.
    vcpu_overcommit, node_overcommit : vCPUs of a machine's VMs per thread, where they hold one copy each, and where many.
    overcommit : how often CPU and memory of a machine may be promised. vm_sizes : of the eras on VMs, by name; none: any.
    headroom : share of each resource of a machine that stays free.
    overheads : name -> amount that the run counted with; without them the layers' charges are not computed again.
    hypervisor : of the eras of VMs. host_os : of all machines, if one was asked for. runtime : of containers.
    provider : whose reservations nodes keep; None: those of each machine's own. agents : what runs once on every box.
    cabinet : what racked machines stand in.
    control_plane : ``nodes``, ``dedicated`` or ``managed``.
    ownership, licences : what machines of one's own and software cost. balancers : of requests, in eras of orchestrators.
    """

    applications: Mapping[str, Application]
    machines: Mapping[str, MachineType]
    minimum_nodes: int = 3
    managers: int = 3
    control_planes: int = 3
    containers_on_vms: bool = False
    vcpu_overcommit: Fraction = Fraction(4)
    node_overcommit: Fraction = Fraction(1)
    overcommit: Mapping[str, Fraction] = field(default_factory=dict)
    vm_sizes: Mapping[str, VmSize] = field(default_factory=dict)
    headroom: Mapping[str, Fraction] = field(default_factory=dict)
    overheads: Mapping[str, int] = field(default_factory=dict)
    hypervisor: str = "kvm"
    host_os: str | None = None
    runtime: str = "runc"
    provider: str | None = None
    cabinet: Cabinet = field(default_factory=Cabinet)
    ownership: Ownership = field(default_factory=Ownership)
    licences: tuple[Licence, ...] = ()
    balancers: Application | None = None
    agents: tuple[Application, ...] = ()
    control_plane: str = "nodes"

    def in_era(self, era: str) -> Facts:
        """With the load balancers among the applications where an orchestrator balances requests."""
        if self.balancers is None or era not in ORCHESTRATED:
            return self
        return replace(self, applications={**self.applications, self.balancers.key: self.balancers})

    def on_vms(self, era: str) -> bool:
        """Whether the era's boxes are VMs that hold many copies."""
        return era == "kubernetes_on_vms" or (era == "containers" and self.containers_on_vms)

    def hosts_vms(self, era: str) -> bool:
        """Whether the era's machines are there for VMs alone."""
        return era == "virtual_machines" or self.on_vms(era)

    def vcpus_per_thread(self, era: str) -> Fraction:
        """How many vCPUs of VMs an era puts on a thread."""
        return self.node_overcommit if self.on_vms(era) else self.vcpu_overcommit

    def promised(self, era: str) -> Mapping[str, Fraction]:
        """How often an era may promise what a machine has: CPU of nodes that are VMs by both ratios."""
        nodes = self.node_overcommit if self.on_vms(era) else 1
        return {**self.overcommit, "cpu": self.overcommit.get("cpu", Fraction(1)) * nodes}

    def promised_in_vms(self, era: str) -> Mapping[str, Fraction]:
        """How often what a VM has: the CPU of one that holds many copies; its memory never."""
        return {"cpu": self.overcommit.get("cpu", Fraction(1))} if self.on_vms(era) else {}
