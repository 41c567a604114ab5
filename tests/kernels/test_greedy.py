"""The greedy kernels against one-copy-at-a-time versions, and on demands that no loop over copies could serve."""

from __future__ import annotations

import naive_kernels
import numpy as np
import pytest
import strategies
from binpack_solvers.heuristics import arrays
from binpack_solvers.heuristics.measures import Fullness
from binpack_solvers.kernels.greedy import ANY_FIT, BEST_FIT, FIRST_FIT, NEXT_FIT, WORST_FIT
from binpack_solvers.kernels.measures import L1, L2, LARGEST
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from hypothesis import given, settings
from hypothesis import strategies as st

POLICIES = (NEXT_FIT, FIRST_FIT, BEST_FIT, WORST_FIT)
ONE_BIN_RULES = (
    "demands",
    "cost",
    "available",
    "compatible",
    "optional",
    "exclusive",
    "limits",
    "requires",
    "setups",
)


def run_any_fit(problem, policy, order, start=(), fullness=None):
    """The kernel's rows as a Packing, and what found no room."""
    demand, needs = arrays.demand_of(problem), arrays.needs_of(problem)
    rows = ANY_FIT[policy](
        arrays.rules_of(problem),
        needs if fullness is None else needs._replace(norm=fullness.norm, weight=fullness.weight),
        np.array(order, np.int64),
        demand,
        arrays.type_order(problem),
        *arrays.start_rows(start),
    )
    return arrays.packing_of(rows), demand


@settings(max_examples=50)
@given(data=st.data())
def test_needs_are_the_least_of_each_run(data):
    """Per run the least that an item type of it takes of each resource, as amounts, as fields of a word, and in shares."""
    problem = data.draw(strategies.problems(max_items=5, max_copies=3, rules=("alternatives",)))
    rules, needs = arrays.rules_of(problem), arrays.needs_of(problem)
    for run in range(len(rules.run_ptr) - 1):
        members = rules.run_item[rules.run_ptr[run] : rules.run_ptr[run + 1]].tolist()
        least = [min(int(rules.sizes[i, h]) for i in members) for h in range(problem.resources)]
        word = sum((least[h] >> shift) << place for h, (shift, place) in enumerate(rules.field.tolist()) if place >= 0)
        assert needs.least[run].tolist() == least
        assert needs.word[run] == word
        assert needs.share[run] == pytest.approx(sum(a * w for a, w in zip(least, rules.weight.tolist(), strict=True)))


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=150)
@given(data=st.data())
def test_any_fit_equals_one_copy_at_a_time(policy, data):
    """Groups of equal bins give exactly the bins that placing copy after copy gives, under every rule about one bin."""
    problem = data.draw(strategies.problems(max_items=4, max_copies=9, rules=ONE_BIN_RULES))
    order = data.draw(st.permutations(range(problem.item_types)))
    packing, _ = run_any_fit(problem, policy, order)
    assert naive_kernels.contents(packing.patterns) == naive_kernels.any_fit(problem, policy, order)


@pytest.mark.parametrize("policy", POLICIES)
@settings(max_examples=150)
@given(data=st.data())
def test_any_fit_on_many_copies(policy, data):
    """The same without rules, where groups of several bins are split and filled many times over."""
    m = data.draw(st.integers(1, 5))
    sizes = data.draw(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=m, max_size=m))
    demands = data.draw(st.lists(st.integers(0, 30), min_size=m, max_size=m))
    problem = Problem(sizes, [[11, 17], [20, 9]], demands=demands, available=[4, -1])
    packing, _ = run_any_fit(problem, policy, range(m))
    assert naive_kernels.contents(packing.patterns) == naive_kernels.any_fit(problem, policy, range(m))


@pytest.mark.parametrize("policy", [BEST_FIT, WORST_FIT])
@settings(max_examples=100)
@given(data=st.data())
def test_the_fullest_bin_is_the_fullest_by_the_measure(policy, data):
    """By any norm and weights that differ from run to run, bins are those of one copy at a time, under every rule."""
    problem = data.draw(strategies.problems(max_items=4, max_copies=9, rules=ONE_BIN_RULES))
    m, d = problem.item_types, problem.resources
    norm = data.draw(st.sampled_from([L1, L2, LARGEST]))
    row = st.lists(st.sampled_from([0.0, 0.25, 1.0, 3.0]), min_size=d, max_size=d)
    weight = data.draw(st.lists(row, min_size=m, max_size=m))
    packing, _ = run_any_fit(problem, policy, range(m), fullness=Fullness(norm, np.array(weight)))
    assert naive_kernels.contents(packing.patterns) == naive_kernels.any_fit(problem, policy, range(m), norm, weight)


@pytest.mark.parametrize("policy", POLICIES)
def test_time_does_not_depend_on_copies(policy):
    """10**12 copies of each item type are placed at once, exactly, in a handful of patterns."""
    problem = Problem([7, 5, 3, 0], 100, demands=[10**12, 10**12, 10**12 + 1, 5])
    packing, missing = run_any_fit(problem, policy, range(4))
    assert packing.copies(4) == problem.demands.tolist()
    assert not missing.any()
    assert len(packing.patterns) < 200


@pytest.mark.parametrize("policy", POLICIES)
def test_largest_sizes_do_not_overflow(policy):
    """Sizes, setups and capacities of 2**62 stay exact: a copy that leaves no room for its setup has no bin."""
    huge = 2**62
    problem = Problem([huge, huge - 1, 1], huge, demands=[2, 1, 1], setups=[Setup((2,), (huge,))])
    packing, missing = run_any_fit(problem, policy, range(3))
    assert packing.copies(3) == [2, 1, 0]
    assert missing.tolist() == [0, 0, 1]


def test_open_bins_are_used_first():
    """Bins that stand at the start keep their content, are filled before new ones, and count against availability."""
    problem = Problem([4, 3], 10, demands=[3, 2], available=[2])
    packing, missing = run_any_fit(problem, FIRST_FIT, [0, 1], [(0, 1, {0: 1})])
    assert list(packing.patterns) == [(0, {0: 2}, 1), (0, {0: 2}, 1)]
    assert missing.tolist() == [0, 2]


def test_a_run_may_take_any_of_its_alternatives():
    """Copies of one demand go into each bin type in the form that fits there."""
    problem = Problem(
        [8, 2], [[10], [5]], demands=[3, 3], alternatives=[0, 0], compatible=[[1, 0], [0, 1]], available=[1, 1]
    )
    packing, missing = run_any_fit(problem, FIRST_FIT, [0])
    assert packing.copies(2) == [1, 2]
    assert missing.tolist() == [0]
