"""Solution: a packing, its value, the bounds beside it, and what they prove together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.bound import NO_BOUND, Reason
from binpack_solvers.column_generation.tree import Tree
from binpack_solvers.packing import Packing, Patterns

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


@dataclass
class Statistics:
    """What a run did. Times are wall seconds; ``compile_s`` (kernel compilation or loading) is not part of ``time_s``.

    bound_by, cost_bound_by : which argument gives each bound, in words. bound_reason : that of bins, to be decoded; of
        an ``infeasible`` problem what shows that it is.
    """

    method: str = ""
    time_s: float = 0.0
    compile_s: float = 0.0
    seed: int = 0
    bound_by: str = ""
    cost_bound_by: str = ""
    bound_reason: Reason = NO_BOUND.reason
    cost_proven: bool = False
    improvements: int = 0
    counters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Solution:
    """The answer to one Problem.

    bins, cost : value of the packing; None without one.
    lower_bound, cost_lower_bound : no packing that is best at the objective levels above (unplaced; cost) has fewer
        bins, or costs less. Equal where every bin costs 1.
    status : ``optimal`` when every objective level in play is proven, ``feasible`` with a packing but no proof,
        ``infeasible`` when ``reason`` names the item, rule or bound that shows that no packing exists, ``unknown``
        otherwise.
    unplaced : copies left out per item type (alternatives under the first of their group), optional or not.
    moves : total move cost against ``Problem.initial``.
    reason : why, in words: for ``infeasible`` what shows it.
    certificate : what proves a bound on cost that no elementary bound gives; see ``column_generation.certificate``. None
        where the bounds are elementary or another search's.
    tree : the tree of branch and price, to be replayed by ``checking.tree``; None unless ``solve`` was asked for it.
    """

    status: Status
    packing: Packing | None
    bins: int | None
    cost: int | None
    lower_bound: int
    cost_lower_bound: int
    unplaced: dict[int, int] = field(default_factory=dict)
    moves: int = 0
    reason: str = ""
    certificate: dict[str, Any] | None = None
    tree: Tree | None = None
    statistics: Statistics = field(default_factory=Statistics)

    @property
    def gap(self) -> float | None:
        """(value - bound) / value, the larger of cost's and bins'; None without a packing."""
        if self.bins is None or self.cost is None:
            return None
        pairs = ((self.cost, self.cost_lower_bound), (self.bins, self.lower_bound))
        return max((value - bound) / value if value else 0.0 for value, bound in pairs)

    @property
    def patterns(self) -> Patterns:
        """The packing's patterns; empty without a packing."""
        return self.packing.patterns if self.packing is not None else Packing.from_patterns([]).patterns

    def assignment(self) -> NDArray[np.int64]:
        """See ``Packing.assignment``; empty without a packing."""
        return self.packing.assignment() if self.packing is not None else np.empty(0, np.int64)
