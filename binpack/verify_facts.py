"""Facts: what a plan has to agree with beyond its own arithmetic. Known to whoever ran the plan, not read from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from binpack.machines.licence import Licence
from binpack.machines.machine_type import MachineType
from binpack.machines.ownership import Ownership
from binpack.workload.application import Application

ORCHESTRATED = ("docker_swarm", "kubernetes", "kubernetes_on_vms")


@dataclass(frozen=True)
class Facts:
    """The applications as placed (sized, and in the plan's shape) by key, the machine types by name, and the switches.

    minimum_nodes : machines that nodes of Kubernetes are on at least. managers : machines of Docker Swarm's managers.
    control_planes : machines that the control plane of Kubernetes is charged on at least; 0 where it is managed.
    containers_on_vms : the era ``containers`` is on VMs that hold many copies each.
    vcpu_overcommit : vCPUs of a machine's VMs per thread. headroom : share of each resource of a machine that stays free.
    overheads : name -> amount that the run counted with; without them the layers' charges are not computed again.
    hypervisor : of the eras of VMs. runtime : of containers. provider : whose reservations nodes keep; None: those
    of each machine's own. agents : what runs once on every box. control_plane : ``nodes``, ``dedicated`` or ``managed``.
    ownership, licences : what machines of one's own and software cost. balancers : of requests, in eras of orchestrators.
    """

    applications: Mapping[str, Application]
    machines: Mapping[str, MachineType]
    minimum_nodes: int = 3
    managers: int = 3
    control_planes: int = 3
    containers_on_vms: bool = False
    vcpu_overcommit: Fraction = Fraction(4)
    headroom: Mapping[str, Fraction] = field(default_factory=dict)
    overheads: Mapping[str, int] = field(default_factory=dict)
    hypervisor: str = "kvm"
    runtime: str = "runc"
    provider: str | None = None
    ownership: Ownership = field(default_factory=Ownership)
    licences: tuple[Licence, ...] = ()
    balancers: Application | None = None

    def in_era(self, era: str) -> Facts:
        """With the load balancers among the applications where an orchestrator balances requests."""
        if self.balancers is None or era not in ORCHESTRATED:
            return self
        return replace(self, applications={**self.applications, self.balancers.key: self.balancers})

    agents: tuple[Application, ...] = ()
    control_plane: str = "nodes"
