"""Plan: every machine of one era, what stands on it, what it pays for, and the bound that says nothing smaller exists.

A Plan carries everything it charges, so that ``binpack.verify`` can add it up again from the JSON alone. Per machine and
resource: capacity = requests of the instances + overhead + free, exactly; where more is promised than there is, free is
below 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from binpack.image_use import ImageUse
from binpack.machines.racks import RackPlace
from binpack.workload.application import Resources
from binpack.workload.workload import Assumption

PLAN_SCHEMA = "binpack.plan/1"

IMAGES = "images"
OVERHEAD_KINDS = ("host_os", "hypervisor", "guest_os", "engine", IMAGES, "kubelet", "agents", "control_plane")


@dataclass(frozen=True)
class Charge:
    """One overhead on a machine: ``amount`` of ``resource``, paid once per machine, or inside the VM named ``inside``.

    what : one of OVERHEAD_KINDS. source : the row of ``datasets/overheads``, or the parameter, that it comes from.
    count : so many equal charges (one per container shim, say); the amount is that of all of them together.
    """

    what: str
    source: str
    resource: str
    amount: int
    inside: str | None = None


@dataclass(frozen=True)
class VirtualMachine:
    """A VM of the plan: its own capacity as its guest sees it (without the hypervisor's share), and its vCPUs."""

    name: str
    type: str
    capacity: Resources
    vcpus: int


@dataclass(frozen=True)
class Instance:
    """``count`` equal copies of an application; ``replica`` is the number of the first. ``inside``: its VM, or None."""

    application: str
    replica: int
    requests: Resources
    containers: tuple[Mapping[str, Any], ...] = ()
    inside: str | None = None
    count: int = 1


@dataclass(frozen=True)
class Machine:
    """``count`` equal machines. Names, VMs and replicas are those of the first, the others are numbered on; places : where
    each stands, None for rented ones."""

    name: str
    type: str
    capacity: Resources
    overhead: tuple[Charge, ...] = ()
    virtual_machines: tuple[VirtualMachine, ...] = ()
    instances: tuple[Instance, ...] = ()
    places: Sequence[RackPlace] | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    count: int = 1

    @property
    def place(self) -> RackPlace | None:
        """Where the first stands."""
        return self.places[0] if self.places else None


def type_counts(machines: Sequence[Machine]) -> dict[str, int]:
    """Machine type -> machines, in the order of first mention."""
    counts: dict[str, int] = {}
    for machine in machines:
        counts[machine.type] = counts.get(machine.type, 0) + machine.count
    return counts


@dataclass(frozen=True)
class Unplaced:
    """Copies (or spare machines) that found no room, why, and the machine type that comes nearest."""

    application: str
    count: int
    reason: str
    nearest: str = ""


@dataclass(frozen=True)
class Plan:
    """One era for one workload, in full. images : None where no container runs, or no image has a known size."""

    era: str
    shape: str
    status: str
    machines: tuple[Machine, ...]
    lower_bound: int
    cost_lower_bound: int
    unplaced: tuple[Unplaced, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    images: ImageUse | None = None

    @property
    def machine_count(self) -> int:
        """All machines, by their counts."""
        return sum(machine.count for machine in self.machines)

    def instances(self) -> Iterator[tuple[Machine, Instance]]:
        """Every (machine, instance) pair; multiply their counts for copies."""
        for machine in self.machines:
            for instance in machine.instances:
                yield machine, instance
