"""Setup exchange: every rule is kept, bins stay, and setups never cost more."""

from __future__ import annotations

from collections import Counter

import naive
import numpy as np
from binpack_solvers.heuristics.first_fit import first_fit_decreasing
from binpack_solvers.heuristics.setup_exchange import Affinity, applies, with_cheaper_setups
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import problems

RULES = ("demands", "compatible", "exclusive", "limits", "requires", "setups", "alternatives", "minimum_bins")


def never() -> bool:
    """No end but the search's own."""
    return False


def into_the_same_bins(problem: Problem, packing: Packing) -> Problem:
    """The problem with the bins of a packing, which cost nothing."""
    used = np.bincount(np.repeat(packing.bin_type, packing.multiplicity), minlength=problem.bin_types)
    return problem.replace(available=used, cost=np.zeros(problem.bin_types, np.int64))


def bins_by_type(packing: Packing) -> Counter[int]:
    """Bin type -> bins."""
    return Counter(k for k, _, times in packing.patterns for _ in range(times))


@settings(max_examples=100, deadline=None)
@given(problems(max_items=5, max_copies=8, rules=RULES, max_rules=5))
def test_it_keeps_every_rule_and_never_costs_more(problem: Problem) -> None:
    """From any packing without a fault to another without, of no more bins of any type, whose setups cost no more."""
    packing = first_fit_decreasing(problem)
    assume(packing is not None and not naive.violations(problem, packing))
    given_bins = into_the_same_bins(problem, packing)
    assume(applies(given_bins, packing))
    found = with_cheaper_setups(given_bins, packing, never)
    assert naive.violations(given_bins, found) == []
    assert naive.value(given_bins, found).cost <= naive.value(given_bins, packing).cost
    assert not bins_by_type(found) - bins_by_type(packing)


@settings(max_examples=60, deadline=None)
@given(problems(max_items=4, max_copies=8, rules=("demands", "topology", "limits", "setups"), max_rules=4))
def test_limits_of_domains_are_kept(problem: Problem) -> None:
    """Bins of one domain are counted together, those without the key are not."""
    assume(not (problem.requires[:, 2] > 0).any())
    packing = first_fit_decreasing(problem)
    assume(packing is not None and not naive.violations(problem, packing))
    given_bins = into_the_same_bins(problem, packing)
    found = with_cheaper_setups(given_bins, packing, never)
    assert naive.violations(given_bins, found) == []
    assert naive.value(given_bins, found).cost <= naive.value(given_bins, packing).cost


@settings(max_examples=40, deadline=None)
@given(problems(max_items=4, max_copies=5, rules=("demands", "compatible", "limits", "setups"), max_rules=4))
def test_the_bound_beside_it_holds(problem: Problem) -> None:
    """What bounds prove of setups' cost on these bins is no more than the best of all packings pays."""
    packing = first_fit_decreasing(problem)
    assume(packing is not None and not naive.violations(problem, packing))
    given_bins = into_the_same_bins(problem, packing)
    best = naive.optimum(given_bins)
    assert best is not None
    better = with_cheaper_setups(given_bins, packing, never)
    solution = solve(given_bins, "cp_sat", 0, initial=better)
    assert solution.cost_lower_bound <= best.cost <= naive.value(given_bins, better).cost


def test_what_shares_a_setup_gathers() -> None:
    """Two bins that each hold two copies of four item types: one of them can hold those of one setup, the other the rest."""
    setups = [Setup((0, 1), (0,), cost=5), Setup((2, 3), (0,), cost=7)]
    problem = Problem([1] * 4, 8, demands=[4] * 4, cost=[0], available=[2], setups=setups)
    mixed = Packing.from_patterns([(0, {0: 2, 1: 2, 2: 2, 3: 2}, 2)])
    found = with_cheaper_setups(problem, mixed, never)
    assert (naive.value(problem, mixed).cost, naive.value(problem, found).cost) == (24, 12)


def within(packing: Packing, affinity: list[list[int]]) -> int:
    """Affinity of copies with those in their own bins."""
    pairs = (
        (times, i, n, j, k) for _, items, times in packing.patterns for i, n in items.items() for j, k in items.items()
    )
    return sum(times * n * k * affinity[i][j] for times, i, n, j, k in pairs)


@settings(max_examples=100, deadline=None)
@given(problems(max_items=5, max_copies=8, rules=RULES, max_rules=5), st.data())
def test_affinity_comes_after_setups_and_never_falls_for_nothing(problem: Problem, data: st.DataObject) -> None:
    """By affinity too every rule is kept and setups cost no more; where they cost as much, no less of it is within bins."""
    packing = first_fit_decreasing(problem)
    assume(packing is not None and not naive.violations(problem, packing))
    given_bins = into_the_same_bins(problem, packing)
    assume(applies(given_bins, packing))
    worth = data.draw(st.dictionaries(st.tuples(*(st.integers(0, problem.item_types - 1),) * 2), st.integers(1, 9)))
    items = range(problem.item_types)
    affinity = [[worth.get((i, j), 0) + worth.get((j, i), 0) for j in items] for i in items]
    all_items = Affinity(np.arange(problem.item_types), np.array(affinity, np.int64))
    found = with_cheaper_setups(given_bins, packing, never, all_items)
    assert naive.violations(given_bins, found) == []
    before, after = naive.value(given_bins, packing).cost, naive.value(given_bins, found).cost
    assert (after, -within(found, affinity)) <= (before, -within(packing, affinity))


def test_what_has_an_affinity_gathers() -> None:
    """Two bins of four: callers and whom they call are in one of them, as long as no setup is paid twice for it."""
    problem = Problem([1, 1, 1], 4, demands=[2, 2, 4], cost=[0], available=[2])
    affinity = Affinity(np.array([1, 0]), np.array([[0, 5], [5, 0]]))
    mixed = Packing.from_patterns([(0, {0: 1, 1: 1, 2: 2}, 2)])
    together = {frozenset(items) for _, items, _ in with_cheaper_setups(problem, mixed, never, affinity).patterns}
    assert together == {frozenset({0, 1}), frozenset({2})}
    paid = problem.replace(demands=[2, 2, 2], setups=[Setup((0, 2), (0,), cost=1)])
    once = Packing.from_patterns([(0, {0: 2, 2: 2}, 1), (0, {1: 2}, 1)])
    assert naive.value(paid, with_cheaper_setups(paid, once, never, affinity)).cost == 1


def test_a_bin_left_empty_goes() -> None:
    """What finds room beside its like leaves no empty bin behind, unless there has to be one."""
    for least, bins in ((0, 1), (2, 2)):
        problem = Problem([1], 2, demands=[2], cost=[0], setups=[Setup((0,), (0,), cost=1)], minimum_bins=least)
        found = with_cheaper_setups(problem, Packing.from_patterns([(0, {0: 1}, 2)]), never)
        assert (found.bins, naive.violations(problem, found)) == (bins, [])


def test_it_ends_when_it_is_told_to() -> None:
    """Without time the packing stays as it is."""
    problem = Problem([1, 1], 2, demands=[2, 2], cost=[0], available=[2], setups=[Setup((0,), (0,), cost=1)])
    mixed = Packing.from_patterns([(0, {0: 1, 1: 1}, 2)])
    assert list(with_cheaper_setups(problem, mixed, lambda: True).patterns) == list(mixed.patterns)
