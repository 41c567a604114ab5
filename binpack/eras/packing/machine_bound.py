"""MachineBound: what is proven about the machines of one era, and the reason for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from binpack_solvers.bounds.bound import SEARCH, Reason

from binpack.eras.packing.compilation import Compiled


@dataclass(frozen=True)
class MachineBound:
    """No placement takes fewer than ``machines``, or costs less than ``cost`` (in the unit of ``Problem.cost``).

    reason : of ``machines``; its resources and items are those of ``compiled``.
    relaxed : ``compiled`` asks less than the era does: one VM as large as its machine, and no limit on pods.
    spare : of ``machines``, those that are there to be lost.
    """

    machines: int
    cost: int
    reason: Reason
    compiled: Compiled
    relaxed: bool = False
    spare: int = 0

    @property
    def cost_per_hour(self) -> int:
        """``cost`` in micro-units an hour where machines have prices, else the machines that it stands for."""
        objective = self.compiled.objective
        return self.cost if objective is None else objective.per_hour(self.cost)


def raised(bound: MachineBound, cost: int, prices: Sequence[int]) -> MachineBound:
    """The same with a cost that a search has proven; where all machines have one price, it is a number of them as well."""
    price = prices[0] if len(set(prices)) == 1 else 0
    machines = -(-cost // price) if price else 0
    if machines > bound.machines:
        bound = replace(bound, machines=machines, reason=SEARCH, relaxed=False)
    return replace(bound, cost=max(cost, bound.cost))
