"""The relaxation that bounds an era on virtual machines, whatever the sizes of its VMs.

On one machine a single VM of a kernel family, as large as the machine allows, pays the least for guest OS, hypervisor and
reservations (each is subadditive in the size), has all the CPU and memory there is, and here any number of pod slots. So a
machine is one such VM of either family, or two that share it, one of each: then it has of each resource what the best cut
of it in two leaves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from heapq import heappop, heappush

import numpy as np

from binpack.eras.era import Setting
from binpack.eras.nesting.guest_sizes import Guest, guest_of_size, hypervisor, largest_guest, room_of
from binpack.eras.packing.compilation import Box, Compiled, left_in
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, MEMORY, PODS, THREAD

Inside = Callable[[Sequence[Guest], Setting], Compiled]
"""An era's problem with VMs of these sizes as its machines."""
BoxOf = Callable[[MachineType, str, Setting], Box]
"""How that era sets up a machine for a kernel family."""

CUT = (CPU, MEMORY)
FEWEST_CUTS, MOST_CUTS, ALL_CUTS = 8, 200, 3_000
"""Cuts of one machine looked at, and of all of them together, after which what is known bounds the best one."""


def relaxation(inside: Inside, box_of: BoxOf, setting: Setting) -> Compiled:
    """Machines as one VM each, and, with two kernel families, as two, of which each holds its own pieces alone."""
    whole = [largest_guest(machine, setting) for machine in setting.machines]
    single = _without_pod_limits(inside(whole, setting))
    rows_of: dict[str, list[int]] = {}
    for k, box in enumerate(single.boxes):
        rows_of.setdefault(box.machine.name, []).append(k)
    rows = [(guest.machine, rows_of.get(guest.size.name, ())) for guest in whole]
    rooms = [_Rooms(box_of, machine, single, each, setting) for machine, each in rows if len(each) > 1]
    compiled = _with_families(_with_boxes(single, rooms), rooms) if rooms else single
    shared = tuple(replace(s, pulled=0) for s in compiled.shared)  # nobody looks at what its VMs fetch
    return replace(compiled, shared=shared)


def _without_pod_limits(compiled: Compiled) -> Compiled:
    """With a slot for every pod in each box."""
    if PODS not in compiled.resources:
        return compiled
    wanted = sum(p.amount(PODS) * p.demand for p in compiled.pieces)
    boxes = [
        replace(box, capacity={**box.capacity, PODS: wanted + sum(c.amount for c in box.charges if c.resource == PODS)})
        for box in compiled.boxes
    ]
    capacity = np.array(compiled.problem.capacity)
    capacity[:, compiled.resources.index(PODS)] = wanted
    return replace(compiled, boxes=tuple(boxes), problem=compiled.problem.replace(capacity=capacity))


def _with_boxes(compiled: Compiled, rooms: Sequence[_Rooms]) -> Compiled:
    """With a box more for each machine, which takes what any of the machine's boxes takes, and holds what two hold."""
    problem, first = compiled.problem, [room.rows[0] for room in rooms]
    available = [problem.available[room.rows].tolist() for room in rooms]
    problem = problem.replace(
        capacity=np.vstack([problem.capacity, np.array([room.together() for room in rooms], np.int64)]),
        compatible=np.column_stack(
            [problem.compatible, *(problem.compatible[:, room.rows].any(axis=1) for room in rooms)]
        ),
        cost=[*problem.cost.tolist(), *problem.cost[first].tolist()],
        available=[*problem.available.tolist(), *(max(counts, key=lambda n: (n < 0, n)) for counts in available)],
        topology=None,
        bin_names=(*problem.bin_names, *(problem.bin_names[k] for k in first)),
    )
    return replace(compiled, boxes=(*compiled.boxes, *(compiled.boxes[k] for k in first)), problem=problem)


def _with_families(compiled: Compiled, rooms: Sequence[_Rooms]) -> Compiled:
    """With CPU and memory once more for each family, as what its pieces alone take. The last boxes are those of two VMs."""
    problem, single = compiled.problem, len(compiled.boxes) - len(rooms)
    cut = [r for r, resource in enumerate(compiled.resources) if resource in CUT]
    fits = problem.compatible[:, :single]
    sizes, capacity = [problem.sizes], [problem.capacity]
    for os in rooms[0].families:
        own = np.array([box.os == os for box in compiled.boxes[:single]])
        only = fits[:, own].any(axis=1, keepdims=True) & ~fits[:, ~own].any(axis=1, keepdims=True)
        sizes.append(problem.sizes[:, cut] * only)
        beside = np.array([room.beside(os) for room in rooms], np.int64)
        capacity.append(np.vstack([problem.capacity[:single], beside])[:, cut])
    again = [r for _ in rooms[0].families for r in cut]
    problem = problem.replace(
        sizes=np.hstack(sizes),
        capacity=np.hstack(capacity),
        setups=[replace(setup, size=(*setup.size, *(0 for _ in again))) for setup in problem.setups],
        resource_names=(*problem.resource_names, *(problem.resource_names[r] for r in again)),
    )
    return replace(compiled, resources=(*compiled.resources, *(compiled.resources[r] for r in again)), problem=problem)


