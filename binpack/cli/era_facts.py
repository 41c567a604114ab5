"""What the plans of a run have to agree with, for the checker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from binpack.eras.operation.balancers import balancers
from binpack.machines.hypervisors import HYPERVISORS
from binpack.machines.licence import licences_of_rent, with_licences
from binpack.machines.ownership import owned
from binpack.planning import overheads_of
from binpack.units import CPU, MEMORY
from binpack.verify.facts import Facts
from binpack.workload.monolith import as_monolith, as_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from binpack.cli.era_arguments import Asked
    from binpack.eras.options import EraOptions
    from binpack.machines.machine_type import MachineType
    from binpack.workload.workload import Workload


def facts_of(asked: Asked, shape: str) -> Facts:
    """The applications in that shape, the machines at their prices, and everything that was chosen."""
    whole = with_licences(asked.workload, asked.options.licences)
    shaped = as_parts(whole) if shape == "parts" else as_monolith(whole)
    options, nodes, own = asked.options, asked.options.minimum_nodes, asked.workload.overheads
    overheads = overheads_of(asked.workload, options)
    machines = owned(asked.offered, options.ownership)
    charged = options.control_plane != "managed" and not any(n.startswith("control_plane.") for n in own)
    return Facts(
        applications={application.key: application for application in shaped.placed},
        machines={machine.name: machine for machine in machines},
        minimum_nodes=nodes,
        managers=options.managers,
        control_planes=max(1, nodes - (nodes + 1) % 2) if charged else 0,
        containers_on_vms=options.containers_on_vms,
        vcpu_overcommit=options.vcpu_overcommit,
        node_overcommit=options.node_overcommit,
        overcommit={CPU: options.cpu_overcommit, MEMORY: options.memory_overcommit},
        vm_sizes={size.name: size for size in options.vm_sizes},
        headroom=options.headroom,
        overheads=overheads.amounts(),
        hypervisor=options.hypervisor,
        host_os=options.host_os,
        runtime=options.runtime,
        provider=options.provider,
        cabinet=options.cabinet,
        ownership=options.ownership,
        licences=(*options.licences, *licences_of_rent(machines, _systems(shaped, machines, options))),
        balancers=balancers(shaped, options.load_balancers, overheads),
        agents=shaped.agents,
        control_plane=options.control_plane,
    )


def _systems(workload: Workload, machines: Sequence[MachineType], options: EraOptions) -> set[str]:
    """Kernel families of everything that may run: applications, machines that are of one, hosts of virtual machines."""
    hosts = (machine.labels.get("kubernetes.io/os") or options.host_os for machine in machines)
    found = {*(application.os for application in workload.placed), *hosts, HYPERVISORS[options.hypervisor]}
    return {family for family in found if family}
