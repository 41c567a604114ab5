"""The least number of bins as a rule of one bin: an item type that marks them.

Where at least so many bins are asked for and nothing else looks beyond one bin, an item of no size does as well: as many
copies of it, one to a bin. A packing of both is one of the problem, its marks left out, and the other way round. The
configuration LP, whole numbers of bins, dives and branching then know of the rule, as of any other item.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from binpack_solvers.column_generation.certificate import Certificate, SideRowDual
from binpack_solvers.column_generation.master import Floats
from binpack_solvers.packing import Packing
from binpack_solvers.problem import MUST_BE_PACKED, NO_ALTERNATIVE, Problem


def with_bins_marked(problem: Problem, bins: int) -> Problem:
    """The problem, whose rules look at one bin and of which no item is exclusive, with a last item type for the marks."""
    mark = problem.item_types
    return problem.replace(
        sizes=np.vstack([problem.sizes, np.zeros((1, problem.resources), np.int64)]),
        demands=np.append(problem.demands, bins),
        compatible=np.vstack([problem.compatible, np.ones((1, problem.bin_types), np.bool_)]),
        alternatives=np.append(problem.alternatives, NO_ALTERNATIVE),
        optional=np.append(problem.optional, MUST_BE_PACKED),
        exclusive=np.append(problem.exclusive, False),
        limits=np.vstack([problem.limits, [mark, mark, 1, 0]]),
        move_cost=np.append(problem.move_cost, 0),
        item_names=(),
    )


def worth_with_marks(worth: Floats) -> Floats:
    """Of copies, as ``Contents`` has it: nothing is known of marks."""
    return np.append(worth, 0.0) if len(worth) else worth


def without_marks(packing: Packing, item_types: int) -> Packing:
    """The same bins, with the first ``item_types`` alone; the packing itself if there are no others."""
    if not (packing.item >= item_types).any():
        return packing
    return Packing.from_patterns(
        (k, {i: count for i, count in content.items() if i < item_types}, times)
        for k, content, times in packing.patterns
    )


def certificate_without_marks(certificate: Certificate) -> Certificate | None:
    """The same of the problem without marks, at whose root it is: what a mark is worth is the dual of ``minimum_bins``.

    None with the waste rule, which knows of no side rows.
    """
    worth = certificate.duals[-1]
    if worth and certificate.max_waste is not None:
        return None
    return replace(
        certificate,
        duals=certificate.duals[:-1],
        best_pattern_value=tuple(value - worth if value else 0 for value in certificate.best_pattern_value),
        side_row_duals=(SideRowDual("minimum_bins", (), worth),) if worth else (),
    )
