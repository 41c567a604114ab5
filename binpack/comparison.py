"""Comparison: the same applications in every era, one row each, with everything a report prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from binpack.era_plan import Plan, type_counts
from binpack.machines.machine_type import MachineType
from binpack.workload.application import Resources
from binpack.workload.workload import Assumption

COMPARISON_SCHEMA = "binpack.eras/1"


@dataclass(frozen=True)
class Duration:
    """A range of seconds, with the source that measured it; without the applications in ``unknown``, of which a step has no
    source."""

    low: Fraction
    high: Fraction
    source: str
    unknown: tuple[str, ...] = ()


class Times(NamedTuple):
    """How long it takes to start, replace and stop one copy, and all of them; None where no copy's steps have a source."""

    start: Duration | None = None
    update: Duration | None = None
    destroy: Duration | None = None
    deploy_all: Duration | None = None
    update_all: Duration | None = None
    destroy_all: Duration | None = None


class LicenceCost(NamedTuple):
    """What is paid for of a licence, and micro-units a month; None where cores or sockets are not known."""

    name: str
    per: str
    units: int | None
    cost_per_month: int | None


@dataclass(frozen=True)
class EraResult:
    """One era and shape.

    plan : the placement itself; machines, bound and status are the plan's.
    plus_one_spare : machines with which everything still fits after losing any one; None if there is no such number.
    rack_units, cabinets : None for rented instances. nodes : what Kubernetes or Swarm schedules on, 0 elsewhere.
    virtual_machines : those the plan makes. instances : placed copies.
    full_of : what binds (``cpu``, ``memory``, ``isolation``, ``minimum nodes``, ``max pods``, ``spread`` ...), and
        ``full_share``, its use over what all machines offer, None for a rule.
    utilisation : requested + overhead over capacity, per resource. overhead : kind -> resource -> amount, summed.
    cost_per_month : micro-dollars, None without a price. costs : what it is the sum of (``machines``, ``energy`` ...), each
        None where it is not known; ``licences`` are told apart in a field of their own. sought : the parts of ``costs`` that
        the search looked at, none where it counted machines; ``cost_lower_bound_per_month`` : micro-dollars that they cost
        at least, whatever the placement; None without one. watts : None without a power model.
    carbon_per_month : grams of carbon dioxide, None without a power model or where they are not counted.
    times : ranges with their sources; ``start_words`` is what a person is told where none is known.
    updates : ``yes``, ``no`` or ``with n more machines``: updates without downtime.
    why : the sum behind the number, one line.
    """

    era: str
    shape: str
    plan: Plan
    plus_one_spare: int | None
    rack_units: Fraction | None
    cabinets: int | None
    nodes: int
    virtual_machines: int
    instances: int
    full_of: str
    full_share: Fraction | None
    utilisation: Mapping[str, Fraction]
    overhead: Mapping[str, Resources]
    cost_per_month: int | None
    watts: int | None
    times: Times
    start_words: str
    updates: str
    why: str
    costs: Mapping[str, int | None] = field(default_factory=dict)
    sought: tuple[str, ...] = ()
    cost_lower_bound_per_month: int | None = None
    licences: tuple[LicenceCost, ...] = ()
    carbon_per_month: int | None = None

    @property
    def machines(self) -> int:
        """Machines of the plan."""
        return self.plan.machine_count

    @property
    def machines_by_type(self) -> dict[str, int]:
        """Machine type -> count, in the plan's order."""
        return type_counts(self.plan.machines)


@dataclass(frozen=True)
class IsolationPrice:
    """What it costs that ``applications``, of so many ``copies``, ask for an isolation (``machine`` or ``vm``): each era as
    it is, and the same without the demand."""

    isolation: str
    applications: tuple[str, ...]
    copies: int
    rows: tuple[tuple[EraResult, EraResult], ...]


@dataclass(frozen=True)
class Comparison:
    """All eras and shapes for one workload.

    workload : its title; ``applications`` and ``instances`` count what is placed as parts; ``copies`` is how many of
        each, if that is the same for all; ``requested`` sums sizes.
    assumed_share : part of the requested total that stated defaults stand for, the largest over cpu and memory.
    machine : a sentence about the machine that all eras use. notes : what reading left to say.
    cost_first : machines of several prices to choose from, or licences: the lowest cost is sought, and the fewest machines
        at that cost.
    isolation : what demands for isolation cost; the command line asks for it.
    next_steps : commands worth trying next, as they can be typed; the command line fills them in.
    """

    workload: str
    applications: int
    instances: int
    copies: int | None
    requested: Resources
    assumed_share: Fraction
    machine: str
    rows: tuple[EraResult, ...]
    assumptions: tuple[Assumption, ...] = ()
    notes: tuple[str, ...] = ()
    cost_first: bool = False
    isolation: tuple[IsolationPrice, ...] = ()
    next_steps: tuple[str, ...] = ()

    @property
    def plans(self) -> tuple[Plan, ...]:
        """The plans, in the order of the rows."""
        return tuple(row.plan for row in self.rows)


@dataclass(frozen=True)
class Alternative:
    """A choice of machines, by the name it was asked for (a year, a provider, a file ...), and the eras on them."""

    name: str
    machines: tuple[MachineType, ...]
    comparison: Comparison
