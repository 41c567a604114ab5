"""A fleet of one's own: so many machines of each type, all of them to choose from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from binpack.eras.options import ERAS, EraOptions
from binpack.machines.machine_type import MachineType
from binpack.planning import compare_eras
from binpack.report.json import plan_json
from binpack.units import GIB
from binpack.verify import verify_plan
from binpack.workload.application import ROWS, Application
from binpack.workload.workload import Workload


def machine(cpus: int, available: int | None = None, **fields: object) -> MachineType:
    """A racked machine of so many threads."""
    capacity = {"cpu": cpus * 1000, "memory": 64 * GIB, "disk": 1024 * GIB}
    return MachineType(f"box-{cpus}", capacity, available=available, source="test", **fields)  # type: ignore[arg-type]


def app(name: str, replicas: int, cpus: int) -> Application:
    """An application of which a copy takes so many threads."""
    return Application(name, replicas, {"cpu": cpus * 1000, "memory": GIB}, group="shop", kind=ROWS)


@pytest.mark.parametrize("era", ERAS)
def test_what_a_fleet_has_no_room_for_is_named(era: str) -> None:
    """Placed and unplaced copies add up to what was asked for, in every era, however the fleet runs out."""
    workload = Workload("test", (app("web", 12, 5),))
    row = compare_eras(workload, [machine(16, available=3)], eras=(era,), shapes=("parts",)).rows[0]
    assert row.plan.status == "infeasible"
    missing = sum(unplaced.count for unplaced in row.plan.unplaced if unplaced.application == "shop/web")
    assert missing >= 3
    assert row.instances + missing == 12
    assert row.machines == 3
    assert verify_plan(plan_json(row.plan)) == []


def test_rented_types_are_few_and_owned_ones_all() -> None:
    """At most three types of rented instances in a plan, any number of one's own, or as many as are asked for."""
    sizes = (4, 8, 16, 32)
    workload = Workload("test", tuple(app(f"web-{size}", 1, size - 1) for size in sizes))
    owned = [machine(size, available=1) for size in sizes]
    rented = [replace(machine(size), provider="aws", price=size * 1000) for size in sizes]

    def types(machines: list[MachineType], limit: int | None = None) -> int:
        options = EraOptions(max_types=limit)
        comparison = compare_eras(workload, machines, eras=("physical",), shapes=("parts",), options=options)
        return len(comparison.rows[0].machines_by_type)

    assert (types(owned), types(rented), types(rented, 4), types(rented, 1)) == (4, 3, 4, 1)


def test_a_table_is_counted_once_for_both_shapes() -> None:
    """Rows of a table are parts of nothing: as monoliths they are the same plan under the other name."""
    workload = Workload("test", (app("web", 4, 5), app("db", 2, 3)))
    rows = compare_eras(workload, [machine(16)]).rows
    parts = [row for row in rows if row.shape == "parts"]
    monoliths = [row for row in rows if row.shape == "monolith"]
    assert [row.plan.machines for row in parts] == [row.plan.machines for row in monoliths]
    assert {row.plan.shape for row in monoliths} == {"monolith"}
