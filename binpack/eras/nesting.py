"""An era inside virtual machines: the era's boxes are VMs of one size per machine, and the VMs stand on machines.

Packed level by level, for several numbers of VMs a machine; the fewest machines win, then the fewest VMs. The bound is that
of a relaxation of the joint problem, so it holds whatever the sizes of the VMs: one VM as large as the machine allows pays
the least for guest OS, hypervisor and reservations (each is subadditive in the size), has all the CPU and memory there is,
and here any number of pod slots.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from binpack_solvers.packing import Pattern
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from binpack.eras.compilation import Box, Compiled
from binpack.eras.decoding import labels_of, listed
from binpack.eras.era import Era, Setting
from binpack.eras.placement import Placement, Solve, place, solve_what_fits
from binpack.eras.virtual_machine_sizes import hypervisor_charge
from binpack.eras.virtual_machines import hypervisor_family, hypervisor_host_charges
from binpack.machines.machine_type import MachineType
from binpack.plan import Charge, Instance, Machine, Unplaced, VirtualMachine
from binpack.units import CPU, MEMORY, PODS, THREAD

VMS_PER_MACHINE = (1, 2, 3, 4, 6, 8)
USELESS_IN_A_ROW = 2


@dataclass(frozen=True)
class Host:
    """A machine type cut into ``slots`` equal VMs, seen by the inner era as the machine type ``guest``."""

    machine: MachineType
    slots: int
    guest: MachineType


Racked = tuple[tuple[Host, list[int]], Solution]
"""A host type, the rows of the nodes that are VMs of it, and how these VMs stand on machines."""


@dataclass(frozen=True)
class Stacking:
    """A packing of the inner era's ``nodes`` and where they stand; what found no room in VMs of this size."""

    compiled: Compiled
    nodes: list[Pattern]
    racked: list[Racked]
    unplaced: list[Unplaced]

    @property
    def machines(self) -> int:
        """Machines under all VMs."""
        return sum(stacked.bins or 0 for _, stacked in self.racked)

    @property
    def cost(self) -> int:
        """Price of the machines, or their number where they have no price."""
        return sum(host.machine.objective_cost * (stacked.bins or 0) for (host, _), stacked in self.racked)

    @property
    def value(self) -> tuple[int, int, int, int]:
        """The smaller, the better: copies unplaced, cost, machines, virtual machines."""
        missing = sum(unplaced.count for unplaced in self.unplaced)
        return missing, self.cost, self.machines, sum(node.multiplicity for node in self.nodes)

    def meets(self, relaxed: Placement) -> bool:
        """Whether nothing is missing and the relaxation's bounds are met."""
        met = self.cost <= relaxed.bound.cost and self.machines <= relaxed.bound.machines
        return met and not self.unplaced


