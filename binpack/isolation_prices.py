"""What applications' demands for isolation cost: the eras counted once more as if nobody had asked.

The stronger of what an application asks for and what an era gives holds; so in the physical era a demand for a VM costs
nothing, and with containers it costs what the guests take.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from binpack.comparison import Comparison, EraResult, IsolationPrice
from binpack.eras.options import PARTS, EraOptions
from binpack.machines.machine_type import MachineType
from binpack.planning import compare_sized
from binpack.workload.workload import Workload

PRICED = ("machine", "vm")
"""Demands that can cost something; ``process`` is what every era gives."""


def isolation_prices(
    comparison: Comparison,
    sized: Workload,
    machines: Sequence[MachineType] | None,
    options: EraOptions,
    size_by: str,
    progress: Callable[[str], None] | None = None,
) -> tuple[IsolationPrice, ...]:
    """For each demand that some application makes, every era of the comparison with and without it, as parts."""
    rows = [row for row in comparison.rows if row.shape == PARTS]
    prices = []
    for isolation in PRICED:
        asking = [a for a in sized.placed if a.isolation == isolation]
        if not asking or not rows:
            continue
        without = compare_sized(
            without_demand(sized, isolation), machines, [row.era for row in rows], (PARTS,), options, size_by, progress
        )
        pairs = tuple(_cheaper_of(row, other) for row, other in zip(rows, without.rows, strict=True))
        copies = sum(application.replicas for application in asking)
        prices.append(IsolationPrice(isolation, tuple(a.key for a in asking), copies, pairs))
    return tuple(prices)


def without_demand(workload: Workload, isolation: str) -> Workload:
    """The same workload in which nobody asks for this isolation."""
    return replace(
        workload,
        applications=tuple(
            replace(a, isolation=None) if a.isolation == isolation else a for a in workload.applications
        ),
    )


def _cheaper_of(row: EraResult, without: EraResult) -> tuple[EraResult, EraResult]:
    """The row and the same era without the demand. What places all with the demand places it without: where the search
    without found no better, the row itself stands for both, proven only as far as the bound without the demand goes."""
    if without.plan.unplaced or (not row.plan.unplaced and _value(row) < _value(without)):
        bound, cost_bound = without.plan.lower_bound, without.plan.cost_lower_bound
        met = bound == row.machines and cost_bound == row.plan.cost_lower_bound
        status = row.plan.status if met or row.plan.status != "optimal" else "feasible"
        return row, replace(row, plan=replace(row.plan, status=status, lower_bound=bound, cost_lower_bound=cost_bound))
    return row, without


def _value(row: EraResult) -> tuple[int, int]:
    return row.cost_per_month or 0, row.machines
