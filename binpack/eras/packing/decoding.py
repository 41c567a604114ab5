"""From a packing back to machines: which copies, which virtual machines, which charges, and where in the rack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from binpack_solvers.packing import Pattern

from binpack.era_plan import Charge, Instance, Machine, VirtualMachine
from binpack.eras.packing.compilation import (
    ARCH_LABEL,
    OS_LABEL,
    RULE_RESOURCES,
    Box,
    Compiled,
    Piece,
    SharedCharge,
    application_of,
)
from binpack.units import CPU, THREAD
from binpack.workload.application import Resources


class Replicas:
    """Hands out replica numbers, application by application, so that each copy appears once in a plan."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def take(self, application: str, count: int) -> int:
        """The number of the first of ``count`` fresh replicas."""
        first = self._next.get(application, 0)
        self._next[application] = first + count
        return first


def decode(compiled: Compiled, patterns: Iterable[Pattern]) -> list[Machine]:
    """One Machine entry per pattern, with its ``count``; names and rack places are given out later.

    Replica numbers: an entry of ``count`` machines with c copies of an application on each takes count * c numbers in a row;
    those of its k-th machine are k * c higher than the ones written.
    """
    replicas = Replicas()
    shared_by: dict[int, list[int]] = {}
    for s, setup in enumerate(compiled.problem.setups):
        for i in setup.members:
            shared_by.setdefault(i, []).append(s)
    return [_machine(compiled, pattern, replicas, shared_by) for pattern in patterns]


def _machine(
    compiled: Compiled, pattern: Pattern, replicas: Replicas, shared_by: Mapping[int, Sequence[int]]
) -> Machine:
    """shared_by : piece -> the shared charges of which it is a member, which a machine pays in their order."""
    box = compiled.boxes[pattern.bin_type]
    overhead = list(box.charges)
    machines_vms: list[VirtualMachine] = []
    instances: list[Instance] = []
    for i, copies in pattern.items.items():
        _place(compiled.pieces[i], copies, pattern.multiplicity, replicas, overhead, machines_vms, instances)
    for s in sorted({s for i in pattern.items for s in shared_by.get(i, ())}):
        if box.os in compiled.shared[s].runs_on:
            _share(compiled.shared[s], overhead, machines_vms, instances)
    return Machine(
        name="",
        type=box.machine.name,
        capacity=listed(box.capacity),
        overhead=tuple(joined(overhead)),
        virtual_machines=tuple(machines_vms),
        instances=tuple(instances),
        labels=labels_of(box),
        count=pattern.multiplicity,
    )


def _place(
    piece: Piece,
    copies: int,
    machines: int,
    replicas: Replicas,
    overhead: list[Charge],
    vms: list[VirtualMachine],
    instances: list[Instance],
) -> None:
    application = piece.application
    if application is None:
        overhead += [replace(c, amount=c.amount * copies) for c in piece.charges]
        return
    first = replicas.take(application.key, copies * machines)
    containers = tuple({"name": c.name, "image": c.image, "requests": dict(c.requests)} for c in application.containers)
    if piece.vm is None:
        overhead += [replace(c, amount=c.amount * copies) for c in piece.charges]
        instances.append(Instance(application.key, first, dict(piece.requests), containers, None, copies))
        return
    for k in range(copies):
        name = f"{application.key}-{first + k}"
        vms.append(replace(piece.vm, name=name))
        overhead += [  # not by ``replace``, which takes three times as long, for millions of VMs
            Charge(c.what, c.source, c.resource, c.amount, name if c.inside else None) for c in piece.charges
        ]
        instances.append(Instance(application.key, first + k, dict(piece.requests), containers, name))


def _share(shared: SharedCharge, overhead: list[Charge], vms: list[VirtualMachine], instances: list[Instance]) -> None:
    """Pay the shared charge; if it is a VM, its members are inside it, and it is as big as all that is inside of it."""
    overhead += shared.charges
    if shared.vm is None:
        return
    members = {application_of(name) for name in shared.members}
    capacity = Counter[str]()
    for charge in overhead:
        if charge.inside == shared.vm.name:
            capacity[charge.resource] += charge.amount
    for k, instance in enumerate(instances):
        if instance.inside is None and instance.application in members:
            instances[k] = replace(instance, inside=shared.vm.name)
            for resource, amount in instance.requests.items():
                capacity[resource] += amount * instance.count
    vcpus = max(1, -(-capacity[CPU] // THREAD))
    vms.append(replace(shared.vm, capacity={**capacity, CPU: vcpus * THREAD}, vcpus=vcpus))


def joined(charges: Iterable[Charge]) -> list[Charge]:
    """Charges of the same kind, source, resource and place added up; nothing for amounts of 0."""
    sums: dict[tuple[str, str, str, str | None], int] = {}
    for charge in charges:
        key = (charge.what, charge.source, charge.resource, charge.inside)
        sums[key] = sums.get(key, 0) + charge.amount
    return [Charge(what, source, r, amount, inside) for (what, source, r, inside), amount in sums.items() if amount]


def listed(capacity: Resources) -> dict[str, int]:
    """The resources that a machine has, without those that are only rules."""
    return {name: amount for name, amount in capacity.items() if name not in RULE_RESOURCES}


def labels_of(box: Box) -> Mapping[str, str]:
    """The labels of a machine as a report shows them."""
    return {OS_LABEL: box.os, ARCH_LABEL: box.machine.arch, **box.machine.labels, **box.labels}
