"""What a filter of the scheduler says of a node that it refuses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
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


def reason_counts(refusals: Iterable[Refusal | None]) -> dict[str, int]:
    """Each reason with the number of nodes that have it, by its text; None is a node that refuses nothing."""
    counts = Counter(reason for refusal in refusals if refusal is not None for reason in refusal.reasons)
    return dict(sorted(counts.items()))


def histogram(counts: Mapping[str, int]) -> str:
    """Reasons with their numbers as the scheduler lists them, in the order of the texts (``FitError.Error``)."""
    return ", ".join(sorted(f"{number} {reason}" for reason, number in counts.items()))
