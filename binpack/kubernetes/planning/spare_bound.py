"""What no plan with spares goes below: what is left after every failure still holds the pods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread

from binpack.kubernetes.planning.planner import NodePlan
from binpack.kubernetes.planning.rules import Rules


class Bound(NamedTuple):
    """nodes : at the least. cost : of them, micro-dollars per hour."""

    nodes: int = 0
    cost: int = 0

    def or_more(self, other: Bound) -> Bound:
        """The stronger of two bounds, in both respects."""
        return Bound(max(self.nodes, other.nodes), max(self.cost, other.cost))


def bound_of(plan: NodePlan) -> Bound:
    """What a plan without spares says of all plans. Nodes are counted only where all cost the same: elsewhere a dearer plan
    may have fewer than the cheapest."""
    nodes = plan.solution.lower_bound if priced_alike(plan.problem) else plan.problem.minimum_bins
    return Bound(nodes, plan.solution.cost_lower_bound * plan.unit)


def bound_of_rest(plan: NodePlan, seconds: float, threads: int = 1, seed: int = 0) -> Bound:
    """What is left after a failure has at least so many nodes and costs at least so much, over the classes of the plan.

    A plan's least number of nodes is not asked of the rest, and of its rules those that last.
    """
    problem = _lasting(plan.problem, plan.rules)
    if not problem.demands.any():
        return Bound()
    same = len(problem.spread) == len(plan.problem.spread) and len(problem.requires) == len(plan.problem.requires)
    if same and priced_alike(problem) and plan.solution.lower_bound > plan.problem.minimum_bins:
        return bound_of(plan)
    solution = solve(problem, "auto", seconds, threads, seed, initial=plan.solution.packing)
    return Bound(solution.lower_bound if priced_alike(problem) else 1, solution.cost_lower_bound * plan.unit)


def priced_alike(problem: Problem) -> bool:
    """Do all nodes cost the same?"""
    return len(set(problem.cost.tolist())) == 1


def _lasting(problem: Problem, rules: Rules) -> Problem:
    """The problem with those rules that hold of the rest whatever the scheduler has come to.

    Room, ports and who stands apart always hold. Company at a level above the node need not: who is followed may come again
    elsewhere, and its followers stay. Neither need a spread over such a level, part of which may be lost, or a domain of
    it. Over nodes, each of which is lost whole, it lasts, though with fewer domains than it asks for only at a skew of 1.
    """
    if rules.stricter:
        return problem.replace(minimum_bins=0, spread=(), requires=problem.requires[:0])
    leader, follower, level = problem.requires.T
    spread = [each for each in problem.spread if _lasts(each)]
    return problem.replace(
        minimum_bins=0, spread=spread, requires=problem.requires[(level == 0) | (leader == follower)]
    )


def _lasts(spread: Spread) -> bool:
    own = spread.counted == spread.carriers
    return own and spread.key == 0 and (spread.max_skew == 1 or spread.min_domains <= 1)


def with_lost_nodes(rest: Bound, lost: int, cheapest: int) -> Bound:
    """So many nodes may fail, whichever they are: beside them there is the rest."""
    return Bound(rest.nodes + lost, rest.cost + lost * cheapest)


def with_lost_zone(rests: Sequence[Bound], outside: bool) -> Bound:
    """One of some zones may fail: what is outside of it is the rest of that zone.

    Summed over all Z zones, a node counts Z - 1 times, and Z times if it is in no zone. outside : are there such nodes?
    """
    times = len(rests) if outside else len(rests) - 1
    most = Bound(max(rest.nodes for rest in rests), max(rest.cost for rest in rests))
    mean = Bound(-(-sum(rest.nodes for rest in rests) // times), -(-sum(rest.cost for rest in rests) // times))
    return most.or_more(mean)
