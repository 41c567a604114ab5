"""MachineBound: what is proven about the machines of one era, and the reason for it."""

from __future__ import annotations

from dataclasses import dataclass

from binpack_solvers.bounds.bound import Reason

from binpack.eras.compilation import Compiled


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
