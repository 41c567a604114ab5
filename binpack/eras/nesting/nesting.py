"""An era inside virtual machines: sizes of VMs, what goes into them and where they stand, decided as one problem.

The bound is that of a relaxation, so it holds whatever the sizes of the VMs. Where sizes are those of a catalogue, the
search over them knows all that there are, and its bound counts too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from binpack_solvers.nested.nested_packing import NestedPacking
from binpack_solvers.nested.nested_problem import ANY_NUMBER, NestedProblem
from binpack_solvers.problem import UNLIMITED, Problem

from binpack.era_plan import Charge, Instance, Machine, Unplaced, VirtualMachine
from binpack.eras.containers import Containers
from binpack.eras.costs.bill import paid
from binpack.eras.costs.cost_objective import with_costs
from binpack.eras.costs.nested_licences import HostFee, host_fees, with_licensed_hosts
from binpack.eras.costs.objective import Objective
from binpack.eras.era import Era, Setting
from binpack.eras.images.image_nesting import gathered_in_boxes
from binpack.eras.images.image_packing import ImagePacking, looks_at_images
from binpack.eras.kubernetes import Kubernetes
from binpack.eras.nesting.guest_sizes import Guest, guests, hypervisor, largest_guest, room_of
from binpack.eras.nesting.missing_machines import with_missing_hosts, without_missing_hosts
from binpack.eras.nesting.nesting_relaxation import relaxation
from binpack.eras.packing.compilation import Box, Compiled
from binpack.eras.packing.decoding import Replicas, labels_of, listed
from binpack.eras.packing.machine_bound import MachineBound, raised
from binpack.eras.packing.placement import Placement, Solve, out_of_room, place, without_misfits, without_stranded
from binpack.eras.virtual_machines import hypervisor_family, hypervisor_host_charges
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, LARGEST, MEMORY, PODS, THREAD


class OnVirtualMachines(Era):
    """``inner`` on VMs. VMs of one machine share its threads without overcommit, as a node promises what it has, unless
    ``node_overcommit`` is asked for."""

    starts = "minutes"
    searches = 3
    nodes_are_vms = True
    hosts_vms = True

    def __init__(self, inner: Containers | Kubernetes, name: str, title: str) -> None:
        self.inner, self.name, self.title = inner, name, title
        self.orchestrated, self.runs_pods = inner.orchestrated, inner.runs_pods
        self.stages = ("vm", *inner.stages)

    def compile(self, setting: Setting) -> Compiled:
        """The relaxation that gives the bound."""
        return relaxation(self._inside, self.inner.box, setting)

    def place(self, setting: Setting, solve: Solve) -> Placement:
        """The nested problem over all sizes of VMs; where the machines run short, with as few machines missing as can be;
        where that finds nothing, without what has no place in any number of VMs."""
        sizes = self._guests(setting)
        compiled, unplaced = without_misfits(self._inside(sizes, setting))
        found = self._place(compiled, sizes, setting, solve, unplaced)
        if found.status == "unknown":
            compiled, stranded = without_stranded(compiled, solve)
            if stranded:
                found = self._place(compiled, sizes, setting, solve, [*unplaced, *stranded])
        return found

    def _place(
        self, compiled: Compiled, sizes: Sequence[Guest], setting: Setting, solve: Solve, unplaced: Sequence[Unplaced]
    ) -> Placement:
        """``unknown`` where nothing was found. unplaced : what ``compiled`` leaves out."""
        relaxed = self._relaxed(compiled, setting)
        bound = replace(place(self, relaxed, solve).bound, relaxed=True)
        problem = nested_problem(compiled, sizes, setting, _cost_of_machines(relaxed, setting))
        known = _least_without_fees(relaxed, bound, solve)
        solution = solve.nested(problem, known)
        if setting.options.vm_sizes:
            bound = raised(bound, solution.cost_lower_bound, problem.outer.cost.tolist())
        packing = solution.packing
        if packing is None:
            packing, lost = self._short_of_machines(problem, compiled, solve)
            unplaced = [*unplaced, *lost]
        if packing is None:
            return Placement((), "unknown", bound, tuple(unplaced))
        fees = self._fees(compiled, relaxed.objective, setting)
        found = [packing, *(self._licensed(problem, fees, known, solve) if fees and not unplaced else ())]
        plans = [(self._machines(each, compiled, sizes, setting), each) for each in found]
        machines, packing = min(plans, key=lambda plan: paid(self, plan[0], setting)) if len(plans) > 1 else plans[0]
        images = None
        # where there are fees, other hosts might have to pay them
        if solution.packing is not None and looks_at_images(compiled) and not fees:
            packing, pulled = gathered_in_boxes(problem, compiled, packing, setting.workload, solve)
            images = ImagePacking(machines, pulled)
            machines = self._machines(packing, compiled, sizes, setting)
        return _placement(machines, packing.value(problem)[0], bound, unplaced, images)

    def _relaxed(self, compiled: Compiled, setting: Setting) -> Compiled:
        """The relaxation of what fits some VM, so that both are about the same pieces, with its costs."""
        relaxed = self.compile(setting)
        relaxed = replace(relaxed, problem=relaxed.problem.replace(demands=compiled.problem.demands))
        return with_costs(self, relaxed, setting)

    def _fees(self, compiled: Compiled, objective: Objective | None, setting: Setting) -> list[HostFee]:
        """What hosts pay for licences by what is in their VMs, where there are such."""
        return [] if objective is None else host_fees(self, compiled, setting, objective.unit)

    def _licensed(
        self, problem: NestedProblem, fees: Sequence[HostFee], known: int, solve: Solve
    ) -> list[NestedPacking]:
        """The packing that knows these fees. known : a bound without them."""
        licensed = with_licensed_hosts(problem, fees)
        packing = solve.nested(licensed.problem, known).packing if licensed else None
        return [licensed.back(packing)] if licensed and packing else []

    def _guests(self, setting: Setting) -> list[Guest]:
        return [guest for machine in setting.machines for guest in guests(machine, setting)]

    def _inside(self, sizes: Sequence[Guest], setting: Setting) -> Compiled:
        """The inner era's problem with VMs of these sizes as its machines."""
        return self.inner.compile(replace(setting, machines=[guest.size for guest in sizes], guest=True))

    def _machines(
        self, packing: NestedPacking, compiled: Compiled, sizes: Sequence[Guest], setting: Setting
    ) -> tuple[Machine, ...]:
        """Each kind of box with its content, as the inner era decodes it, under the name of its size, all on their hosts."""
        patterns = list(packing.boxes.patterns)
        kinds = _guest_of(compiled, sizes)
        decoded = self.inner.decode(compiled, patterns)
        nodes = [replace(node, type=kinds[p.bin_type].name) for p, node in zip(patterns, decoded, strict=True)]
        return tuple(assemble(packing, nodes, setting))

    def _short_of_machines(
        self, problem: NestedProblem, compiled: Compiled, solve: Solve
    ) -> tuple[NestedPacking | None, list[Unplaced]]:
        """What stands on the machines that there are where others are missing, and what has no place."""
        found = solve.nested(with_missing_hosts(problem), 0).packing
        if found is None:
            return None, []
        packing, lost = without_missing_hosts(found, problem.outer.bin_types)
        return packing, [out_of_room(compiled, i, count) for i, count in sorted(lost.items())]


