"""An era inside virtual machines: sizes of VMs, what goes into them and where they stand, decided as one problem.

The bound is that of a relaxation, so it holds whatever the sizes of the VMs: one VM as large as the machine allows pays the
least for guest OS, hypervisor and reservations (each is subadditive in the size), has all the CPU and memory there is, and
here any number of pod slots and a kernel for every family.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import ANY_NUMBER, NestedProblem
from binpack_solvers.packing import Packing
from binpack_solvers.problem import UNLIMITED, Problem

from binpack.era_plan import Charge, Instance, Machine, Unplaced, VirtualMachine
from binpack.eras.compilation import Box, Compiled
from binpack.eras.decoding import Replicas, labels_of, listed
from binpack.eras.era import Era, Setting
from binpack.eras.guest_sizes import Guest, free_of, guests, hypervisor
from binpack.eras.placement import Placement, Solve, place, solve_what_fits, without_misfits
from binpack.eras.virtual_machines import hypervisor_family, hypervisor_host_charges
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, MEMORY, PODS, THREAD


class OnVirtualMachines(Era):
    """``inner`` on VMs. VMs of one machine share its threads without overcommit, as a node promises what it has."""

    starts = "minutes"
    searches = 3
    nodes_are_vms = True
    hosts_vms = True

    def __init__(self, inner: Era, name: str, title: str) -> None:
        self.inner, self.name, self.title = inner, name, title
        self.orchestrated = inner.orchestrated
        self.stages = ("vm", *inner.stages)

    def compile(self, setting: Setting) -> Compiled:
        """The relaxation that gives the bound: one VM as large as its machine, without a limit on pods, in which pieces of
        every kernel family stand and which pays for each resource what the cheapest family pays."""
        whole = [guest for guest in self._guests(setting) if guest.whole]
        compiled = self._inside(whole, setting)
        wanted = sum(p.amount(PODS) * p.demand for p in compiled.pieces)
        boxes = []
        for box in compiled.boxes:
            pods = wanted + sum(c.amount for c in box.charges if c.resource == PODS)
            boxes.append(replace(box, capacity={**box.capacity, **({PODS: pods} if PODS in box.capacity else {})}))
        capacity, compatible = np.array(compiled.problem.capacity), np.array(compiled.problem.compatible)
        if PODS in compiled.resources:
            capacity[:, compiled.resources.index(PODS)] = wanted
        for guest in whole:
            rows = [k for k, box in enumerate(boxes) if box.machine.name == guest.size.name]
            capacity[rows] = capacity[rows].max(axis=0)
            compatible[:, rows] = compatible[:, rows].any(axis=1, keepdims=True)
        problem = compiled.problem.replace(capacity=capacity, compatible=compatible)
        shared = tuple(replace(s, pulled=0) for s in compiled.shared)  # nobody looks at what its VMs fetch
        return replace(compiled, boxes=tuple(boxes), shared=shared, problem=problem)

    def place(self, setting: Setting, solve: Solve) -> Placement:
        """The nested problem over all sizes of VMs; where the machines run short, what fits into VMs as large as these."""
        sizes = self._guests(setting)
        compiled, unplaced = without_misfits(self._inside(sizes, setting))
        relaxation = self.compile(setting)  # of what fits some VM, so that both are about the same pieces
        relaxation = replace(relaxation, problem=relaxation.problem.replace(demands=compiled.problem.demands))
        relaxed = place(self, relaxation, solve)
        relaxed = replace(relaxed, bound=replace(relaxed.bound, relaxed=True))
        packing: NestedPacking | None = solve.nested(
            nested_problem(compiled, sizes, setting), relaxed.bound.cost
        ).packing
        if packing is None:
            compiled, packing, unplaced = self._short_of_machines(setting, solve)
        if packing is None:
            return replace(relaxed, machines=())
        decoded = self.inner.decode(compiled, list(packing.boxes.patterns))
        machines = tuple(assemble(packing, decoded, setting))
        cost = sum(
            setting.machines[host.bin_type].objective_cost * host.multiplicity for host in packing.hosts.patterns
        )
        met = cost <= relaxed.bound.cost and sum(m.count for m in machines) <= relaxed.bound.machines
        status = "infeasible" if unplaced else "optimal" if met else "feasible"
        return replace(relaxed, machines=machines, status=status, unplaced=tuple(unplaced))

    def _guests(self, setting: Setting) -> list[Guest]:
        return [guest for machine in setting.machines for guest in guests(machine, setting)]

    def _inside(self, sizes: Sequence[Guest], setting: Setting) -> Compiled:
        """The inner era's problem with VMs of these sizes as its machines."""
        return self.inner.compile(replace(setting, machines=[guest.size for guest in sizes], guest=True))

    def _short_of_machines(
        self, setting: Setting, solve: Solve
    ) -> tuple[Compiled, NestedPacking | None, list[Unplaced]]:
        """What fits into one VM on each machine, as large as the machine."""
        sizes = [
            replace(g, size=replace(g.size, available=g.machine.available)) for g in self._guests(setting) if g.whole
        ]
        compiled, solution, _, unplaced = solve_what_fits(self._inside(sizes, setting), solve)
        boxes = solution.packing
        if boxes is None:
            return compiled, None, unplaced
        owner = [setting.machines.index(guest.machine) for guest in _guest_of(compiled, sizes)]
        alone = enumerate(zip(boxes.bin_type.tolist(), boxes.multiplicity.tolist(), strict=True))
        hosts = Packing.from_patterns((owner[kind], {row: 1}, times) for row, (kind, times) in alone)
        return compiled, NestedPacking(boxes, hosts), unplaced


