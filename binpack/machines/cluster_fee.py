"""What a provider asks for a cluster itself, whatever its nodes: from ``datasets/cluster_defaults``."""

from __future__ import annotations

import csv
from typing import NamedTuple

from binpack.datasets_path import datasets_path
from binpack.machines.price import price_per_month


class ClusterFee(NamedTuple):
    """Micro-dollars a month, and where the figure comes from."""

    per_month: int
    source: str


def cluster_fee(service: str) -> ClusterFee | None:
    """The fee of a Kubernetes service (``eks``, ``gke``, ``aks``); None where none is known."""
    path = datasets_path() / "cluster_defaults" / "cluster_fees.csv"
    with path.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["service"] == service:
                return ClusterFee(price_per_month(int(row["price_micro_dollars_per_hour"])), row["source"])
    return None
