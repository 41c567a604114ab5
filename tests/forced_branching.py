"""A search of small problems that has to branch: no dives, no programs in whole bins, no bins counted, and a
root that proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from unittest import mock

from binpack_solvers import portfolio
from binpack_solvers.column_generation import branch_and_price, node
from binpack_solvers.column_generation.exact import solve_exact
from binpack_solvers.column_generation.tree import Tree
from binpack_solvers.column_generation.tree_log import TreeLog
from binpack_solvers.context import Context
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.problem import Problem

ENOUGH = 100.0


def _nothing(*_: object) -> None:
    """In place of a phase."""


def _as_known(_pricer: object, _relaxation: object, known: int, _target: int) -> int:
    """In place of a bound that counts bins."""
    return known


def _first_fit(context: Context) -> None:
    context.offer(HEURISTICS["first_fit"](context.problem, 0))


@contextmanager
def forced_branching(most_listed: int = 0) -> Iterator[None]:
    """Inside, branch and price branches down to leaves, but for at most so many configurations that it may list."""
    with ExitStack() as stack:
        for where, name, instead in (
            (branch_and_price, "MOST_ENUMERATED", most_listed),
            (branch_and_price, "solve_restricted_master", _nothing),
            (node, "cost_of_bins", _as_known),
            (branch_and_price.Dive, "run", _nothing),
            (branch_and_price.BranchAndPrice, "_state_bound", _nothing),
            (portfolio, "_construct", _first_fit),
            (portfolio, "_improve", _nothing),
        ):
            stack.enter_context(mock.patch.object(where, name, instead))
        yield


def logged(problem: Problem, start: bool = True, most_listed: int = 0) -> tuple[Context, Tree]:
    """A search with no bounds before it, from a packing by first fit or from none, and its tree."""
    context = Context(problem, monotonic() + ENOUGH)
    context.tree_log = TreeLog()
    with forced_branching(most_listed):
        if start:
            context.offer(HEURISTICS["first_fit"](problem, 0))
        infeasible = solve_exact(context)
    return context, context.tree_log.tree(context.bounds, infeasible)
