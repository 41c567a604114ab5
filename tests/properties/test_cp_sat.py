"""CP-SAT equals brute force on small random problems with every rule in play."""

from __future__ import annotations

import naive
import strategies
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import check
from binpack_solvers.cp_sat import solve_cp_sat
from hypothesis import given, settings
from hypothesis import strategies as st

ENOUGH = 30.0


@settings(max_examples=150)
@given(data=st.data(), every_rule=st.booleans(), bounded=st.booleans(), hinted=st.booleans())
def test_the_answer_is_the_brute_force_optimum(data, every_rule, bounded, hinted):
    """Same value at every level of the objective, proven, or infeasible; with and without hint and bounds."""
    problem = data.draw(strategies.problems(max_rules=len(strategies.RULES) if every_rule else 4))
    expected = naive.optimum(problem)
    hint = data.draw(strategies.packings(problem)) if hinted else None
    if hint is not None and naive.violations(problem, hint):
        hint = None
    bounds = lower_bounds(problem) if bounded else None
    result = solve_cp_sat(problem, time_limit=ENOUGH, hint=hint, bounds=bounds)
    if expected is None:
        assert (result.status, result.packing) == ("infeasible", None)
        assert result.reason
        return
    assert result.status == "optimal"
    assert result.bounds == expected
    assert result.proven == ("unplaced", "cost", "bins", "moves")
    assert result.packing is not None
    check(problem, result.packing)
    assert naive.violations(problem, result.packing) == []
    assert naive.value(problem, result.packing) == expected


@settings(max_examples=60)
@given(problem=strategies.problems(), factor=st.sampled_from([2**40, 3**24, 2**58 + 1]), data=st.data())
def test_sizes_near_the_largest_integers_are_exact(problem, factor, data):
    """Bytes and up to 2**62: scaled sizes, and sizes a little off the scale, still give the brute force optimum."""
    offset = st.integers(-2, 2) if factor < 2**58 else st.just(0)
    sizes = [[int(s) * factor + (data.draw(offset) if s else 0) for s in row] for row in problem.sizes]
    capacity = [[int(c) * factor + data.draw(offset) for c in row] for row in problem.capacity]
    large = problem.replace(
        sizes=sizes,
        capacity=capacity,
        setups=[type(s)(s.members, tuple(x * factor for x in s.size), s.types, s.cost) for s in problem.setups],
    )
    result = solve_cp_sat(large, time_limit=ENOUGH)
    expected = naive.optimum(large)
    assert result.status == ("infeasible" if expected is None else "optimal")
    assert expected is None or result.bounds == expected
