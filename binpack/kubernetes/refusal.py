"""What a filter of the scheduler says of a node that it refuses."""

from __future__ import annotations

from typing import Literal, NamedTuple

Code = Literal["Unschedulable", "UnschedulableAndUnresolvable"]

UNSCHEDULABLE: Code = "Unschedulable"
"""Removing pods from the node may help."""
UNRESOLVABLE: Code = "UnschedulableAndUnresolvable"
"""No removal of pods from the node helps."""


class Refusal(NamedTuple):
    """A node refused: by which plug-in, with which code, and for which reasons in the scheduler's own words."""

    plugin: str
    code: Code
    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.reasons)
