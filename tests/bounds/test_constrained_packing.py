"""What the bins of a clique cannot take of the others: never above the optimum, each cut one that there is."""

from __future__ import annotations

from itertools import product

import naive
import numpy as np
import strategies
from binpack_solvers.bounds.bound import Reason
from binpack_solvers.bounds.conflicts import Conflicts, heaviest_clique
from binpack_solvers.bounds.constrained_packing import Beside, _least_cut, constrained_packing
from binpack_solvers.bounds.demands import demands_of
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st


@st.composite
def crowded(draw):
    """Few item types, most pairs of them under a limit of 0 or 1, in bins of one type or two."""
    m, d = draw(st.integers(2, 4)), draw(st.integers(1, 2))
    sizes = draw(st.lists(st.lists(st.integers(0, 5), min_size=d, max_size=d), min_size=m, max_size=m))
    item = st.integers(0, m - 1)
    limits = draw(st.lists(st.tuples(item, item, st.integers(0, 1)), max_size=10))
    return Problem(
        sizes,
        draw(st.lists(st.lists(st.integers(5, 9), min_size=d, max_size=d), min_size=1, max_size=2)),
        demands=draw(st.lists(st.integers(1, 2), min_size=m, max_size=m)),
        limits=[(i, j, max(most, int(i == j))) for i, j, most in limits],
    )


def bounds_of(problem, known=0):
    """For the clique that is found, whatever other bounds say."""
    demands = demands_of(problem)
    most = demands.most.max(axis=1, initial=0)
    bins = [-(-q // int(c)) if c else 0 for q, c in zip(demands.demand, most, strict=True)]
    conflicts = Conflicts(demands)
    return constrained_packing(conflicts, heaviest_clique(conflicts, bins), bins, known)


@settings(max_examples=200, deadline=None)
@given(crowded())
def test_no_packing_has_fewer_bins_under_limits(problem):
    """By every resource the bound is at most the optimum of a search of all packings."""
    optimum = naive.optimum(problem)
    for bound in bounds_of(problem):
        assert optimum is None or bound.value <= optimum.bins


@settings(max_examples=200, deadline=None)
@given(
    strategies.problems(rules=("demands", "compatible", "exclusive", "limits", "alternatives", "setups", "available"))
)
def test_no_packing_has_fewer_bins_under_other_rules(problem):
    """The same with alternatives, setups, exclusive copies, and bins that are few or take not every item type."""
    optimum = naive.optimum(problem)
    for bound in bounds_of(problem):
        assert optimum is None or bound.value <= optimum.bins


@settings(max_examples=200)
@given(st.data())
def test_the_cut_is_one_of_all_cuts(data):
    """It is what some choice of groups gives, hence no smaller than the smallest; with one group it is the smallest."""
    number = st.integers(0, 9)
    clique, others = data.draw(st.integers(1, 3)), data.draw(st.integers(0, 3))
    rows = lambda n, of: data.draw(st.lists(of, min_size=n, max_size=n))  # noqa: E731
    takes = np.array(rows(clique, st.lists(number, min_size=others, max_size=others)), np.int64).reshape(clique, others)
    size, demand = np.array(rows(clique + others, number), np.int64), np.array(rows(clique + others, number), np.int64)
    bins = np.array(rows(clique, st.integers(1, 4)), np.int64)
    beside = Beside(np.arange(clique), bins, np.arange(clique, clique + others), takes)
    cuts = []
    for counted in product((False, True), repeat=clique):
        rooms = sum(max(0, 12 * int(bins[g]) - int(demand[g] * size[g])) for g in range(clique) if counted[g])
        for_others = [sum(int(takes[g, j]) for g in range(clique) if not counted[g]) for j in range(others)]
        each = [min(int(demand[clique + j]), q) * int(size[clique + j]) for j, q in enumerate(for_others)]
        cuts.append(rooms + sum(each))
    found = _least_cut(beside, size, demand, 12)
    assert found in cuts
    assert clique > 1 or found == min(cuts)


def test_volume_that_conflicts_with_the_clique_needs_bins_of_its_own():
    """Three groups apart from each other and from two groups of halves: six bins, where volume asks for four."""
    apart = [(i, j, 0) for i in range(3) for j in range(i)] + [(k, i, 0) for k in (3, 4) for i in range(3)]
    problem = Problem([2, 2, 2, 5, 5], 10, demands=[1, 1, 1, 3, 3], limits=apart)
    bounds = lower_bounds(problem)
    assert bounds.bins == naive.optimum(problem).bins == 6
    assert bounds.bins_reason == Reason("conflicts", 0, bounds.bins_reason.item, amount=4)


def test_limits_say_how_much_each_bin_takes():
    """A bin of each of three groups takes one copy of the fourth: nine copies, three to a bin, need two more."""
    limits = [(i, j, 0) for i in range(3) for j in range(i)] + [(i, 3, 1) for i in range(3)]
    problem = Problem([1, 1, 1, 3], 9, demands=[1, 1, 1, 9], limits=limits)
    conflicts = Conflicts(demands_of(problem))
    (bound,) = constrained_packing(conflicts, [0, 1, 2], [1, 1, 1, 3], 0)
    assert bound.value == 5 <= naive.optimum(problem).bins


@given(strategies.problems(rules=("limits", "alternatives", "demands")))
def test_pairs_that_limits_keep_apart_are_those_of_every_alternative(problem):
    """Two groups are apart if every alternative of the one is kept apart from every one of the other, either way round."""
    conflicts = Conflicts(demands_of(problem))
    zero = {(i, j) for i, j, most, level in problem.limits.tolist() if most == level == 0}
    members = conflicts.demands.members
    for g, own in enumerate(members):
        apart = [
            k
            for k, other in enumerate(members)
            if k != g and all((i, j) in zero or (j, i) in zero for i in own for j in other)
        ]
        assert conflicts.apart[conflicts.apart_from[g] : conflicts.apart_from[g + 1]].tolist() == apart