def _placement(
    machines: tuple[Machine, ...],
    cost: int,
    bound: MachineBound,
    unplaced: Sequence[Unplaced],
    images: ImagePacking | None,
) -> Placement:
    """Hosts of that cost, and what is proven of them."""
    count = sum(machine.count for machine in machines)
    bound = replace(bound, machines=min(bound.machines, count))  # which is of what costs the least there
    met = cost <= bound.cost and count <= bound.machines
    status = "infeasible" if unplaced else "optimal" if met else "feasible"
    return Placement(machines, status, bound, tuple(unplaced), images)


def _least_without_fees(relaxed: Compiled, bound: MachineBound, solve: Solve) -> int:
    """What machines cost at least, licences by what stands in them left out."""
    problem = relaxed.problem
    if not any(setup.cost for setup in problem.setups):
        return bound.cost
    return solve(problem.replace(setups=[replace(setup, cost=0) for setup in problem.setups])).cost_lower_bound


def _cost_of_machines(relaxation: Compiled, setting: Setting) -> list[int]:
    """What each machine costs as the one box of the relaxation that is all of it."""
    costs = dict(zip((box.machine.name for box in relaxation.boxes), relaxation.problem.cost.tolist(), strict=True))
    return [costs[largest_guest(machine, setting).size.name] for machine in setting.machines]


def nested_problem(compiled: Compiled, sizes: Sequence[Guest], setting: Setting, costs: Sequence[int]) -> NestedProblem:
    """VMs of the inner era's boxes on machines of these costs. What wants a machine for itself takes a VM as large as one;
    what may stand on a host only so often, or not together, may not in different VMs of it either."""
    problem, machines = compiled.problem, setting.machines
    guest_of = _guest_of(compiled, sizes)
    whole = np.array([guest.whole for guest in guest_of])
    rooms = [room_of(machine, setting) for machine in machines]
    resources = tuple(dict.fromkeys(r for guest in guest_of for r in guest.takes)) or (CPU,)
    outer = Problem(
        np.array([[guest.takes.get(r, 0) for r in resources] for guest in guest_of], np.int64),
        [[room.get(r, LARGEST) for r in resources] for room in rooms],
        cost=costs,
        available=[UNLIMITED if machine.available is None else machine.available for machine in machines],
        compatible=[[guest.machine is machine for machine in machines] for guest in guest_of],
        exclusive=whole,
        item_names=[box.name for box in compiled.boxes],
        bin_names=[machine.name for machine in machines],
        resource_names=resources,
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
