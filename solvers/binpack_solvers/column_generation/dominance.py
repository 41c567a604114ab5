"""Branch and price on what dominance leaves: bins that some best packing holds are taken, the others are searched for."""

from __future__ import annotations

from binpack_solvers.bounds.bound import Bounds
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.branch_and_price import BranchAndPrice
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.column_generation.contents import contents_of
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.node_certificate import root_certificate
from binpack_solvers.context import Context
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.objective import Value
from binpack_solvers.packing import Packing
from binpack_solvers.problem import MUST_BE_PACKED, NO_ALTERNATIVE, UNLIMITED, Problem
from binpack_solvers.reductions.dominant_bins import Bins, dominant_bins

LEAST_TAKEN = 0.25
"""Less than this share of the copies is not worth a problem of its own: the eighth taken in Hard28 does not pay."""
STARTS = ("first_fit_decreasing", "best_fit_decreasing", "minimum_bin_slack")


def search_what_is_left(context: Context) -> int | None:
    """Search, and how many nodes it took; None, with nothing proven, where the problem has to be searched as it is.

    That is where dominance takes too little, where rules are in play under which it does not hold, or where no packing of
    what is left is as good as the incumbent; and where the tree is logged, which is to be one of the whole problem. The
    certificate of a bound found is that of the root of the whole problem.
    """
    problem = context.problem
    if not dominance_holds(problem) or context.tree_log is not None:
        return None
    taken, left = dominant_bins(problem.sizes[:, 0].tolist(), problem.demands.tolist(), int(problem.capacity[0, 0]))
    if sum(left) > (1 - LEAST_TAKEN) * problem.copies:
        return None
    cost = int(problem.cost[0]) * sum(times for _, times in taken)
    inner = _inner(context, problem.replace(demands=left), taken)
    if context.value is not None and (inner.value is None or inner.value.cost + cost > context.value.cost):
        return None
    elementary = context.bounds
    search = BranchAndPrice(inner, {})
    if not inner.optimal:
        search.run(inner.problem)
    context.raise_bound(cost + inner.bounds.cost, f"dominance, and {inner.bounds.cost_by} for what is left")
    if context.bounds.cost > elementary.cost:
        context.certificate = _certificate(context, elementary)
    return search.nodes


def dominance_holds(problem: Problem) -> bool:
    """Whether exchanging what stands beside an item breaks no rule: one resource, one bin type without end, no rules."""
    rules = (len(problem.limits), len(problem.requires), problem.setups, problem.spread, problem.initial)
    return (
        problem.resources == problem.bin_types == 1
        and int(problem.available[0]) == UNLIMITED
        and not any(rules)
        and problem.minimum_bins == 0
        and bool(problem.compatible.all() and not problem.exclusive.any())
        and bool((problem.alternatives == NO_ALTERNATIVE).all() and (problem.optional == MUST_BE_PACKED).all())
    )


def completed(packing: Packing, taken: Bins) -> Packing:
    """The packing of what was left, and the bins that were taken."""
    return Packing.from_patterns([*packing.patterns, *((0, items, times) for items, times in taken)])


def _inner(context: Context, left: Problem, taken: Bins) -> Context:
    """A run on what is left, whose packings are offered to ``context``, which ends it once it needs no more."""

    def offer(packing: Packing, _: Value) -> None:
        context.offer(completed(packing, taken))

    inner = Context(
        left, context.deadline, context.seed, context.threads, lambda: context.stopped or context.optimal, offer
    )
    inner.bounds = lower_bounds(left)
    if not left.demands.any():
        inner.offer(Packing.from_patterns([]))
    for name in STARTS:
        if not inner.optimal:
            inner.offer(HEURISTICS[name](left, context.seed))
    return inner


def _certificate(context: Context, elementary: Bounds) -> Certificate | None:
    """Of the whole problem's root, if that shows more than the elementary bounds: duals of what is left say nothing of what
    was taken."""
    whole = Context(context.problem, context.deadline, context.seed, context.threads, context.stop)
    whole.bounds, whole.packing, whole.value = elementary, context.packing, context.value
    solved = SolvedNode(Node(whole.problem), contents_of(whole.packing, whole.problem.item_types), whole)
    if context.over or not solved.relax():
        return None
    bound = min(solved.bound, solved.target)
    return root_certificate(solved, bound) if bound > elementary.cost else None
