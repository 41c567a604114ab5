"""Charges straight from the overhead data: one per resource, each with its row's amount and source."""

from __future__ import annotations

from collections.abc import Sequence

from binpack.era_plan import Charge
from binpack.machines.overheads import Overheads


def charges_of(kind: str, name: str, resources: Sequence[str], overheads: Overheads) -> tuple[Charge, ...]:
    """Charges of ``kind`` from the rows ``name.resource`` of ``datasets/overheads``."""
    rows = ((resource, f"{name}.{resource}") for resource in resources)
    return tuple(Charge(kind, overheads.source(row), resource, overheads[row]) for resource, row in rows)