class OnVirtualMachines(Era):
    """``inner`` on VMs. VMs of one machine share its threads without overcommit, as a node promises what it has."""

    starts = "minutes"
    searches = 3  # the relaxation, and as a rule two numbers of VMs a machine
    nodes_are_vms = True

    def __init__(self, inner: Era, name: str, title: str) -> None:
        self.inner, self.name, self.title = inner, name, title
        self.orchestrated = inner.orchestrated
        self.stages = ("vm", *inner.stages)

    def compile(self, setting: Setting) -> Compiled:
        """The relaxation that gives the bound: one VM as large as its machine, and no limit on pods."""
        compiled = self._inner_problem([cut(machine, 1, setting) for machine in setting.machines], setting)
        wanted = sum(p.amount(PODS) * p.demand for p in compiled.pieces)
        boxes = []
        for box in compiled.boxes:
            pods = wanted + sum(c.amount for c in box.charges if c.resource == PODS)
            boxes.append(replace(box, capacity={**box.capacity, **({PODS: pods} if PODS in box.capacity else {})}))
        capacity = np.array(compiled.problem.capacity)
        if PODS in compiled.resources:
            capacity[:, compiled.resources.index(PODS)] = wanted
        return replace(compiled, boxes=tuple(boxes), problem=compiled.problem.replace(capacity=capacity))

    def place(self, setting: Setting, solve: Solve) -> Placement:
        """The best over the numbers of VMs a machine; stops where the relaxation's bound is met, or after two numbers in a
        row that help nothing: more VMs only pay more overhead then."""
        relaxed = place(self, self.compile(setting), solve)
        relaxed = replace(relaxed, bound=replace(relaxed.bound, relaxed=True))
        best: Stacking | None = None
        useless = 0
        for slots in VMS_PER_MACHINE:
            found = self._stack(slots, setting, solve)
            if found is None:
                continue
            better = best is None or found.value < best.value
            best, useless = (found, 0) if better else (best, useless + 1)
            if found.meets(relaxed) or useless == USELESS_IN_A_ROW:
                break
        if best is None:
            return replace(relaxed, machines=())
        decoded = self.inner.decode(best.compiled, best.nodes)
        return replace(
            relaxed,
            machines=tuple(assemble(best.racked, best.nodes, decoded, setting)),
            status="infeasible" if best.unplaced else "optimal" if best.meets(relaxed) else "feasible",
            unplaced=tuple(best.unplaced),
        )

    def _inner_problem(self, hosts: Sequence[Host], setting: Setting) -> Compiled:
        guests = [host.guest for host in hosts]
        return self.inner.compile(replace(setting, machines=guests, guest=True))

    def _stack(self, slots: int, setting: Setting, solve: Solve) -> Stacking | None:
        """The inner era's boxes as VMs of ``1/slots`` of a machine, stacked; None if these VMs do not do."""
        hosts = {h.guest.name: h for h in (cut(m, slots, setting) for m in setting.machines) if usable(h)}
        if not hosts:
            return None
        compiled, solution, _, unplaced = solve_what_fits(self._inner_problem(list(hosts.values()), setting), solve)
        if solution.packing is None:
            return None
        nodes = list(solution.patterns)
        used = {compiled.boxes[node.bin_type].machine.name for node in nodes}
        racked = [solve_hosts(host, compiled, nodes, solve) for name, host in hosts.items() if name in used]
        if any(stacked.packing is None for _, stacked in racked):
            return None
        return Stacking(compiled, nodes, racked, unplaced)


