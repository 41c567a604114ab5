"""What is published about each class as a whole: ``published.csv``, and where its columns come from."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

SOURCES = {
    "dSS": "da Silva, Schouery, INFORMS J. Computing 2023.0399 (2025): means over the published result files, time-outs "
    "included; one thread, Gurobi 10, 600 s",
    "BCCF": "Baldacci, Coniglio, Cordeau, Furini, numerically exact bin packing (2024): results.ods, 3600 s",
    "EXM": "Wei, Luo, Baldacci, Lim, branch-and-price-and-cut (2020): as printed beside BCCF in results.ods, 3600 s",
}


@cache
def _rows() -> list[dict[str, str]]:
    with Path(__file__).with_name("published.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def published(class_name: str) -> str:
    """One cell of the table: per method how many of the whole class were proven, and the mean seconds."""
    return "; ".join(
        f"{row['method']} {row['proven']}/{row['instances']}, {row['mean_s']} s"
        for row in _rows()
        if row["class"] == class_name
    )
