"""A first plan with spot nodes: the copies that may stand there on spot nodes alone, the others on all the rest.

Few types take all pods then, so that what the scheduler does with nodes of one type is no start: none of them is spot. Each
part by itself has such a start, and with half of the sets and of the types it is searched sooner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
from binpack_solvers.check import violations
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Flags, Problem


def apart(problem: Problem, spot: Flags, planned: Callable[[Problem], Packing | None]) -> Packing | None:
    """Both parts planned by themselves, where there are both and no rule between them is broken; else None.

    spot : (t,) which bin types are spot nodes. planned : the packing of a part, None without one.
    """
    room = (problem.sizes[:, None, :] <= problem.capacity[None, :, :]).all(axis=2) & problem.compatible
    movable: Flags = np.asarray(room[:, spot & (problem.available != 0)].any(axis=1), np.bool_)
    wanted = problem.demands > 0
    if not (wanted & movable).any() or not (wanted & ~movable).any():
        return None
    rows: list[tuple[int, Counter[int], int]] = []
    for items, types in ((~movable, ~spot), (movable, spot)):
        packing = planned(_part(problem, items, types))
        if packing is None:
            return None
        rows += [(k, Counter(content), times) for k, content, times in packing.patterns]
    both = Packing.from_patterns(rows)
    return None if violations(problem, both) else both


def _part(problem: Problem, items: Flags, types: Flags) -> Problem:
    return problem.replace(
        demands=np.where(items, problem.demands, 0),
        available=np.where(types, problem.available, 0),
        minimum_bins=0,
    )
