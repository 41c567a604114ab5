"""A Comparison as CSV: one row per era and shape."""

from __future__ import annotations

import csv
import io

from binpack.comparison import Comparison
from binpack.report.json import era_json

COLUMNS = (
    *("era", "shape", "machines", "plus_one_spare", "rack_units", "cabinets", "nodes", "virtual_machines", "instances"),
    *(
        "lower_bound",
        "cost_lower_bound",
        "status",
        "full_of",
        "cost_per_month",
        "watts",
        "updates_without_downtime",
        "why",
    ),
)


def comparison_csv(comparison: Comparison) -> str:
    """The plain columns of every row; unknown is empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(era_json(row) for row in comparison.rows)
    return stream.getvalue()
