"""How far a controller may scale an application, and how many of its copies may be away at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Autoscaling:
    """The copies between which an autoscaler moves (HorizontalPodAutoscaler ``minReplicas``, ``maxReplicas``)."""

    minimum: int
    maximum: int


@dataclass(frozen=True)
class Share:
    """So many copies, or so many per cent of them."""

    number: int
    percent: bool = False

    def of(self, copies: int) -> int:
        """Copies, percentages rounded up (``pkg/controller/disruption``, ``getExpectedPodCount``)."""
        return -(-self.number * copies // 100) if self.percent else self.number

    def at_most(self, copies: int) -> int:
        """Copies, percentages rounded down (``pkg/controller/deployment/util``, ``ResolveFenceposts``)."""
        return self.number * copies // 100 if self.percent else self.number

    def __str__(self) -> str:
        return f"{self.number}%" if self.percent else str(self.number)


@dataclass(frozen=True)
class DisruptionBudget:
    """A PodDisruptionBudget (``namespace/name``): what evictions must leave, in one of two ways.

    It bounds evictions only, no rolling updates, and is one for all applications that it selects.
    """

    name: str
    minimum_available: Share | None = None
    maximum_unavailable: Share | None = None

    def evictable(self, copies: int) -> int:
        """How many of so many healthy copies may be evicted at once; none where the budget says nothing."""
        if self.maximum_unavailable is not None:
            return max(0, min(copies, self.maximum_unavailable.of(copies)))
        if self.minimum_available is not None:
            return max(0, copies - self.minimum_available.of(copies))
        return 0
