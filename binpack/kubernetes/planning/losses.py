"""What a placement with evictions gives up, in the order in which it counts: pods that wait on, and pods that are evicted.

The most important loss is a waiting pod of the highest priority. After the waiting pods of each priority come the running
ones that may go for these but not for any below them: first those whose eviction breaks a disruption budget, then the
others, either by priority. So a pod is evicted only for more important ones, as few as can be, and never for room that less
important ones would like to have (the order in which the scheduler itself chooses among nodes, ``pickOneNodeForPreemption``,
over all nodes at once).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from binpack.kubernetes.disruption_budgets import Budget, breaking
from binpack.kubernetes.pod import Pod, PodTemplate


class Loss(NamedTuple):
    """One kind of loss. Smaller ones, as tuples, are more important."""

    block: int
    """Minus the priority of the waiting pods with which it counts."""
    part: int
    rank: int
    """Minus the priority of the pod itself."""


_WAITS, _BREAKS, _GOES = range(3)


class Losses:
    """The losses that there may be. waiting : the pods that want a place."""

    def __init__(self, waiting: Sequence[Pod]) -> None:
        self._levels = sorted({pod.template.priority for pod in waiting if pod.template.preempts})

    @property
    def highest(self) -> int | None:
        """Pods in place of a lower priority than this may go; None: none may."""
        return self._levels[-1] if self._levels else None

    def of_waiting(self, template: PodTemplate) -> Loss:
        """That a pod of this template stays pending."""
        return Loss(-template.priority, _WAITS, -template.priority)

    def of_evicted(self, template: PodTemplate, breaks: bool) -> Loss:
        """That a pod in place goes. breaks : it is one more than its budget allows."""
        least = next(level for level in self._levels if level > template.priority)
        return Loss(-least, _BREAKS if breaks else _GOES, -template.priority)

    def count(self, pending: Sequence[Pod], evicted: Sequence[Pod], budgets: Sequence[Budget]) -> Counter[Loss]:
        """How many there are of each. evicted : the most important first."""
        found = Counter(self.of_waiting(pod.template) for pod in pending)
        pairs = zip(evicted, breaking(evicted, budgets), strict=True)
        found.update(self.of_evicted(pod.template, breaks) for pod, breaks in pairs)
        return found


def compared(counts: Sequence[Counter[Loss]]) -> list[tuple[int, ...]]:
    """The counts as tuples, of which a smaller one is better."""
    kinds = sorted(set().union(*counts))
    return [tuple(count[kind] for kind in kinds) for count in counts]
