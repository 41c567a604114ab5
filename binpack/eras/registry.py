"""All eras, by name, in the order in which they came."""

from __future__ import annotations

from binpack.eras.containers import Containers
from binpack.eras.docker_swarm import DockerSwarm
from binpack.eras.era import Era
from binpack.eras.kubernetes import Kubernetes
from binpack.eras.nesting.nesting import OnVirtualMachines
from binpack.eras.options import EraOptions
from binpack.eras.physical import Physical, PhysicalPerApplication
from binpack.eras.virtual_machines import VirtualMachines


def era(name: str, options: EraOptions) -> Era:
    """The era of that name; KeyError for an unknown one."""
    containers = Containers()
    if options.containers_on_vms:
        containers_era: Era = OnVirtualMachines(containers, "containers", "containers on VMs")
    else:
        containers_era = containers
    return {
        "physical": Physical(),
        "physical_per_application": PhysicalPerApplication(),
        "virtual_machines": VirtualMachines(),
        "containers": containers_era,
        "docker_swarm": DockerSwarm(),
        "kubernetes": Kubernetes(),
        "kubernetes_on_vms": OnVirtualMachines(Kubernetes(), "kubernetes_on_vms", "Kubernetes on VMs"),
    }[name]
