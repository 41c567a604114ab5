"""A Comparison as CSV, one row per era and shape; a Plan as CSV, one row for each thing that stands on a machine."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from binpack.comparison import Comparison
from binpack.era_plan import Plan
from binpack.report.figures import overhead_memory
from binpack.report.images_json import IMAGE_COLUMNS, image_columns
from binpack.report.json import era_json

COLUMNS = (
    *("era", "shape", "machines", "plus_one_spare", "rack_units", "cabinets", "nodes", "virtual_machines", "instances"),
    *("instances_per_machine", "lower_bound", "cost_lower_bound", "status", "full_of", "overhead_memory"),
    *("cost_per_month", "watts", "starts", "updates_without_downtime", "why"),
    *IMAGE_COLUMNS,
)
PLACES = ("machine", "machines", "type", "cabinet", "rack_unit", "slot", "virtual_machine")
THINGS = ("kind", "name", "replica", "copies")


def comparison_csv(comparison: Comparison) -> str:
    """The plain columns of every row, everything that the table shows among them; unknown is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for row in comparison.rows:
        more = {
            "instances_per_machine": round(row.instances / row.machines, 3) if row.machines else None,
            "overhead_memory": overhead_memory(row),
            "starts": row.start_words,
        }
        writer.writerow({**era_json(row), **more, **image_columns(row.plan.images)})
    return stream.getvalue()


def plan_csv(plan: Plan) -> str:
    """The applications (amounts of one copy) and overheads (amounts of all) of every machine, and its free room.

    kind : ``application``, ``overhead`` or ``free``; amounts are integers, CPU in thousandths of a thread, memory and disk
    in bytes; ``machines`` equal machines share a row.
    """
    resources = list(dict.fromkeys(resource for machine in plan.machines for resource in machine.capacity))
    stream = io.StringIO()
    writer = csv.DictWriter(stream, [*PLACES, *THINGS, *resources], restval="", lineterminator="\n")
    writer.writeheader()
    for machine in plan.machines:
        known = (machine.name, machine.count, machine.type, *(machine.place or ()))
        place = dict(zip(PLACES, known, strict=False))
        free = dict(machine.capacity)
        for i in machine.instances:
            thing = {"virtual_machine": i.inside, "kind": "application", "name": i.application}
            writer.writerow({**place, **thing, "replica": i.replica, "copies": i.count, **_known(i.requests, free)})
            free = {r: amount - i.requests.get(r, 0) * i.count for r, amount in free.items()}
        sums: dict[tuple[str, str | None], dict[str, int]] = {}
        for charge in machine.overhead:
            amounts = sums.setdefault((charge.what, charge.inside), {})
            amounts[charge.resource] = amounts.get(charge.resource, 0) + charge.amount
        for (what, inside), amounts in sums.items():
            writer.writerow(
                {**place, "virtual_machine": inside, "kind": "overhead", "name": what, **_known(amounts, free)}
            )
            free = {r: amount - amounts.get(r, 0) for r, amount in free.items()}
        writer.writerow({**place, "kind": "free", **free})
    return stream.getvalue()


def _known(amounts: Mapping[str, int], columns: Mapping[str, int]) -> dict[str, int]:
    """The amounts of what the machines have a column for."""
    return {resource: amount for resource, amount in amounts.items() if resource in columns}


def order_csv(order: Sequence[tuple[str, str]]) -> str:
    """A pod and its node a row, in the order in which the scheduler accepts them."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([("pod", "node"), *order])
    return stream.getvalue()
