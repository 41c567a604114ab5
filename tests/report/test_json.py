"""JSON of a Comparison and of a Plan: the schema, the plan's own values, null for what is not known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hand_made
import jsonschema
import pytest

from binpack.comparison import COMPARISON_SCHEMA, Times
from binpack.era_plan import PLAN_SCHEMA
from binpack.report.json import comparison_json, era_json, plan_json
from binpack.units import GIB

SCHEMAS = Path(__file__).resolve().parents[2] / "binpack" / "cli" / "schemas"


def schema(name: str) -> dict[str, Any]:
    """One of the published schemas."""
    return json.loads((SCHEMAS / f"{name}.json").read_text())  # type: ignore[no-any-return]


def through_text(found: dict[str, Any]) -> dict[str, Any]:
    """What a reader gets: everything must survive being written, and NaN is no JSON."""
    return json.loads(json.dumps(found, allow_nan=False))  # type: ignore[no-any-return]


def test_a_comparison_follows_its_schema_and_says_which() -> None:
    """Every row, known and unknown, fitting and not."""
    found = through_text(comparison_json(hand_made.COMPARISON))
    jsonschema.validate(found, schema("eras"))
    assert found["schema"] == COMPARISON_SCHEMA
    assert [(row["era"], row["shape"]) for row in found["eras"]] == [
        (row.era, row.shape) for row in hand_made.COMPARISON.rows
    ]
    assert (found["workload"], found["instances"], found["assumed_share"]) == ("Shop", 7, 0.25)
    assert found["assumptions"][1] == {"name": "guest_os.linux.memory", "value": "1 GiB", "source": "a paper"}
    assert found["notes"] == list(hand_made.COMPARISON.notes)


def test_a_row_has_the_values_of_its_plan() -> None:
    """Counts and bounds are the plan's; amounts integers; money dollars; a third is rounded, a whole number is one."""
    found = era_json(hand_made.ROW)
    assert (found["machines"], found["machines_by_type"], found["status"]) == (3, {"box": 3}, "optimal")
    assert (found["lower_bound"], found["cost_lower_bound"], found["plus_one_spare"]) == (3, 3, 4)
    assert found["overhead"] == {"host_os": {"memory": 3 * GIB}, "guest_os": {"memory": GIB}}
    assert found["utilisation"] == {"cpu": 0.125, "memory": 0.333333}
    assert (found["cost_per_month"], found["watts"], found["rack_units"]) == (1234.56, 2_345, 2)
    assert type(found["rack_units"]) is int
    assert found["start_seconds"] == {"low": 0.333333, "high": 2, "source": "test", "unknown_for": []}


def test_what_is_not_known_is_null_and_never_zero() -> None:
    """No rack, price, power, spare or measured time."""
    found = era_json(hand_made.UNKNOWN)
    unknown = ["plus_one_spare", "rack_units", "cabinets", "cost_per_month", "watts"]
    unknown += [f"{name}_seconds" for name in Times._fields]
    assert [found[name] for name in unknown] == [None] * len(unknown)
    assert found["machines"] == 3


def test_what_has_no_place_is_listed() -> None:
    """Application, copies, reason and the nearest machine."""
    [missing] = era_json(hand_made.UNFIT)["unplaced"]
    assert missing == {
        "application": "shop/big",
        "count": 2,
        "reason": "memory: a copy takes 99 GiB, 63 GiB is free",
        "nearest": "box",
    }


@pytest.mark.parametrize("cost", [None, 1_234_560_000])
def test_a_plan_follows_its_schema_with_and_without_a_price(cost: int | None) -> None:
    """Dollars, or null; an order only where there is one."""
    found = through_text(plan_json(hand_made.PLAN, cost))
    jsonschema.validate(found, schema("plan"))
    assert found["schema"] == PLAN_SCHEMA
    assert found["cost_per_month"] == (None if cost is None else 1234.56)
    assert "order" not in found
    ordered = plan_json(replace(hand_made.PLAN, order=("shop/db-0", "shop/web-0")))
    jsonschema.validate(ordered, schema("plan"))
    assert ordered["order"] == ["shop/db-0", "shop/web-0"]


def test_a_plan_lists_every_machine_with_what_is_on_it() -> None:
    """Places, labels, charges, VMs and copies are those of the plan, entry by entry."""
    first, second = plan_json(hand_made.PLAN)["machines"]
    assert (first["name"], first["count"], first["labels"]) == ("machine-1", 2, {"zone": "a"})
    assert (second["cabinet"], second["rack_unit"], second["slot"]) == (1, 2, 0)
    assert first["instances"][0]["containers"] == [{"name": "web", "image": "web:1", "requests": {}}]
    assert second["instances"][0]["inside"] == second["virtual_machines"][0]["name"] == "shop/db-0"
    assert second["overhead"][1] == {
        "what": "guest_os",
        "source": "test",
        "resource": "memory",
        "amount": GIB,
        "inside": "shop/db-0",
    }


def test_the_schemas_allow_no_field_that_they_do_not_know() -> None:
    """A new or a misspelt field fails validation, in the row as in a machine."""
    found = comparison_json(hand_made.COMPARISON)
    found["eras"][0]["machine"] = 3
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema("eras"))
    plan = plan_json(hand_made.PLAN)
    plan["machines"][0]["slots"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plan, schema("plan"))


def test_the_schemas_require_every_field_that_is_written() -> None:
    """Without any one of its fields a row, and a plan, is invalid."""
    for whole, name, part in (
        (comparison_json(hand_made.COMPARISON), "eras", lambda found: found["eras"][0]),
        (plan_json(hand_made.PLAN), "plan", lambda found: found["machines"][1]),
    ):
        for broken in _without_each(through_text(whole), part):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(broken, schema(name))


def _without_each(whole: dict[str, Any], part: Any) -> Iterator[dict[str, Any]]:
    for key in part(whole):
        broken = json.loads(json.dumps(whole))
        del part(broken)[key]
        yield broken
