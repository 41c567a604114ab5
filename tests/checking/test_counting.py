"""Whole bins of each type that give what all copies are worth, against all numbers of bins one by one."""

from __future__ import annotations

from itertools import product

import naive
import strategies
from binpack_solvers.checking.branching import Subproblem
from binpack_solvers.checking.counting import counted
from binpack_solvers.checking.tree import replay_tree
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.column_generation.tree_log import BY_COUNTS
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st

PLAIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")
MOST_BINS = 12


def says_nothing(problem: Problem, markers: int = 0) -> Certificate:
    zero = (0,) * problem.bin_types
    return Certificate(1, (0,) * (problem.item_types + markers), zero, zero, (), None, None, 0)


@st.composite
def judged(draw):
    """Bin types of one resource, copies, duals, what a bin is worth at most, bins there are at least, and a cost."""
    types = draw(st.integers(1, 3))
    numbers = st.integers(1, 9)
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    problem = Problem(
        sizes,
        [[draw(numbers)] for _ in range(types)],
        demands=[draw(st.integers(1, 4)) for _ in sizes],
        cost=[draw(numbers) for _ in range(types)],
        available=[draw(st.sampled_from([-1, 0, 1, 2, 5])) for _ in range(types)],
    )
    fewest = {k: draw(st.integers(1, 2)) for k in range(types) if draw(st.booleans())}
    worth = tuple(draw(st.integers(0, 20)) for _ in range(types))
    duals = tuple(draw(st.integers(0, 10)) for _ in range(len(sizes) + len(fewest)))
    certificate = Certificate(1, duals, (0,) * types, worth, (), None, None, 0)
    return Subproblem(problem, fewest), certificate, draw(st.integers(0, 40))


@settings(max_examples=300)
@given(drawn=judged())
def test_numbers_of_bins_are_those_of_the_definition(drawn):
    """``no`` exactly if no numbers of bins within their limits cost so little and give the volume and the worth."""
    packed, certificate, most_cost = drawn
    problem = packed.problem
    each = list(certificate.best_pattern_value)
    for k, dual in zip(packed.marked, certificate.duals[problem.item_types :], strict=True):
        each[k] -= dual
    worth = sum(int(n) * dual for n, dual in zip(problem.demands, certificate.duals, strict=False))
    volume = int(problem.demands @ problem.sizes[:, 0])
    limits = [MOST_BINS * 4 if a < 0 else a for a in problem.available.tolist()]
    there = [range(packed.fewest.get(k, 0), limit + 1) for k, limit in enumerate(limits)]
    holds = any(
        sum(n * c for n, c in zip(bins, problem.cost.tolist(), strict=True)) <= most_cost
        and sum(n * c for n, c in zip(bins, problem.capacity[:, 0].tolist(), strict=True)) >= volume
        and sum(n * max(0, e) for n, e in zip(bins, each, strict=True)) >= worth
        for bins in product(*there)
    )
    assert counted(packed, certificate, most_cost) == ("yes" if holds else "no")


@settings(max_examples=100)
@given(problem=strategies.problems(max_items=4, max_copies=6, rules=PLAIN))
def test_no_packing_is_counted_out(problem):
    """At the cost of the best packing whole bins give enough, whatever rules are in play."""
    expected = naive.optimum(problem)
    assume(problem.demands.any() and expected is not None and not any(expected.unplaced))
    assert counted(Subproblem(problem, {}), says_nothing(problem), expected.cost) == "yes"


def test_a_tree_that_counts_is_replayed():
    """The volume would do with a cost of 75; no whole numbers of bins give what the duals ask for below 78."""
    problem = Problem([14, 22, 49], [[68], [38], [37]], demands=[3, 3, 1], cost=[30, 19, 18])
    solution = solve(problem, method="exact", time_limit=30, tree=True)
    assert (solution.status, solution.statistics.cost_bound_by) == ("optimal", BY_COUNTS)
    assert [node.outcome for node in solution.tree.nodes] == ["counted"]
    assert replay_tree(problem, solution.tree, solution.cost).result == "proved"
    assert replay_tree(problem, solution.tree, solution.cost + 1).result == "refuted"
