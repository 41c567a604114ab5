"""What must hold of proven optima when the problem is rewritten, gets harder, or gets easier."""

from __future__ import annotations

import numpy as np
import strategies
from binpack_solvers.objective import evaluate
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

SIMPLE = ("demands", "compatible", "exclusive", "limits", "setups", "minimum_bins")
ENOUGH = 10.0


def optimum(problem):
    """The proven best value, or None where nothing can be packed."""
    solution = solve(problem, time_limit=ENOUGH)
    assert solution.status in ("optimal", "infeasible")
    return None if solution.packing is None else evaluate(problem, solution.packing)


def permuted(problem, order):
    """The same problem with its item types in another order."""
    place = {old: new for new, old in enumerate(order)}
    return problem.replace(
        sizes=problem.sizes[order],
        demands=problem.demands[order],
        compatible=problem.compatible[order],
        alternatives=problem.alternatives[order],
        optional=problem.optional[order],
        exclusive=problem.exclusive[order],
        limits=[(place[i], place[j], k, level) for i, j, k, level in problem.limits.tolist()] or None,
        requires=[(place[i], place[j], level) for i, j, level in problem.requires.tolist()] or None,
        setups=[type(s)(tuple(place[i] for i in s.members), s.size, s.types, s.cost) for s in problem.setups],
        move_cost=problem.move_cost[order],
    )


@settings(max_examples=200)
@given(data=st.data())
def test_the_order_of_items_does_not_matter(data):
    """Permuting item types changes no proven optimum."""
    rules = tuple(r for r in strategies.RULES if r not in ("spread", "initial"))
    problem = data.draw(strategies.problems(rules=rules))
    order = data.draw(st.permutations(range(problem.item_types)))
    assert optimum(problem) == optimum(permuted(problem, np.array(order)))


@settings(max_examples=200)
@given(problem=strategies.problems(), factor=st.sampled_from([2, 7, 2**40]))
def test_the_unit_does_not_matter(problem, factor):
    """Scaling all sizes and capacities by a constant changes no proven optimum."""
    scaled = problem.replace(
        sizes=problem.sizes * factor,
        capacity=problem.capacity * factor,
        setups=[type(s)(s.members, tuple(factor * x for x in s.size), s.types, s.cost) for s in problem.setups],
    )
    assert optimum(problem) == optimum(scaled)


@settings(max_examples=200)
@given(problem=strategies.problems(max_items=3, rules=SIMPLE), size=st.integers(0, 6))
def test_one_more_item_never_needs_fewer_bins(problem, size):
    """Adding an item type, free of rules, never lowers the optimum, and never makes the impossible possible."""
    more = Problem(
        np.vstack([problem.sizes, [[size] * problem.resources]]),
        problem.capacity,
        demands=[*problem.demands.tolist(), 1],
        compatible=np.vstack([problem.compatible, [[True] * problem.bin_types]]),
        exclusive=[*problem.exclusive.tolist(), False],
        limits=problem.limits if len(problem.limits) else None,
        setups=problem.setups,
        minimum_bins=problem.minimum_bins,
    )
    before, after = optimum(problem), optimum(more)
    assert after is None or (before is not None and before <= after)


@settings(max_examples=200)
@given(problem=strategies.problems(rules=(*SIMPLE, "cost", "available")), room=st.integers(1, 4))
def test_more_room_never_needs_more_bins(problem, room):
    """Raising every capacity never raises the optimum, and never makes the possible impossible."""
    before, after = optimum(problem), optimum(problem.replace(capacity=problem.capacity + room))
    assert before is None or (after is not None and after <= before)
