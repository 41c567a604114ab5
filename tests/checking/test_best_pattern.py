"""The checker's own search for a pattern above a threshold against the enumeration of all contents."""

from __future__ import annotations

import naive_kernels
import naive_patterns
import numpy as np
import strategies
from binpack_solvers.checking.best_pattern import Budget, exceeded
from binpack_solvers.kernels.best_pattern import IMPOSSIBLE, bounded_knapsack
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

OF_ONE_BIN = ("demands", "compatible", "alternatives", "exclusive", "limits", "setups")
PLENTY = 10**6


@settings(max_examples=300)
@given(data=st.data(), problem=strategies.problems(rules=OF_ONE_BIN, max_types=2))
def test_a_pattern_exceeds_exactly_what_the_best_one_is_worth(data, problem):
    """For any duals and allowed waste, the best value itself is not exceeded and one less is."""
    duals = [data.draw(st.integers(0, 9)) for _ in range(problem.item_types)]
    scale = data.draw(st.integers(1, 3))
    waste = [data.draw(st.sampled_from([-1, -1, 0, 1, 3])) for _ in range(problem.resources)]
    for k in range(problem.bin_types):
        best = naive_patterns.best(problem, k, duals, scale, waste)
        if best is None:
            assert exceeded(problem, k, duals, scale, waste, 0, Budget(PLENTY)) == "none"
        else:
            assert exceeded(problem, k, duals, scale, waste, best, Budget(PLENTY)) == "none"
            assert exceeded(problem, k, duals, scale, waste, best - 1, Budget(PLENTY)) == "one"


@settings(max_examples=100)
@given(data=st.data(), problem=strategies.problems(rules=("demands", "limits"), max_types=1))
def test_large_numbers_change_nothing(data, problem):
    """Sizes in bytes and duals near 2**45 give the answer of the small numbers they are multiples of."""
    duals = [data.draw(st.integers(0, 9)) for _ in range(problem.item_types)]
    large = problem.replace(sizes=problem.sizes * 2**40, capacity=problem.capacity * 2**40 + 2**39)
    best = naive_patterns.best(problem, 0, duals, 1, [-1] * problem.resources)
    free = [-1] * problem.resources
    worth = [dual * 2**42 for dual in duals]
    assert exceeded(large, 0, worth, 1, free, best * 2**42, Budget(PLENTY)) == "none"
    assert exceeded(large, 0, worth, 1, free, best * 2**42 - 1, Budget(PLENTY)) == "one"


def test_a_spent_budget_decides_nothing():
    """Without steps left the answer is that there is none, whatever is true."""
    problem = Problem([[2, 3], [3, 2], [4, 1]], [6, 6])
    assert exceeded(problem, 0, [2, 2, 2], 1, [-1, -1], 4, Budget(0)) == "undecided"
    assert exceeded(problem, 0, [2, 2, 2], 1, [-1, -1], 4, Budget(PLENTY)) == "none"


@given(
    items=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9), st.integers(0, 4)), min_size=1, max_size=4),
    room=st.integers(0, 15),
    waste=st.integers(-1, 4),
)
def test_the_table_holds_the_best_of_every_suffix_and_room(items, room, waste):
    """bounded_knapsack says the most for items j.. in room w; impossible where the waste cannot be met."""
    weight, worth, most = (np.array(column, np.int64) for column in zip(*items, strict=True))
    table = bounded_knapsack(weight, worth, most, room, waste)
    for j in range(len(items) + 1):
        for w in range(room + 1):
            expected = naive_kernels.bounded_knapsack(items[j:], w, waste)
            assert (table[j, w] if table[j, w] > IMPOSSIBLE // 2 else None) == expected
