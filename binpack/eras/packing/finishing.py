"""The last touches on a plan's machines: names, places in racks, and the order for the scheduler."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from binpack.era_plan import Machine
from binpack.machines.cabinet import Cabinet
from binpack.machines.machine_type import MachineType
from binpack.machines.racks import cabinets_needed, rack_positions
from binpack.workload.workload import Workload

LONGEST_ORDER = 100_000


def finished(
    machines: Sequence[Machine], types: Sequence[MachineType], cabinet: Cabinet
) -> tuple[tuple[Machine, ...], int | None]:
    """Machines with names (``machine-1`` ...) and places, and the cabinets that they fill, None if all are rented."""
    by_name = {machine.name: machine for machine in types}
    counts = [(by_name[machine.type], machine.count) for machine in machines]
    places = rack_positions(counts, cabinet)
    done, number = [], 1
    for machine, stand in zip(machines, places, strict=True):
        done.append(replace(machine, name=f"machine-{number}", places=stand))
        number += machine.count
    return tuple(done), cabinets_needed(places) or None


def pod_order(machines: Sequence[Machine], workload: Workload) -> tuple[str, ...]:
    """Pod names in an order in which their rules hold at every step: whoever others need beside them comes first.

    Empty above LONGEST_ORDER pods.
    """
    needed = {name for application in workload.placed for name in application.placement.together_with}
    if sum(m.count * i.count for m in machines for i in m.instances) > LONGEST_ORDER:
        return ()
    pods = [
        (key not in needed, f"{key}-{k}") for machine in machines for key, copies in _replicas(machine) for k in copies
    ]
    return tuple(name for _, name in sorted(pods, key=lambda pod: pod[0]))


def _replicas(machine: Machine) -> Iterator[tuple[str, range]]:
    """Application and replicas of what stands on an entry's machines; those in VMs of one machine follow each other."""
    first: dict[str, int] = {}
    copies = Counter[str]()
    for instance in machine.instances:
        first.setdefault(instance.application, instance.replica)
        copies[instance.application] += instance.count
    for application, replica in first.items():
        yield application, range(replica, replica + copies[application] * machine.count)
