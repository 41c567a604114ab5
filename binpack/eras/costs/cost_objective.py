"""A compiled era with costs: every box at what its machine costs a month, with licences as far as a box decides on them.

What is known exactly is in ``Problem.cost`` and in setups: machines, their draw when idle and by what each box charges of
CPU, licences of a system or a hypervisor, and those that a box pays once it holds one of some pieces. Of the rest, what
every placement pays is counted beside that: energy of the load at the least watts for it, licences per virtual machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import floor, gcd, lcm
from typing import TYPE_CHECKING

import numpy as np
from binpack_solvers.rules import Setup

from binpack.era_plan import Charge
from binpack.eras.costs.costs import cluster_per_month
from binpack.eras.costs.licence_needs import Fee, fees, known, paid_for_vm, sets
from binpack.eras.costs.licence_sets import WithSets, with_sets
from binpack.eras.costs.objective import Objective
from binpack.eras.packing.compilation import Compiled, SharedCharge
from binpack.machines.licence import Licence
from binpack.machines.machine_type import MachineType
from binpack.machines.price import HOURS_PER_MONTH
from binpack.units import CPU

if TYPE_CHECKING:
    from binpack.eras.era import Era, Setting

LARGEST_COST = 2**40
"""Above it costs lose what is below a micro-unit, downwards, so that sums of them stay in range."""

Charged = list[tuple[Fee, tuple[int, ...], Fraction]]
"""A fee, the boxes that pay so much of it, and how much."""


def priced(setting: Setting) -> bool:
    """Whether cost is sought at all: where a price is missing, the number of machines is."""
    return all(machine.price is not None for machine in setting.machines)


def sought_licences(setting: Setting) -> tuple[Licence, ...]:
    """The licences that the search looks at: none where machines have no price, or have cores that are not known."""
    return setting.licences if priced(setting) and known(setting) else ()


def cost_first(setting: Setting) -> bool:
    """Whether what costs least may not be what takes the fewest machines."""
    prices = {machine.objective_cost for machine in setting.machines}
    return priced(setting) and (len(prices) > 1 or any(licence.charged for licence in sought_licences(setting)))


def with_costs(era: Era, compiled: Compiled, setting: Setting) -> Compiled:
    """The same with ``objective`` and its costs; unchanged where machines have no price."""
    if not priced(setting):
        return compiled
    licences = [licence for licence in sought_licences(setting) if licence.charged]
    found = [fee for licence in licences for fee in fees(licence, era, compiled, setting)]
    standing = [_standing(box.machine, setting) for box in compiled.boxes]
    for fee in found:
        for k in fee.prices if fee.members is None else ():
            standing[k] += fee.prices[k]
    beside = _beside(era, compiled, setting, licences) + _cluster(era, setting)
    split = WithSets(compiled, tuple(range(len(standing))), (0,) * len(standing))
    if not era.nodes_are_vms:  # charges and VMs of a machine are not those of one box there
        standing = [
            c + _load(b.machine, _cpu(b.charges), setting) for c, b in zip(standing, compiled.boxes, strict=True)
        ]
        split = with_sets(compiled, [s for licence in licences if (s := sets(licence, era, compiled, setting))])
    charged = [part for fee in found for part in _parts(fee, split.origin)]
    costs = [standing[k] + extra for k, extra in zip(split.origin, split.extra, strict=True)]
    parts = ("machines", "energy", "cluster", *["licences"] * bool(sought_licences(setting)))
    compiled = replace(split.compiled, origin=split.origin)
    return _with_amounts(compiled, costs, charged, Objective(Fraction(1), beside, parts))


def _with_amounts(compiled: Compiled, costs: Sequence[Fraction], charged: Charged, objective: Objective) -> Compiled:
    """Costs as the smallest integers in their proportions. objective : in micro-units."""
    amounts = [*costs, *(amount for _, _, amount in charged)]
    scale = lcm(*(amount.denominator for amount in amounts))
    if scale * max(amounts, default=0) > LARGEST_COST:
        scale = 1
    whole = [floor(amount * scale) for amount in amounts]
    unit = gcd(*whole) or 1
    problem = compiled.problem
    nothing = (0,) * problem.resources
    fees = [Setup(fee.members or (), nothing, types) for fee, types, _ in charged]
    paid = [replace(s, cost=amount // unit) for s, amount in zip(fees, whole[len(costs) :], strict=True)]
    named = [
        SharedCharge(f"licence {fee.name}", tuple(compiled.pieces[i].name for i in fee.members or ()))
        for fee, _, _ in charged
    ]
    return replace(
        compiled,
        shared=(*compiled.shared, *named),
        problem=problem.replace(
            cost=np.array([amount // unit for amount in whole[: len(costs)]], dtype=object),
            setups=[*problem.setups, *paid],
        ),
        objective=replace(objective, unit=Fraction(unit, scale)),
    )


def _parts(fee: Fee, origin: Sequence[int]) -> Iterator[tuple[Fee, tuple[int, ...], Fraction]]:
    """What all boxes that may pay a fee pay of it, which bounds can count on, and what some pay beyond that."""
    if fee.members is None or not fee.prices:
        return
    least = min(fee.prices.values())
    yield fee, tuple(k for k, first in enumerate(origin) if first in fee.prices), Fraction(least)
    for price in sorted({*fee.prices.values()} - {least}):
        yield fee, tuple(k for k, first in enumerate(origin) if fee.prices.get(first) == price), Fraction(price - least)


def _standing(machine: MachineType, setting: Setting) -> Fraction:
    """Micro-units a month for a machine that stands idle."""
    idle = setting.options.ownership.energy(machine.watts_idle or Fraction(0)) if _bought(machine) else Fraction(0)
    return (machine.price_per_month or 0) + idle * HOURS_PER_MONTH


def _load(machine: MachineType, cpu: int, setting: Setting) -> Fraction:
    """Micro-units a month for so much CPU taken on a machine, at the least: where more is promised than there is, a machine
    draws no more than at full load."""
    whole = machine.capacity.get(CPU, 0)
    if not whole or not _bought(machine):
        return Fraction(0)
    options = setting.options
    rise = (machine.watts_full or Fraction(0)) - (machine.watts_idle or Fraction(0))
    promised = options.cpu_overcommit * options.node_overcommit
    return options.ownership.energy(rise) * HOURS_PER_MONTH * cpu / (whole * promised)


def _bought(machine: MachineType) -> bool:
    """Whether its energy is charged."""
    return machine.purchase_price is not None


def _cluster(era: Era, setting: Setting) -> int:
    """Micro-units a month for a managed cluster, where it is the same on all machines to choose from."""
    if not era.runs_pods or not all(machine.rented for machine in setting.machines):
        return 0
    return cluster_per_month(setting.machines, setting.options) or 0


def _cpu(charges: Sequence[Charge]) -> int:
    return sum(charge.amount for charge in charges if charge.resource == CPU)


def _beside(era: Era, compiled: Compiled, setting: Setting, licences: Sequence[Licence]) -> Fraction:
    """Micro-units a month for what copies take of CPU and need of licences wherever they are, in their cheapest form."""
    problem, pieces = compiled.problem, compiled.pieces
    load = min(_load(machine, 1, setting) for machine in setting.machines)
    each = [load * piece.amount(CPU) + sum(paid_for_vm(x, era, piece, setting) for x in licences) for piece in pieces]
    return sum(
        (min(each[i] for i in group) * int(problem.demands[group[0]]) for group in problem.demand_groups), Fraction(0)
    )
