"""What every era compiles to: boxes that hold pieces, with the overheads that each of them pays, as one Problem.

A *box* becomes a bin type, a *piece* an item type, a *shared charge* a setup. Eras only list them; this file turns them
into integers. Resources of the machine (CPU, memory, disk, GPUs) and resources that are rules (pod slots, vCPUs, tenancy)
are treated alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil

import numpy as np
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup

from binpack.era_plan import Charge, VirtualMachine
from binpack.eras.costs.objective import Objective
from binpack.eras.packing.over_time import over_time
from binpack.machines.machine_type import MachineType
from binpack.units import CPU, DISK
from binpack.workload.application import Application, Resources

OS_LABEL, ARCH_LABEL = "kubernetes.io/os", "kubernetes.io/arch"
TENANCY = "tenancy"  # at most one tenant a machine: capacity 1, taken by a copy (or once by an application)
VCPUS = "vcpus"
RULE_RESOURCES = frozenset({TENANCY, VCPUS})  # they bind, but no machine "has" them: a plan does not list them


@dataclass(frozen=True)
class Box:
    """A machine type, or a virtual machine of one, as an era sets it up.

    capacity : before any charge. charges : paid by every box of this kind, used or not.
    os, arch : kernel family and architecture that processes in it must have.
    """

    machine: MachineType
    capacity: Resources
    charges: tuple[Charge, ...] = ()
    os: str = "linux"
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """For messages: the machine type, and the kernel family where it is not Linux."""
        return self.machine.name if self.os == "linux" else f"{self.machine.name} with {self.os}"


@dataclass(frozen=True)
class Piece:
    """Equal copies to place: of an application, or of something that the era itself brings (application None).

    name : unique; of an application's piece ``group/name@form``, as an application may have several forms.
    requests : what the application itself gets, per copy. charges : overheads that come with each copy.
    vm : the virtual machine that a copy is in, if the era gives it one. runs_on : kernel families of boxes it can be in.
    alternatives : pieces with the same name here share one demand. alone : nothing else in its box.
    curves : of resources in ``requests``, what a copy gets at each point of time in place of that.
    rules : what a copy takes of resources that are rules only (tenancy, vCPUs). unfit : why no box can hold it, if so.
    pulled : bytes that each copy fetches from a registry for itself alone.
    """

    name: str
    demand: int
    requests: Resources
    application: Application | None = None
    charges: tuple[Charge, ...] = ()
    rules: Resources = field(default_factory=dict)
    vm: VirtualMachine | None = None
    runs_on: tuple[str, ...] = ("linux",)
    arch: str | None = None
    alternatives: str | None = None
    curves: Mapping[str, tuple[int | None, ...]] = field(default_factory=dict)
    alone: bool = False
    max_per_box: int | None = None
    unfit: str = ""
    pulled: int = 0

    def amount(self, resource: str) -> int:
        """What one copy takes of a resource, charges included."""
        taken = self.requests.get(resource, 0) + self.rules.get(resource, 0)
        return taken + sum(c.amount for c in self.charges if c.resource == resource)


def application_piece(application: Application, form: str) -> Piece:
    """One copy as the application itself asks, on machines of its kernel family; eras change what differs."""
    return Piece(
        name=f"{application.key}@{form}",
        demand=application.replicas,
        requests=application.size,
        application=application,
        runs_on=(application.os,),
        arch=application.arch,
        curves=application.curves,
        alone=application.isolation == "machine",
        max_per_box=application.placement.max_per_host,
    )


def application_of(piece_name: str) -> str:
    """The application's key in a piece's name."""
    return piece_name.rsplit("@", 1)[0]


@dataclass(frozen=True)
class SharedCharge:
    """Overheads that a box of a family in ``runs_on`` pays once if it holds any of the pieces named.

    pulled : bytes that it then fetches from a registry.
    """

    name: str
    members: tuple[str, ...]
    charges: tuple[Charge, ...] = ()
    rules: Resources = field(default_factory=dict)
    runs_on: tuple[str, ...] = ("linux", "windows")
    vm: VirtualMachine | None = None
    pulled: int = 0


@dataclass(frozen=True)
class Room:
    """How much of what a box has may be given away.

    headroom : share of a resource that stays free, of all that is promised. overcommit : how often it is promised.
    """

    headroom: Mapping[str, Fraction] = field(default_factory=dict)
    overcommit: Mapping[str, Fraction] = field(default_factory=dict)

    def of(self, box: Box, resource: str) -> int:
        """What charges and copies in a box may take together."""
        full = int(box.capacity.get(resource, 0) * self.overcommit.get(resource, 1))
        free = self.headroom.get(resource)
        return full - ceil(full * free) if free else full


@dataclass(frozen=True)
class Compiled:
    """An era's boxes, pieces and shared charges, and the Problem that they make, index by index.

    objective : what ``problem.cost`` stands for; None where machines are counted. origin : for each box a number that it
        shares with those that differ from it in sets of licences alone; () where none do.
    """

    boxes: tuple[Box, ...]
    pieces: tuple[Piece, ...]
    shared: tuple[SharedCharge, ...]
    resources: tuple[str, ...]
    problem: Problem
    objective: Objective | None = None
    origin: tuple[int, ...] = ()


def compile_problem(
    boxes: Sequence[Box],
    pieces: Sequence[Piece],
    shared: Sequence[SharedCharge] = (),
    *,
    minimum_boxes: int = 0,
    room: Room = Room(),
) -> Compiled:
    """One Problem from an era's lists. Applications' own rules (separate hosts, apart, together) become limits."""
    resources = _resources(boxes, pieces, shared)
    all_disk = sum(p.amount(DISK) * p.demand for p in pieces) + _charged_once(shared, DISK)
    capacity = np.array([_capacity(box, all_disk, resources, room) for box in boxes], dtype=object)
    index = {piece.name: k for k, piece in enumerate(pieces)}
    groups = {name: k for k, name in enumerate(dict.fromkeys(p.alternatives for p in pieces if p.alternatives))}
    problem = Problem(
        np.array([[p.amount(r) for r in resources] for p in pieces], dtype=object).reshape(len(pieces), len(resources)),
        capacity,
        demands=np.array([p.demand for p in pieces], dtype=object),
        cost=np.array([box.machine.objective_cost for box in boxes], dtype=object),
        available=[_available(box, room) for box in boxes],
        compatible=np.array([[_compatible(p, b) for b in boxes] for p in pieces]).reshape(len(pieces), len(boxes)),
        alternatives=[groups.get(p.alternatives or "", -1) for p in pieces],
        exclusive=[p.alone for p in pieces],
        limits=_limits(pieces) or None,
        requires=_requires(pieces) or None,
        setups=[_setup(s, boxes, index, resources) for s in shared],
        minimum_bins=minimum_boxes,
        item_names=[p.name for p in pieces],
        bin_names=[b.name for b in boxes],
        resource_names=resources,
    )
    return over_time(Compiled(tuple(boxes), tuple(pieces), tuple(shared), resources, problem))


def _resources(boxes: Sequence[Box], pieces: Sequence[Piece], shared: Sequence[SharedCharge]) -> tuple[str, ...]:
    """Every resource that something takes and some box may be short of, in order of first mention."""
    named = [(p, r) for p in pieces for r in (*p.requests, *(c.resource for c in p.charges), *p.rules)]
    taken = [r for p, r in named if p.amount(r) > 0 or r in p.curves]
    owners: list[Box | SharedCharge] = [*boxes, *shared]
    charged = [c.resource for owner in owners for c in owner.charges if c.amount]
    ruled = [r for s in shared for r, amount in s.rules.items() if amount]
    return tuple(
        r for r in dict.fromkeys([*taken, *charged, *ruled]) if not all(_on_demand(box, r) for box in boxes)
    ) or (CPU,)


def _capacity(box: Box, all_disk: int, resources: Sequence[str], room: Room) -> list[int]:
    row = []
    for resource in resources:
        if _on_demand(box, resource):  # never short of it, whatever ends up together
            row.append(all_disk + _charged(box, DISK))
            continue
        row.append(max(0, room.of(box, resource) - _charged(box, resource)))
    return row


def _available(box: Box, room: Room) -> int:
    """How many there are, -1 for any number; none of a box that is overfull."""
    if _overfull(box, room):
        return 0
    return -1 if box.machine.available is None else box.machine.available


def left_in(box: Box, resource: str, room: Room) -> int | None:
    """What a box has of a resource for pieces; None of a box that is overfull."""
    return None if _overfull(box, room) else room.of(box, resource) - _charged(box, resource)


def _overfull(box: Box, room: Room) -> bool:
    """Whether its own charges overfill a box, or leave less of it free than the headroom."""
    charged = {charge.resource for charge in box.charges if not _on_demand(box, charge.resource)}
    return any(_charged(box, resource) > room.of(box, resource) for resource in charged)


def _on_demand(box: Box, resource: str) -> bool:
    """Disk of a machine of which none is stated: as much as is asked for."""
    return resource == DISK and resource not in box.capacity


def _charged(box: Box, resource: str) -> int:
    return sum(charge.amount for charge in box.charges if charge.resource == resource)


def _charged_once(shared: Sequence[SharedCharge], resource: str) -> int:
    return sum(charge.amount for s in shared for charge in s.charges if charge.resource == resource)


def _compatible(piece: Piece, box: Box) -> bool:
    if piece.unfit or (piece.arch is not None and piece.arch != box.machine.arch):
        return False
    selector = piece.application.placement.node_selector if piece.application else {}
    os = piece.application.os if piece.application and piece.vm else box.os  # what a guest sees is its own kernel
    known = {OS_LABEL: os, ARCH_LABEL: box.machine.arch, **box.machine.labels, **box.labels}
    return box.os in piece.runs_on and admits(selector, known)


def fits_alone(piece: Piece, box: Box, room: Room) -> bool:
    """Whether an empty box holds a copy."""
    named = {*piece.requests, *piece.rules, *(charge.resource for charge in piece.charges)}
    left = {resource: left_in(box, resource, room) for resource in named if not _on_demand(box, resource)}
    enough = all(amount is not None and piece.amount(resource) <= amount for resource, amount in left.items())
    return enough and _compatible(piece, box)


def admits(selector: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether a node selector admits a machine of which these labels are known; others count as present."""
    return all(known[key] == value for key, value in selector.items() if key in known)


