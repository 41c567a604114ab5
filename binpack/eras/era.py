"""Era: one way of running applications on machines. Two methods: compile to a Problem, decode a Packing to machines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from binpack_solvers.packing import Pattern

from binpack.era_plan import Charge, Machine
from binpack.eras.costs.bill import paid
from binpack.eras.costs.cost_objective import with_costs
from binpack.eras.layers.charges import charges_of
from binpack.eras.options import EraOptions
from binpack.eras.packing.compilation import ARCH_LABEL, OS_LABEL, Box, Compiled, Room, admits
from binpack.eras.packing.decoding import decode
from binpack.eras.packing.placement import Placement, Solve, place
from binpack.machines.hypervisors import HYPERVISORS
from binpack.machines.licence import Licence, licences_of_rent
from binpack.machines.machine_type import MachineType
from binpack.machines.overheads import Overheads
from binpack.units import CPU, DISK, MEMORY
from binpack.workload.application import LINUX, Application
from binpack.workload.workload import Workload


@dataclass(frozen=True)
class Setting:
    """What an era counts with: sized applications, machines, overheads and options.

    guest : the machines are virtual ones, so that their operating system is a guest.
    """

    workload: Workload
    machines: Sequence[MachineType]
    overheads: Overheads
    options: EraOptions
    guest: bool = False

    @cached_property
    def applications(self) -> Mapping[str, Application]:
        """The applications placed, by key."""
        return {application.key: application for application in self.workload.placed}

    @cached_property
    def types(self) -> Mapping[str, MachineType]:
        """The machine types, by name."""
        return {machine.name: machine for machine in self.machines}

    @cached_property
    def families(self) -> tuple[str, ...]:
        """Kernel families of the applications placed, Linux first."""
        found = dict.fromkeys(a.os for a in self.workload.placed)
        return tuple(sorted(found, key=lambda os: (os != LINUX, os))) or (LINUX,)

    def fixed_os(self, machine: MachineType) -> str | None:
        """The kernel family of a machine's operating system, where its label or ``host_os`` says it; a VM is of any."""
        return None if self.guest else machine.labels.get(OS_LABEL) or self.options.host_os

    def hosts(self, machine: MachineType) -> tuple[str, ...]:
        """Kernel families that the operating system of a machine can be of: the one it has, else those of applications."""
        fixed = self.fixed_os(machine)
        return (fixed,) if fixed else self.families

    @cached_property
    def licences(self) -> tuple[Licence, ...]:
        """Those that the run asks for, and what rented machines cost more with the systems that run."""
        host = HYPERVISORS[self.options.hypervisor]
        families = {*self.families, *self.host_families, *([host] if host else [])}
        return (*self.options.licences, *licences_of_rent(self.machines, families))

    @cached_property
    def host_families(self) -> tuple[str, ...]:
        """The families of all machines, Linux first."""
        found = {os for machine in self.machines for os in self.hosts(machine)}
        return tuple(sorted(found, key=lambda os: (os != LINUX, os)))

    @property
    def room(self) -> Room:
        """What stays free, and what is promised more than once: the memory of a VM never is, that of its machine was."""
        options = self.options
        promised = {CPU: options.cpu_overcommit, MEMORY: Fraction(1) if self.guest else options.memory_overcommit}
        return Room(options.headroom, promised)


class Era(ABC):
    """One era. ``starts`` is the story's own word for how long starting takes, used where no source gives a figure.

    stages : what starts before a copy is there, one after the other: ``machine``, ``vm``, ``container``.
    orchestrated : whether an orchestrator schedules on the machines. nodes_are_vms : on VMs of the machines instead.
    runs_pods : whether the orchestrator is Kubernetes, where copies take a slot each.
    hosts_vms : machines are there for VMs alone. searches : how many problems the time of a run is meant to be enough for.
    """

    name: str
    title: str
    starts: str
    stages: tuple[str, ...]
    orchestrated: bool = False
    runs_pods: bool = False
    searches: int = 1
    nodes_are_vms: bool = False
    hosts_vms: bool = False

    @abstractmethod
    def compile(self, setting: Setting) -> Compiled:
        """The Problem whose bins are this era's machines (or nodes)."""

    def decode(self, compiled: Compiled, patterns: Iterable[Pattern]) -> list[Machine]:
        """The machines that a packing of the compiled problem stands for."""
        return decode(compiled, patterns)

    def place(self, setting: Setting, solve: Solve) -> Placement:
        """Compile, solve and decode."""
        compiled = with_costs(self, self.compile(setting), setting)
        return place(self, compiled, solve, lambda machines: paid(self, machines, setting))


def host_charges(os: str, setting: Setting) -> tuple[Charge, ...]:
    """What the operating system of a machine, real or virtual, takes."""
    kind = "guest_os" if setting.guest else "host_os"
    return charges_of(kind, f"{kind}.{os}", (CPU, MEMORY, DISK), setting.overheads)


def agent_charges(workload: Workload, os: str, arch: str) -> tuple[Charge, ...]:
    """What the workload's agents take on one machine: one copy of each agent of its kernel family."""
    return tuple(
        Charge("agents", f"agent {agent.key}", resource, amount)
        for agent in admitted_agents(workload, os, arch)
        for resource, amount in agent.size.items()
        if resource in (CPU, MEMORY, DISK) or amount
    )


def admitted_agents(workload: Workload, os: str, arch: str) -> list[Application]:
    """The agents that run on every machine of a kernel family and architecture."""
    known = {OS_LABEL: os, ARCH_LABEL: arch}
    alike = (agent for agent in workload.agents if (agent.os, agent.arch) == (os, arch))
    return [agent for agent in alike if admits(agent.placement.node_selector, known)]


def machine_box(machine: MachineType, os: str, charges: Sequence[Charge], **extra: int) -> Box:
    """A Box of a whole machine, with rule resources in ``extra``."""
    return Box(machine, {**machine.capacity, **extra}, tuple(charges), os)
