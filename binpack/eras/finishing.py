"""The last touches on a plan's machines: names, places in racks, and the order for the scheduler."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from binpack.era_plan import Machine
from binpack.machines.machine_type import MachineType
from binpack.machines.racks import cabinets_needed, rack_positions
from binpack.workload.workload import Workload

LONGEST_ORDER = 100_000


def finished(machines: Sequence[Machine], types: Sequence[MachineType]) -> tuple[tuple[Machine, ...], int | None]:
    """Machines with names (``machine-1`` ...) and places, and the cabinets that they fill, None if all are rented.

    A place is the cabinet, rack unit and slot of the first of each entry.
    """
    by_name = {machine.name: machine for machine in types}
    counts = [(by_name[machine.type], machine.count) for machine in machines]
    places = rack_positions(counts)
    done, number = [], 1
    for machine, stand in zip(machines, places, strict=True):
        named = replace(machine, name=f"machine-{number}")
        if stand is not None:
            first = stand[0]
            named = replace(named, cabinet=first.cabinet, rack_unit=first.rack_unit, slot=first.slot)
        done.append(named)
        number += machine.count
    return tuple(done), cabinets_needed(places) or None


def pod_order(machines: Sequence[Machine], workload: Workload) -> tuple[str, ...]:
    """Pod names in an order in which their rules hold at every step: whoever others need beside them comes first.

    Empty above LONGEST_ORDER pods.
    """
    needed = {name for application in workload.placed for name in application.placement.together_with}
    pods: list[tuple[bool, str]] = []
    if sum(m.count * i.count for m in machines for i in m.instances) > LONGEST_ORDER:
        return ()
    for machine in machines:
        for instance in machine.instances:
            first = instance.application not in needed
            copies = range(instance.replica, instance.replica + instance.count * machine.count)
            pods += [(first, f"{instance.application}-{replica}") for replica in copies]
    return tuple(name for _, name in sorted(pods, key=lambda pod: pod[0]))