def _limits(pieces: Sequence[Piece]) -> list[tuple[int, int, int]]:
    """How many copies of a piece may be beside another of it, or of another application's pieces. The forms of one
    application are for boxes of different kernel families, so that no limit has to count them together."""
    by_application = _indices(pieces)
    rows = [(i, i, piece.max_per_box) for i, piece in enumerate(pieces) if piece.max_per_box is not None]
    for i, piece in enumerate(pieces):
        if piece.application is None:
            continue
        for other in piece.application.placement.apart_from:
            rows += [(i, j, 0) for j in by_application.get(other, ()) if j != i]
        for other, most in piece.application.placement.most_beside.items():
            rows += [(i, j, most) for j in by_application.get(other, ()) if j != i]
    return rows


def _requires(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Of a piece and each application that it needs beside it, the form that can be in the same boxes; where there is none,
    any form, which keeps the piece out of all boxes."""
    by_application = _indices(pieces)
    found = []
    for i, piece in enumerate(pieces):
        for other in piece.application.placement.together_with if piece.application else ():
            forms = by_application.get(other, [])
            near = [j for j in forms if set(pieces[j].runs_on).intersection(piece.runs_on)]
            found += [(i, j) for j in (near or forms)[:1]]
    return found


def _indices(pieces: Iterable[Piece]) -> dict[str, list[int]]:
    indices: dict[str, list[int]] = {}
    for k, piece in enumerate(pieces):
        if piece.application is not None:
            indices.setdefault(piece.application.key, []).append(k)
    return indices


def _setup(shared: SharedCharge, boxes: Sequence[Box], index: Mapping[str, int], resources: Sequence[str]) -> Setup:
    size = tuple(sum(c.amount for c in shared.charges if c.resource == r) + shared.rules.get(r, 0) for r in resources)
    types = tuple(k for k, box in enumerate(boxes) if box.os in shared.runs_on)
    return Setup(tuple(index[name] for name in shared.members), size, types)
