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

    def seldom(chance: int = 3) -> bool:
        return draw(st.sampled_from([True, *[False] * chance]))

    flag = st.booleans() if draw(st.booleans()) else st.just(True)
    pairs = st.tuples(st.integers(0, m - 1), st.integers(0, m - 1))
    limits = draw(st.lists(st.tuples(pairs, st.integers(0, 1)), max_size=2))
    forms = m > 1 and seldom()
    most = [draw(st.sampled_from([-1, -1, 1, 2])) for _ in range(m)]
    if forms:  # of one demand
        demands[1] = demands[0]
    types = st.lists(st.integers(0, kinds - 1), min_size=1, unique=True).map(tuple)
    setup = st.builds(
        Setup,
        st.lists(st.integers(0, m - 1), min_size=1, unique=True).map(tuple),
        st.tuples(st.integers(0, 2), st.integers(0, 2)),
        types,
    )
    inner = Problem(
        rows(m, 0, 5),
        rows(kinds, 5, 10),
        demands=demands,
        available=draw(st.lists(st.sampled_from([-1, -1, -1, 1]), min_size=kinds, max_size=kinds)),
        compatible=[[draw(flag) for _ in range(kinds)] for _ in range(m)],
        alternatives=[0, 0, *[-1] * (m - 2)] if forms else None,
        exclusive=[seldom(5) for _ in range(m)],
        limits=[(i, j, k) for (i, j), k in limits if i != j or k] or None,
        requires=draw(st.lists(pairs, max_size=1)) if seldom() else None,
        setups=draw(st.lists(setup, max_size=2)) if seldom(2) else (),
    )
    outer = Problem(
        rows(kinds, 1, 7),
        rows(hosts, 7, 14),
        cost=draw(st.lists(size, min_size=hosts, max_size=hosts)),
        available=draw(st.lists(st.sampled_from([-1, -1, -1, 2]), min_size=hosts, max_size=hosts)),
        compatible=[[draw(flag) for _ in range(hosts)] for _ in range(kinds)],
        exclusive=[seldom(2) for _ in range(kinds)],
        minimum_bins=draw(st.sampled_from([0, 0, 2, 3])),
    )
    return NestedProblem(inner, outer, most_per_host=most, apart=[(0, m - 1)] if m > 1 and draw(st.booleans()) else [])
