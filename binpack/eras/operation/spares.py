"""Spares: machines that are there to be lost, so that after losing any so many everything still fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from binpack.era_plan import Machine, Unplaced, type_counts
from binpack.eras.era import Setting
from binpack.eras.packing.compilation import Box
from binpack.eras.packing.decoding import labels_of, listed
from binpack.eras.packing.placement import Placement
from binpack.eras.virtual_machines import hypervisor_family, hypervisor_host_charges
from binpack.machines.machine_type import MachineType


def plus_one_spare(machines: Sequence[Machine], types: Mapping[str, MachineType]) -> int | None:
    """Machines with which everything still fits after losing any one.

    With machines of one type, one more is enough, and no fewer can be: what is left must be as many as are needed. With
    several types, one more of each that ``spare_types`` names. None where no further machines are to be had.
    """
    used = type_counts(machines)
    spares = spare_types(used, types)
    if any(left(types[name], used[name]) == 0 for name in spares):
        return None
    return sum(used.values()) + len(spares)


def spare_types(used: dict[str, int], types: Mapping[str, MachineType]) -> list[str]:
    """The used types that no other used one outdoes: a spare of these takes over from any machine."""
    return [name for name in used if not any(outdoes(types[o], types[name]) for o in used if o != name)]


def outdoes(one: MachineType, other: MachineType) -> bool:
    """Whether a machine type has at least as much of everything, ties going to the name that sorts first."""
    names = {*one.capacity, *other.capacity}
    if any(one.capacity.get(n, 0) < other.capacity.get(n, 0) for n in names) or one.arch != other.arch:
        return False
    return one.capacity != other.capacity or one.name < other.name


def left(machine: MachineType, used: int) -> int | None:
    """How many more of a type are to be had; None: any number."""
    return None if machine.available is None else max(0, machine.available - used)


def with_spares(placement: Placement, setting: Setting) -> Placement:
    """The placement with ``spare`` empty machines of each type that ``spare_types`` names; without an option, as it is.

    The bounds rise by what any spares add: what is left after losing the dearest so many must still be enough, and each
    of those lost cost as much as the cheapest machine on offer. Spares that are not to be had are named as unplaced.
    """
    spare = setting.options.spare
    if not spare or not placement.machines:
        return placement
    types = setting.types
    used = type_counts(placement.machines)
    added, missing = [], []
    for name in spare_types(used, types):
        room = left(types[name], used[name])
        count = spare if room is None else min(spare, room)
        if count:
            added.append(_spare(types[name], count, placement, setting))
        if count < spare:
            missing.append(Unplaced("spare machine", spare - count, f"no more machines of type {name}", name))
    machines = (*placement.machines, *added)
    bound = placement.bound
    cheapest = int(bound.compiled.problem.cost.min())
    bound = replace(bound, machines=bound.machines + spare, cost=bound.cost + spare * cheapest, spare=spare)
    status = "infeasible" if missing else placement.status
    if status == "optimal" and sum(m.count for m in machines) > bound.machines:
        status = "feasible"
    images = placement.images and replace(placement.images, before=(*placement.images.before, *added))
    unplaced = (*placement.unplaced, *missing)
    return replace(placement, machines=machines, status=status, bound=bound, unplaced=unplaced, images=images)


def _spare(machine: MachineType, count: int, placement: Placement, setting: Setting) -> Machine:
    """So many empty machines of a type, as the era sets them up; where its boxes are VMs, hosts without any."""
    boxes = [box for box in placement.bound.compiled.boxes if box.machine.name == machine.name]
    host = Box(machine, machine.capacity, hypervisor_host_charges(machine, setting), hypervisor_family(setting))
    box = max(boxes, key=lambda b: tuple(sorted(b.capacity.values())), default=host)
    return Machine("", machine.name, listed(box.capacity), box.charges, labels=labels_of(box), count=count)
