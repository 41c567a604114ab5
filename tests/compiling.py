"""The kernels that a run of all tests compiles first: its processes share them out, where each would compile them all.

In order of their seconds with an empty cache: 20, 20, 17, 14, 12, 10, 9, 8, 6, 6, 5, 3. What is not here compiles in less.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from binpack_solvers.checking.best_pattern import Budget, exceeded
from binpack_solvers.column_generation.exact import _load_pricing_of_many, load_pricing
from binpack_solvers.constructions import load_heuristic
from binpack_solvers.heuristics.dealing import load_dealing
from binpack_solvers.heuristics.given_bins import load_overload
from binpack_solvers.heuristics.many_copies import load_many_copies
from binpack_solvers.online import OnlinePacking
from binpack_solvers.problem import Problem


def load_branch_and_price() -> None:
    """With the heuristic that it begins from."""
    load_heuristic("first_fit_decreasing")
    load_pricing()


def load_certificate() -> None:
    """The checker's own search."""
    exceeded(Problem([[3, 1], [2, 2]], [5, 5], demands=[2, 3]), 0, [3, 2], 1, [-1, -1], 5, Budget(10))


def load_online() -> None:
    """One kernel for all policies."""
    OnlinePacking(Problem([1], 1)).run([0, -1])


LOADERS: tuple[Callable[[], None], ...] = (
    load_branch_and_price,
    _load_pricing_of_many,
    load_overload,
    load_online,
    load_many_copies,
    load_dealing,
    load_certificate,
    *(
        partial(load_heuristic, name)
        for name in ("dot_product", "worst_fit_decreasing", "best_fit_decreasing", "pairing", "next_fit_decreasing")
    ),
)


def compile_share(process: int, processes: int) -> None:
    """Compile every so many-th, or load it from numba's cache."""
    for load in LOADERS[process::processes]:
        load()
