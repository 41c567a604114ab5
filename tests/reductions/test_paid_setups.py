"""Fees as bin types against the brute-force optimum of the whole problem."""

from __future__ import annotations

import naive
import strategies
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.reductions.paid_setups import MOST_FEES, with_paid_setups
from binpack_solvers.rules import Setup
from hypothesis import assume, given, settings
from hypothesis import strategies as st

OF_ONE_BIN = (
    "demands",
    "cost",
    "compatible",
    "alternatives",
    "exclusive",
    "limits",
    "requires",
    "setups",
    "minimum_bins",
)


@st.composite
def problems_with_fees(draw, rules=OF_ONE_BIN):
    """Problems of which some items pay a fee, in bins of some types, beside what is drawn."""
    problem = draw(strategies.problems(rules=rules, max_items=3, max_copies=4))
    members = draw(st.sets(st.integers(0, problem.item_types - 1), min_size=1))
    types = draw(st.sets(st.integers(0, problem.bin_types - 1), min_size=1))
    fee = Setup(tuple(members), (0,) * problem.resources, tuple(types), draw(st.integers(1, 9)))
    return problem.replace(setups=[*problem.setups, fee])


@settings(max_examples=60)
@given(problem=problems_with_fees())
def test_with_fees_as_bin_types_the_optimum_is_the_same(problem):
    """Least cost and fewest bins stay, what is infeasible stays so, and a best packing goes back as one."""
    made = with_paid_setups(problem)
    assume(made is not None)  # more fees than are told apart
    assert not any(setup.cost for setup in made.problem.setups)
    best = naive.optimum(problem)
    assert naive.optimum(made.problem) == best
    if best is not None:
        packing = naive.best_packing(made.problem)
        assert naive.violations(problem, made.back(packing)) == []
        assert naive.value(problem, made.back(packing)) == best
        there = made.forth(made.back(packing))
        assert naive.violations(made.problem, there) == []
        assert naive.value(made.problem, there) == best


@settings(max_examples=12)
@given(problem=problems_with_fees(), limit=st.integers(1, 3))
def test_limited_bins_are_a_relaxation(problem, limit):
    """Each kind made of a limited type may be had as often: its optimum is a bound, and a search still ends at the own."""
    problem = problem.replace(available=[limit] * problem.bin_types)
    made = with_paid_setups(problem)
    assume(made is not None)
    best, relaxed = naive.optimum(problem), naive.optimum(made.problem)
    if best is None:
        assert solve(problem, time_limit=2).status == "infeasible"
        return
    assert relaxed is not None
    assert relaxed.cost <= best.cost
    found = solve(problem, time_limit=2)
    assert found.cost_lower_bound <= best.cost <= found.cost
    if found.status == "optimal":
        assert (found.cost, found.bins) == (best.cost, best.bins)


def test_members_gather_on_few_bins():
    """Forty copies, a quarter of which need a licence of three bins' price: two bins pay it."""
    need, fee = Setup((0,), (0,), (0,), 300), 300
    found = solve(Problem([5, 3], 25, demands=[10, 30], cost=[100], setups=[need]), time_limit=2)
    assert (found.status, found.cost) == ("optimal", 6 * 100 + 2 * fee)


def test_where_it_does_not_apply():
    """No fee, too many of them, or rules that tell bin types apart."""
    free, paid = Setup((0,), (1,), (0,)), Setup((0,), (0,), (0,), 5)
    assert with_paid_setups(Problem([3], 9, setups=[free])) is None
    several = [Setup((k,), (0,), (0,), 5) for k in range(MOST_FEES + 1)]
    assert with_paid_setups(Problem([1] * len(several), 9, setups=several)) is None
    assert with_paid_setups(Problem([3], 9, setups=[paid], topology=[[0]])) is None
    made = with_paid_setups(Problem([3], 9, setups=[free, paid]))
    assert made is not None
    assert made.origin.tolist() == [0, 0]
    assert made.problem.setups == (Setup((0,), (1,), (0, 1)),)
    assert made.back(Packing.from_patterns([(1, {0: 1}, 1)])).bin_type.tolist() == [0]