def nested_problem(compiled: Compiled, sizes: Sequence[Guest], setting: Setting) -> NestedProblem:
    """VMs of the inner era's boxes on machines. What wants a machine for itself takes a VM as large as one; what may stand
    on a host only so often, or not together, may not in different VMs of it either."""
    problem, machines = compiled.problem, setting.machines
    guest_of = _guest_of(compiled, sizes)
    whole = np.array([guest.whole for guest in guest_of])
    free = [free_of(machine, setting) for machine in machines]
    outer = Problem(
        np.array([guest.takes for guest in guest_of], np.int64),
        [(room.get(CPU, 0), room.get(MEMORY, 0)) for room in free],
        cost=[machine.objective_cost for machine in machines],
        available=[UNLIMITED if machine.available is None else machine.available for machine in machines],
        compatible=[[guest.machine is machine for machine in machines] for guest in guest_of],
        exclusive=whole,
        item_names=[box.name for box in compiled.boxes],
        bin_names=[machine.name for machine in machines],
        resource_names=(CPU, MEMORY),
    )
    return NestedProblem(
        problem.replace(compatible=problem.compatible & (whole[None, :] | ~problem.exclusive[:, None])),
        outer,
        most_per_host=[ANY_NUMBER if p.max_per_box is None else p.max_per_box for p in compiled.pieces],
        apart={(i, j) for i, j, k, _ in problem.limits.tolist() if k == 0 and i != j},
    )


def _guest_of(compiled: Compiled, sizes: Sequence[Guest]) -> list[Guest]:
    """The size that each box of the inner era has."""
    by_name = {guest.size.name: guest for guest in sizes}
    return [by_name[box.machine.name] for box in compiled.boxes]


def assemble(packing: NestedPacking, decoded: Sequence[Machine], setting: Setting) -> Iterator[Machine]:
    """An entry for the hosts of each kind, with their VMs and what is in them. Replicas are numbered as ``decode`` numbers
    them, and nodes likewise. decoded : each kind of box with its content."""
    replicas, nodes = Replicas(), 0
    for host in packing.hosts.patterns:
        machine, times = setting.machines[host.bin_type], host.multiplicity
        base = Box(machine, machine.capacity, hypervisor_host_charges(machine, setting), hypervisor_family(setting))
        inside = [decoded[row] for row, count in host.items.items() for _ in range(count)]
        copies = Counter[str]()
        for instance in (instance for node in inside for instance in node.instances):
            copies[instance.application] += instance.count
        first = {key: replicas.take(key, count * times) for key, count in copies.items()}
        vms: list[VirtualMachine] = []
        instances: list[Instance] = []
        overhead = list(base.charges)
        for k, node in enumerate(inside, nodes + 1):
            vm, within, charges = _node(node, f"node-{k}", first, setting)
            vms.append(vm)
            instances += within
            overhead += charges
        nodes += len(inside) * times
        yield Machine(
            name="",
            type=machine.name,
            capacity=with_pod_slots(machine, vms),
            overhead=tuple(overhead),
            virtual_machines=tuple(vms),
            instances=tuple(instances),
            labels=labels_of(base),
            count=times,
        )


def with_pod_slots(machine: MachineType, vms: Sequence[VirtualMachine]) -> dict[str, int]:
    """What a machine has; pod slots are those of its VMs, as each of them is a node."""
    slots = sum(vm.capacity.get(PODS, 0) for vm in vms)
    return {**listed(machine.capacity), **({PODS: slots} if slots else {})}


def _node(
    node: Machine, name: str, first: dict[str, int], setting: Setting
) -> tuple[VirtualMachine, list[Instance], list[Charge]]:
    """A VM that is a decoded node: VM, instances inside, charges inside and the hypervisor's outside. first : the next
    replica of each application, moved on."""
    capacity = dict(node.capacity)
    vcpus = capacity[CPU] // THREAD
    inside = []
    for instance in node.instances:
        inside.append(replace(instance, replica=first[instance.application], inside=name))
        first[instance.application] += instance.count
    charges = [replace(charge, inside=name) for charge in node.overhead]
    vm = VirtualMachine(name, node.type, capacity, vcpus)
    return vm, inside, [*charges, hypervisor(capacity[MEMORY], vcpus, setting)]
