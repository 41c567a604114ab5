"""CSV of a Comparison: the JSON's plain columns, read back as they were."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import hand_made

from binpack.comparison import Times
from binpack.report.csv import COLUMNS, PARTS, comparison_csv
from binpack.report.figures import starts
from binpack.report.images_json import IMAGE_COLUMNS
from binpack.report.json import era_json
from binpack.units import GIB

SECONDS = {f"{name}_seconds_{end}" for name in Times._fields for end in ("low", "high")}
COSTS = {f"cost_of_{part}" for part in PARTS}
ADDED = {"instances_per_machine", "overhead_memory", "starts", "times_unknown_for", *COSTS, *SECONDS, *IMAGE_COLUMNS}


def read(text: str) -> list[dict[str, str]]:
    """As a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(text)))


def test_every_row_comes_back_with_every_column() -> None:
    """One line per era and shape, in order; each cell is the JSON's value, empty for null, or what the table adds to it."""
    rows = read(comparison_csv(hand_made.COMPARISON))
    assert len(rows) == len(hand_made.COMPARISON.rows)
    for found, row in zip(rows, hand_made.COMPARISON.rows, strict=True):
        assert tuple(found) == COLUMNS
        expected = {
            **dict.fromkeys((*COSTS, *SECONDS, *IMAGE_COLUMNS)),
            **era_json(row),
            "overhead_memory": 4 * GIB,
            "starts": starts(row),
            "times_unknown_for": None,
        }
        if row.times.start is not None:
            expected |= {"start_seconds_low": 1 / 3, "start_seconds_high": 2.0}
        expected["instances_per_machine"] = round(row.instances / row.machines, 3)
        assert found == {name: "" if expected[name] is None else str(expected[name]) for name in COLUMNS}


def test_what_is_not_known_is_empty_and_never_zero() -> None:
    """No rack, price, power or spare."""
    found = read(comparison_csv(replace(hand_made.COMPARISON, rows=(hand_made.UNKNOWN,))))[0]
    names = ("plus_one_spare", "rack_units", "cabinets", "cost_per_month", "watts")
    assert [found[name] for name in names] == [""] * 5


def test_every_plain_value_of_a_row_has_a_column() -> None:
    """Only what is a list or a mapping in JSON is left out, and measured times, which are mappings where known."""
    plain = {name for name, value in era_json(hand_made.ROW).items() if not isinstance(value, dict | list)}
    assert set(COLUMNS) - ADDED == plain - {*(f"{name}_seconds" for name in Times._fields), "images"}


def test_images_have_columns() -> None:
    """What is on disks and pulled, with its bound, and how long that takes."""
    row = replace(hand_made.ROW, plan=replace(hand_made.PLAN, images=hand_made.IMAGES))
    [found] = read(comparison_csv(replace(hand_made.COMPARISON, rows=(row,))))
    assert [found[name] for name in IMAGE_COLUMNS] == ["3000", "2000", "1500", "2500", "20.0"]


def test_commas_quotes_and_line_breaks_survive() -> None:
    """Words with separators in them are quoted."""
    words = 'a, "b"\nc; d'
    row = replace(hand_made.ROW, why=words)
    [found] = read(comparison_csv(replace(hand_made.COMPARISON, rows=(row,))))
    assert found["why"] == words


def test_a_comparison_without_rows_is_a_header() -> None:
    """The columns are there even so."""
    assert comparison_csv(replace(hand_made.COMPARISON, rows=())) == ",".join(COLUMNS) + "\n"
