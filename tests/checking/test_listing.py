"""Near patterns and what bins of them can hold, against all patterns and all packings."""

from __future__ import annotations

from dataclasses import replace

import naive
import naive_patterns
import pytest
import strategies
from binpack_solvers.checking.best_pattern import Budget
from binpack_solvers.checking.covering import covered
from binpack_solvers.checking.listing import Infeasible, Unlisted, least_waste, near_patterns
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from hypothesis import assume, given, settings
from hypothesis import strategies as st

PLAIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")


@st.composite
def judged(draw):
    """A problem of rules of one bin whose setups are free, duals for it and a cost."""
    problem = draw(strategies.problems(max_items=4, max_copies=6, rules=PLAIN))
    problem = problem.replace(setups=[replace(setup, cost=0) for setup in problem.setups])
    assume(problem.demands.any())
    duals = tuple(draw(st.integers(0, 6)) for _ in range(problem.item_types))
    fees = tuple(draw(st.integers(0, 3)) if n >= 0 else 0 for n in problem.available.tolist())
    none = (0,) * problem.bin_types
    return problem, Certificate(10, duals, fees, none, (), None, None, 0), draw(st.integers(0, 6))


@settings(max_examples=300)
@given(drawn=judged())
def test_every_near_pattern_is_in_a_listed_one(drawn):
    """By the definition over all patterns: what loses no more than the slack is there, or within what is there; what is
    worth more than it costs is an error."""
    problem, certificate, most_cost = drawn
    demand = sum(int(problem.demands[g[0]]) * min(certificate.duals[i] for i in g) for g in problem.demand_groups)
    fees = zip(problem.available.tolist(), certificate.availability_duals, strict=True)
    slack = 10 * most_cost - demand + sum(n * fee for n, fee in fees if n > 0)
    waste = least_waste(problem, most_cost)
    near = {k: [] for k in range(problem.bin_types) if problem.available[k] != 0}
    for k, patterns in near.items():
        price = 10 * int(problem.cost[k]) + certificate.availability_duals[k]
        for x in naive_patterns.patterns(problem, k):
            loss = price - naive_patterns.worth(problem, k, x, certificate.duals, 10)
            alone = any(problem.exclusive[i] for i, copies in enumerate(x) if copies)
            wasteful = naive_patterns.wasteful(problem, k, x, waste) and not alone  # of those it is not asked
            if any(x) and not wasteful and (loss < 0 or loss <= slack):
                patterns.append((loss, x))
    if any(loss < 0 for patterns in near.values() for loss, _ in patterns):
        with pytest.raises(Infeasible):
            near_patterns(problem, certificate, most_cost, Budget(10**6))
        return
    listing = near_patterns(problem, certificate, most_cost, Budget(10**6))
    assert listing.slack == slack
    rows = list(zip(listing.bin_type.tolist(), listing.loss, listing.count.tolist(), strict=True))
    for k, loss, count in rows:
        assert (loss, tuple(count)) in near[k]
    for k, patterns in near.items():
        for _, x in patterns:
            assert any(kind == k and all(a <= b for a, b in zip(x, count, strict=True)) for kind, _, count in rows)


@settings(max_examples=150)
@given(problem=strategies.problems(max_items=4, max_copies=6, rules=PLAIN), below=st.integers(0, 2))
def test_what_bins_can_hold(problem, below):
    """With duals that say nothing all patterns are listed: they hold all copies at the least cost, not below."""
    problem = problem.replace(setups=[replace(setup, cost=0) for setup in problem.setups])
    expected = naive.optimum(problem)
    assume(problem.demands.any() and expected is not None and not any(expected.unplaced) and expected.cost >= below)
    zero = (0,) * problem.bin_types
    certificate = Certificate(1, (0,) * problem.item_types, zero, zero, (), None, None, 0)
    listing = near_patterns(problem, certificate, expected.cost - below, Budget(10**6))
    assert covered(problem, listing, expected.cost - below) == ("no" if below else "yes")


def test_what_is_not_listed_is_said():
    """Setups with a price, and too small a budget."""
    problem = Problem([3, 4], 10, demands=[4, 4])
    certificate = Certificate(10, (1, 1), (0,), (0,), (), None, None, 0)
    with pytest.raises(Unlisted, match="within the budget"):
        near_patterns(problem, certificate, 5, Budget(1))
    with pytest.raises(Unlisted, match="setups have a price"):
        near_patterns(problem.replace(setups=[Setup((0,), (1,), (), 2)]), certificate, 5, Budget(10**6))