def cut(machine: MachineType, slots: int, setting: Setting) -> Host:
    """A machine cut into equal VMs: whole vCPUs without overcommit, memory in steps, the rest divided."""
    free = dict(machine.capacity)
    for charge in hypervisor_host_charges(machine, setting):
        free[charge.resource] = max(0, free.get(charge.resource, 0) - charge.amount)
    vcpus = free.get(CPU, 0) // THREAD // slots
    memory = vm_memory(free.get(MEMORY, 0), slots, vcpus, setting)
    capacity = {name: amount // slots for name, amount in free.items()}
    guest = replace(
        machine,
        name=f"1/{slots} of {machine.name}" if slots > 1 else f"all of {machine.name}",
        capacity={**capacity, CPU: vcpus * THREAD, MEMORY: memory},
        available=None if machine.available is None else machine.available * slots,
        price=None if machine.price is None else -(-machine.price // slots),
    )
    return Host(machine, slots, guest)


def vm_memory(free: int, slots: int, vcpus: int, setting: Setting) -> int:
    """The most memory, in steps, with which so many equal VMs and the hypervisor's share for them fit."""
    step = setting.overheads["vm.memory_step"]
    memory = free // slots // step * step
    while memory > 0 and slots * (memory + hypervisor(memory, vcpus, setting).amount) > free:
        memory -= step
    return max(0, memory)


def hypervisor(memory: int, vcpus: int, setting: Setting) -> Charge:
    """The hypervisor's share on the machine for one VM."""
    return hypervisor_charge(memory, vcpus, setting.overheads, setting.options.hypervisor)


def usable(host: Host) -> bool:
    """Whether a VM of this size has anything to offer."""
    return host.guest.capacity.get(CPU, 0) > 0 and host.guest.capacity.get(MEMORY, 0) > 0


def solve_hosts(host: Host, compiled: Compiled, patterns: Sequence[Pattern], solve: Solve) -> Racked:
    """Stack this host's VMs on machines: so many slots each, and per machine no more copies of an application (or of the
    control plane) than it allows on one host. What must stay apart stays apart."""
    mine = [k for k, p in enumerate(patterns) if compiled.boxes[p.bin_type].machine.name == host.guest.name]
    limited = [i for i, piece in enumerate(compiled.pieces) if piece.max_per_box is not None]
    sizes = [[_slots(patterns[k], compiled, host), *(patterns[k].items.get(i, 0) for i in limited)] for k in mine]
    capacity = [host.slots, *(compiled.pieces[i].max_per_box or 0 for i in limited)]
    apart = {(i, j) for i, j, k, _ in compiled.problem.limits.tolist() if k == 0 and i != j}
    limits = [
        (a, b, 0)
        for a, row in enumerate(mine)
        for b, other in enumerate(mine)
        if a != b and any((i, j) in apart for i in patterns[row].items for j in patterns[other].items)
    ]
    problem = Problem(
        np.array(sizes, np.int64).reshape(len(mine), len(capacity)),
        [capacity],
        demands=[patterns[k].multiplicity for k in mine],
        available=[-1 if host.machine.available is None else host.machine.available],
        limits=limits or None,
    )
    return (host, mine), solve(problem)


def _slots(node: Pattern, compiled: Compiled, host: Host) -> int:
    """A node takes one of its machine's slots, or all of them where what is in it wants the machine for itself."""
    return host.slots if any(compiled.pieces[i].alone for i in node.items) else 1


def assemble(
    racked: Sequence[Racked],
    nodes: Sequence[Pattern],
    decoded: Sequence[Machine],
    setting: Setting,
) -> Iterator[Machine]:
    """Machines one by one, each with its VMs and what is in them."""
    used = [0] * len(nodes)
    number = 0
    for (host, mine), solution in racked:
        own = hypervisor_host_charges(host.machine, setting)
        base = Box(host.machine, host.machine.capacity, own, hypervisor_family(setting))
        for pattern in solution.patterns:
            for _ in range(pattern.multiplicity):
                vms: list[VirtualMachine] = []
                instances: list[Instance] = []
                overhead = list(base.charges)
                for item, count in pattern.items.items():
                    for _ in range(count):
                        number += 1
                        row = mine[item]
                        vm, inside, charges = _node(decoded[row], used[row], f"node-{number}", setting)
                        used[row] += 1
                        vms.append(vm)
                        instances += inside
                        overhead += charges
                yield Machine(
                    "",
                    host.machine.name,
                    with_pod_slots(host.machine, vms),
                    tuple(overhead),
                    tuple(vms),
                    tuple(instances),
                    labels=labels_of(base),
                )


def with_pod_slots(machine: MachineType, vms: Sequence[VirtualMachine]) -> dict[str, int]:
    """What a machine has; pod slots are those of its VMs, as each of them is a node."""
    slots = sum(vm.capacity.get(PODS, 0) for vm in vms)
    return {**listed(machine.capacity), **({PODS: slots} if slots else {})}


def _node(node: Machine, k: int, name: str, setting: Setting) -> tuple[VirtualMachine, list[Instance], list[Charge]]:
    """The k-th VM that a decoded node stands for: VM, instances inside, charges inside and the hypervisor's outside."""
    capacity = dict(node.capacity)
    vcpus = capacity[CPU] // THREAD
    vm = VirtualMachine(name, node.type, capacity, vcpus)
    copies: dict[str, int] = {}
    for instance in node.instances:
        copies[instance.application] = copies.get(instance.application, 0) + instance.count
    inside = [replace(i, replica=i.replica + k * copies[i.application], inside=name) for i in node.instances]
    charges = [replace(charge, inside=name) for charge in node.overhead]
    return vm, inside, [*charges, hypervisor(capacity[MEMORY], vcpus, setting)]
