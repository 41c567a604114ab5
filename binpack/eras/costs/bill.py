"""Bill: what a plan's machines cost a month, part by part, and what no plan costs less than."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from binpack.comparison import LicenceCost
from binpack.era_plan import Machine
from binpack.eras.costs.costs import Costs, cluster_per_month, costs_per_month, total
from binpack.eras.costs.licences import licence_costs

if TYPE_CHECKING:
    from binpack.eras.era import Era, Setting
    from binpack.eras.packing.placement import Placement


@dataclass(frozen=True)
class Bill:
    """costs : part -> micro-units a month, None where it is not known. sought : the parts that the search looked at, of
    which ``least`` bounds the sum; None where it counted machines, or not all is placed."""

    costs: Costs
    licences: tuple[LicenceCost, ...]
    sought: tuple[str, ...]
    least: int | None

    @property
    def proven(self) -> bool:
        """Whether the parts that were sought cost no more than the least."""
        found = total([self.costs[part] for part in self.sought])
        return found is not None and self.least is not None and found <= self.least


def bill_of(era: Era, machines: Sequence[Machine], placement: Placement, setting: Setting) -> Bill:
    """The bill of the machines of a placement."""
    costs, licences = costs_of(era, machines, setting)
    objective = placement.bound.compiled.objective
    if objective is None:
        return Bill(costs, licences, (), None)
    sought = tuple(part for part in costs if part in objective.parts)
    least = objective.least(placement.bound.cost) if machines else 0
    return Bill(costs, licences, sought, None if placement.unplaced else least)


def costs_of(era: Era, machines: Sequence[Machine], setting: Setting) -> tuple[Costs, tuple[LicenceCost, ...]]:
    """Part of the bill -> micro-units a month, and what of them is each licence's."""
    costs = costs_per_month(machines, setting.types, setting.options.ownership)
    fee = cluster_per_month([setting.types[machine.type] for machine in machines], setting.options)
    if fee is not None and era.runs_pods:
        costs["cluster"] = fee
    licences = licence_costs(era, machines, setting)
    if licences:
        costs["licences"] = total([licence.cost_per_month for licence in licences])
    return costs, licences


def paid(era: Era, machines: Sequence[Machine], setting: Setting) -> int:
    """Every part of a month's bill that is known."""
    return sum(cost or 0 for cost in costs_of(era, machines, setting)[0].values())
