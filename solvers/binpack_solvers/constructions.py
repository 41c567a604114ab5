"""The constructions that ``auto`` runs, in their order, each with what loads its kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.context import Context
from binpack_solvers.heuristics import dealing, spread_worst_fit
from binpack_solvers.heuristics.minimum_bin_slack import applies as bin_slack_applies
from binpack_solvers.heuristics.registry import HEURISTICS, heuristic
from binpack_solvers.heuristics.variants import variants
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

IN_AUTO = tuple(name for name in HEURISTICS if name not in ("norm_based_greedy", "fitness", "pairing"))
AT_ONCE = "first_fit_decreasing"
BIN_CENTRIC = ("dot_product", "minimum_bin_slack")
LARGEST_BIN_CENTRIC, FEW_RESOURCES = 10**8, 4
"""Item types times bins of different content, with more resources as many times more, up to which ``auto`` runs these:
about 3 s, and a kernel cannot be interrupted."""


def constructions(context: Context) -> Iterator[tuple[Callable[[], None], Callable[[], Packing | None]]]:
    """What loads the kernels of each run, and the run."""
    problem = context.problem
    bin_centric = _looks_of_bin_centric(context) <= LARGEST_BIN_CENTRIC
    spread_first = spread_worst_fit.applies(problem)
    for spread in spread_worst_fit.spreads(problem, context.bounds.bins) if spread_first else ():
        yield load_kernels, spread
    yield partial(load_heuristic, AT_ONCE), partial(HEURISTICS[AT_ONCE], problem, context.seed)
    if dealing.applies(problem):
        yield dealing.load_dealing, partial(dealing.dealt, context)
    if spread_first:
        return  # the others take longer and end far behind
    for name in IN_AUTO:
        if name == AT_ONCE or (name == "minimum_bin_slack" and not bin_slack_applies(problem)):
            continue
        if bin_centric or name not in BIN_CENTRIC:
            yield partial(load_heuristic, name), partial(HEURISTICS[name], problem, context.seed)
    for _, run in variants(problem, context.bounds.bins, bin_centric):
        yield load_kernels, run


def _looks_of_bin_centric(context: Context) -> int:
    problem = context.problem
    return problem.item_types * most_fills(context) * max(FEW_RESOURCES, problem.resources) // FEW_RESOURCES


def most_fills(context: Context) -> int:
    """How many bins of different content filling one after the other makes at most, whatever the copies.

    A bin is repeated until an item type has fewer copies left than the bin holds of it, or until no bin of the type is left.
    What is left of that item type is halved at least each time that it ends a repetition again.
    """
    problem = context.problem
    most = int(most_per_bin(problem).max(initial=0))
    return min(context.bounds.bins, problem.item_types * (most.bit_length() + 1) + problem.bin_types)


def load_kernels() -> None:
    """Compile the kernels of all heuristics, or load them from numba's cache, unless that is done."""
    for name in IN_AUTO:
        load_heuristic(name)


@cache
def load_heuristic(method: str) -> None:
    """The same for one of them: where a first packing meets the bounds, a run needs no other, and each compiles for
    seconds."""
    chosen = heuristic(method)
    if chosen is not None:
        chosen(Problem([3], 5, demands=[3]) if method in HEURISTICS else Problem([[3, 3]], [5, 5], demands=[3]), 0)
