"""How many volumes a rented node attaches, by the driver that does it."""

from __future__ import annotations

import csv
from functools import cache

from binpack.datasets_path import datasets_path


@cache
def attach_limits(provider: str) -> dict[str, int]:
    """Driver -> most volumes at once on a node of the provider (``datasets/attach_limits``); none for racked machines."""
    with open(datasets_path() / "attach_limits" / "attach_limits.csv", newline="", encoding="utf-8") as file:
        return {row["driver"]: int(row["volumes"]) for row in csv.DictReader(file) if row["provider"] == provider}
