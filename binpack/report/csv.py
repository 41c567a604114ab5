"""A Comparison as CSV, one row per era and shape; a Plan as CSV, one row for each thing that stands on a machine."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from binpack.comparison import Comparison, EraResult, Times
from binpack.era_plan import Machine, Plan
from binpack.report.csv_text import csv_text
from binpack.report.figures import overhead_memory, starts, unknown_of
from binpack.report.images_json import IMAGE_COLUMNS, image_columns
from binpack.report.json import era_json

ENDS = ("low", "high")
PARTS = ("machines", "energy", "cluster", "licences")
COLUMNS = (
    *("era", "shape", "machines", "plus_one_spare", "rack_units", "cabinets", "nodes", "virtual_machines", "instances"),
    *("instances_per_machine", "lower_bound", "cost_lower_bound", "status", "full_of", "overhead_memory"),
    *("cost_per_month", "cost_lower_bound_per_month", *(f"cost_of_{part}" for part in PARTS)),
    *("watts", "carbon_grams_per_month", "starts"),
    *(f"{name}_seconds_{end}" for name in Times._fields for end in ENDS),
    *("times_unknown_for", "updates_without_downtime", "why"),
    *IMAGE_COLUMNS,
)
PLACES = ("machine", "machines", "type", "cabinet", "rack_unit", "slot", "virtual_machine")
THINGS = ("kind", "name", "replica", "copies")


def comparison_csv(comparison: Comparison) -> str:
    """The plain columns of every row, everything that the table shows among them; unknown is empty."""
    return csv_text(COLUMNS, map(_cells, comparison.rows))


def _cells(row: EraResult) -> dict[str, Any]:
    more = {
        "instances_per_machine": round(row.instances / row.machines, 3) if row.machines else None,
        "overhead_memory": overhead_memory(row),
        "starts": starts(row),
        "times_unknown_for": " ".join(unknown_of(row.times)) or None,
    }
    return {**era_json(row), **more, **_costs(row), **_seconds(row), **image_columns(row.plan.images)}


def _costs(row: EraResult) -> dict[str, float]:
    """Dollars a month of every part of the bill that is known."""
    return {f"cost_of_{part}": cost / 10**6 for part, cost in row.costs.items() if cost is not None}


def _seconds(row: EraResult) -> dict[str, float]:
    """Both ends of every time that is known."""
    known = {name: found for name, found in row.times._asdict().items() if found is not None}
    return {f"{name}_seconds_{end}": float(getattr(found, end)) for name, found in known.items() for end in ENDS}


def plan_csv(plan: Plan) -> str:
    """The applications (amounts of one copy) and overheads (amounts of all) of every machine, and its free room.

    kind : ``application``, ``overhead`` or ``free``; amounts are integers, CPU in thousandths of a thread, memory and disk
    in bytes; ``machines`` equal machines share a row.
    """
    resources = dict.fromkeys(resource for machine in plan.machines for resource in machine.capacity)
    return csv_text([*PLACES, *THINGS, *resources], (cells for machine in plan.machines for cells in _things(machine)))


def _things(machine: Machine) -> Iterator[dict[str, Any]]:
    known = (machine.name, machine.count, machine.type, *(machine.place or ()))
    place = dict(zip(PLACES, known, strict=False))
    free = dict(machine.capacity)
    for i in machine.instances:
        thing = {"virtual_machine": i.inside, "kind": "application", "name": i.application}
        yield {**place, **thing, "replica": i.replica, "copies": i.count, **_known(i.requests, free)}
        free = {r: amount - i.requests.get(r, 0) * i.count for r, amount in free.items()}
    sums: dict[tuple[str, str | None], dict[str, int]] = {}
    for charge in machine.overhead:
        amounts = sums.setdefault((charge.what, charge.inside), {})
        amounts[charge.resource] = amounts.get(charge.resource, 0) + charge.amount
    for (what, inside), amounts in sums.items():
        yield {**place, "virtual_machine": inside, "kind": "overhead", "name": what, **_known(amounts, free)}
        free = {r: amount - amounts.get(r, 0) for r, amount in free.items()}
    yield {**place, "kind": "free", **free}


def _known(amounts: Mapping[str, int], columns: Mapping[str, int]) -> dict[str, int]:
    """The amounts of what the machines have a column for."""
    return {resource: amount for resource, amount in amounts.items() if resource in columns}


def order_csv(order: Sequence[tuple[str, str]]) -> str:
    """A pod and its node a row, in the order in which the scheduler accepts them."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([("pod", "node"), *order])
    return stream.getvalue()