@dataclass
class _Rooms:
    """What two VMs of two families on one machine have for applications. ``rows`` : boxes of the machine as one VM."""

    box_of: BoxOf
    machine: MachineType
    compiled: Compiled
    rows: Sequence[int]
    setting: Setting

    def __post_init__(self) -> None:
        self.families = [self.compiled.boxes[k].os for k in self.rows]
        self.largest = self.compiled.problem.capacity[self.rows].max(axis=0).tolist()
        cut = len(self.families) == 2 and not self.setting.options.vm_sizes
        self.cuts = {r: _Cut(self.box_of, self.machine, r, self.setting) for r in CUT if cut}

    def together(self) -> list[int]:
        """Of each resource the most that both have; what one VM has of those that are not cut, and where the sizes of VMs
        are a catalogue's."""
        return self._rooms(lambda cut: cut.most(self.families))

    def beside(self, os: str) -> list[int]:
        """Of each resource the most that the VM of one family has beside one of the other."""
        others = [other for other in self.families if other != os]
        return self._rooms(lambda cut: cut.most_beside(os, others[0]))

    def _rooms(self, of: Callable[[_Cut], int]) -> list[int]:
        found = {resource: of(cut) for resource, cut in self.cuts.items()}
        pairs = zip(self.compiled.resources, self.largest, strict=True)
        return [min(room, found.get(resource, room)) for resource, room in pairs]


class _Cut:
    """A machine cut in two along one resource; each VM has all there is of the others."""

    def __init__(self, box_of: BoxOf, machine: MachineType, resource: str, setting: Setting) -> None:
        self.box_of, self.machine, self.resource = box_of, machine, resource
        self.setting = replace(setting, guest=True)
        self.step = THREAD if resource == CPU else setting.overheads["vm.memory_step"]
        self.room = room_of(machine, setting)
        self.steps = self.room.get(resource, 0) // self.step
        self.left = cache(self._left)

    def most(self, families: Sequence[str]) -> int:
        """The most that a VM of the first family and one of the second leave together."""
        first, second = families
        cuts = max(FEWEST_CUTS, min(MOST_CUTS, ALL_CUTS // len(self.setting.machines)))
        most = max(1, self.steps - 1)
        return most_of_two(lambda n: self.left(first, n), lambda n: self.left(second, self._other(n)), 1, most, cuts)

    def most_beside(self, os: str, other: str) -> int:
        """The most that a VM of one family leaves beside the smallest of another that starts."""
        smallest = bisect_left(range(self.steps), True, key=lambda n: self.left(other, n) is not None)
        return self.left(os, self._other(smallest)) or 0

    def _other(self, steps: int) -> int:
        """How large the second VM can be beside a first one, at the most."""
        shares = 0 if self.resource == CPU else 2 * hypervisor(0, 1, self.setting).amount
        return (self.room.get(self.resource, 0) - steps * self.step - shares) // self.step

    def _left(self, os: str, steps: int) -> int | None:
        """What a VM of so many steps leaves of the resource for applications; None where it does not even start."""
        size = {**self.room, self.resource: steps * self.step}
        vcpus, memory = size.get(CPU, 0) // THREAD, size.get(MEMORY, 0)
        if min(vcpus, memory) <= 0:
            return None
        guest = guest_of_size(self.machine, vcpus, memory, self.room, self.setting)
        return left_in(self.box_of(guest.size, os, self.setting), self.resource, self.setting.room)


def most_of_two(
    first: Callable[[int], int | None], second: Callable[[int], int | None], low: int, high: int, cuts: int = MOST_CUTS
) -> int:
    """The most of ``first(n) + second(n)`` for low <= n <= high, or a little more than that; 0 if there is none.

    first : never falls, None below some n. second : never rises, None above some n. On low .. high the sum is at most
    first(high) + second(low); the interval with the largest such bound is halved until it is a point, so many times at most.
    """
    waiting: list[tuple[int, int, int]] = []

    def note(low: int, high: int) -> None:
        most, least = first(high), second(low)
        if low <= high and most is not None and least is not None:
            heappush(waiting, (-most - least, low, high))

    note(low, high)
    for _ in range(cuts):
        if not waiting or waiting[0][1] == waiting[0][2]:
            break
        _, low, high = heappop(waiting)
        middle = (low + high) // 2
        note(low, middle)
        note(middle + 1, high)
    return -waiting[0][0] if waiting else 0
