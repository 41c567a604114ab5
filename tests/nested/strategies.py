"""Small nested problems, for tests against oracles."""

from __future__ import annotations

from binpack_solvers.nested.nested_problem import NestedProblem
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from hypothesis import strategies as st


@st.composite
def nested_problems(draw: st.DrawFn) -> NestedProblem:
    """Up to five copies, three kinds of boxes and two of hosts, with every rule now and then."""
    m, kinds, hosts = draw(st.integers(1, 3)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    demands = draw(st.lists(st.integers(1, 2), min_size=m, max_size=m))
    size = st.integers(1, 6)

    def rows(count: int, low: int, high: int) -> list[list[int]]:
        return draw(st.lists(st.lists(st.integers(low, high), min_size=2, max_size=2), min_size=count, max_size=count))

    flag = st.booleans() if draw(st.booleans()) else st.just(True)
    limits = draw(st.lists(st.tuples(st.integers(0, m - 1), st.integers(0, m - 1), st.integers(0, 1)), max_size=2))
    inner = Problem(
        rows(m, 0, 6),
        rows(kinds, 4, 10),
        demands=demands,
        available=draw(st.lists(st.sampled_from([-1, -1, 1]), min_size=kinds, max_size=kinds)),
        compatible=[[draw(flag) for _ in range(kinds)] for _ in range(m)],
        exclusive=[draw(st.sampled_from([False, False, False, True])) for _ in range(m)],
        limits=[(i, j, k) for i, j, k in limits if i != j or k] or None,
        setups=[Setup((0,), (2, 1)), Setup(tuple(range(m)), (0, 1), (0,))] if draw(st.booleans()) else (),
    )
    outer = Problem(
        rows(kinds, 1, 8),
        rows(hosts, 6, 14),
        cost=draw(st.lists(size, min_size=hosts, max_size=hosts)),
        available=draw(st.lists(st.sampled_from([-1, -1, 2]), min_size=hosts, max_size=hosts)),
        compatible=[[draw(flag) for _ in range(hosts)] for _ in range(kinds)],
        exclusive=[draw(st.sampled_from([False, False, True])) for _ in range(kinds)],
        minimum_bins=draw(st.sampled_from([0, 0, 2])),
    )
    most = [draw(st.sampled_from([-1, -1, 1])) for _ in range(m)]
    apart = [(0, m - 1)] if m > 1 and draw(st.booleans()) else []
    return NestedProblem(inner, outer, most_per_host=most, apart=apart)
