"""The form of a packing: indices that exist, item types ascending within a row."""

from __future__ import annotations

import numpy as np

from binpack_solvers.checking.rows import some
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem


def form_violations(problem: Problem, packing: Packing) -> list[str]:
    """What makes the packing unreadable against this problem; the other rules can be asked only where this is empty."""
    row_of = np.repeat(np.arange(len(packing.bin_type)), np.diff(packing.indptr))
    unordered = np.flatnonzero((np.diff(packing.item) <= 0) & (np.diff(row_of) == 0))
    found = some(
        "form",
        unordered.tolist(),
        lambda e: (
            f"pattern {row_of[e]} lists item {packing.item[e + 1]} after item {packing.item[e]}; expected ascending"
        ),
    )
    found += some(
        "index",
        np.flatnonzero(packing.bin_type >= problem.bin_types).tolist(),
        lambda row: f"pattern {row} is of bin type {packing.bin_type[row]}; there are {problem.bin_types}",
    )
    return found + some(
        "index",
        np.flatnonzero(packing.item >= problem.item_types).tolist(),
        lambda e: f"pattern {row_of[e]} holds item {packing.item[e]}; there are {problem.item_types}",
    )
