"""Parts of like mixture: they add up to the whole, ties stay together, and rules across bins are refused by name."""

from __future__ import annotations

import numpy as np
import pytest
import strategies
from binpack_solvers.errors import ProblemError
from binpack_solvers.problem import UNLIMITED, Problem
from binpack_solvers.rules import Setup, Spread, Standing
from binpack_solvers.scale_out.partition import partition, refuse_rules_across_bins
from binpack_solvers.scale_out.ties import self_required, tied_groups
from hypothesis import given
from hypothesis import strategies as st

WITHIN_BINS = tuple(rule for rule in strategies.RULES if rule not in ("topology", "spread", "initial"))


@given(strategies.problems(max_copies=12, rules=WITHIN_BINS), st.integers(1, 4), st.integers(0, 3))
def test_parts_add_up(problem, parts, seed):
    """No copy and no bin is lost or doubled; alternatives carry one demand in each part; what has no end has none."""
    shares = partition(problem, parts, seed)
    assert len(shares) == parts
    assert (sum(share.demands for share in shares) == problem.demands).all()
    for k, available in enumerate(problem.available.tolist()):
        bins = [int(share.available[k]) for share in shares]
        assert bins == [UNLIMITED] * parts if available == UNLIMITED else sum(bins) == available
        assert min(bins) >= UNLIMITED
    for group in problem.demand_groups:
        assert all(len(set(share.demands[list(group)].tolist())) == 1 for share in shares)


@given(strategies.problems(max_copies=12, rules=WITHIN_BINS), st.integers(1, 4), st.integers(0, 3))
def test_ties_stay_together(problem, parts, seed):
    """All copies of a whole tie are in one part, and an item type that requires itself is in a whole tie."""
    shares = partition(problem, parts, seed)
    whole = [ties for ties in tied_groups(problem, parts) if ties.whole]
    for ties in whole:
        members = [i for group in ties.groups for i in group]
        assert sum(bool(share.demands[members].any()) for share in shares) <= 1
    kept = {i for ties in whole for group in ties.groups for i in group}
    assert kept >= set(self_required(problem))


@given(strategies.problems(max_copies=12, rules=WITHIN_BINS), st.integers(1, 4))
def test_every_group_is_tied_once(problem, parts):
    """The ties are a partition of the demand groups, and join what one requires of the other."""
    tied = [group for ties in tied_groups(problem, parts) for group in ties.groups]
    assert sorted(tied) == sorted(problem.demand_groups)
    where = {i: n for n, ties in enumerate(tied_groups(problem, parts)) for group in ties.groups for i in group}
    assert all(where[i] == where[j] for i, j in problem.requires[:, :2].tolist())


def test_many_copies_are_dealt_evenly():
    """Each part has its share of the copies of every item type, and of every scarce bin type, to one copy."""
    problem = Problem([[3, 1], [1, 3]], [[9, 9], [5, 5]], demands=[1001, 402], available=[-1, 7], requires=[(0, 1)])
    shares = partition(problem, 4)
    for i, copies in enumerate(problem.demands.tolist()):
        assert {int(share.demands[i]) for share in shares} == {copies // 4, -(-copies // 4)}
    assert sorted(int(share.available[1]) for share in shares) == [1, 2, 2, 2]


def test_single_copies_are_dealt_alike_in_every_resource():
    """Many different types of one copy each: no part has more than a type's worth above another, in any resource."""
    rng = np.random.default_rng(1)
    problem = Problem(rng.integers(1, 50, (200, 2)), [100, 100])
    loads = [share.demands @ problem.sizes for share in partition(problem, 4, seed=2)]
    assert (np.ptp(loads, axis=0) <= 50).all()


def test_seed_decides():
    """The same seed gives the same parts, another one others."""
    problem = Problem(list(range(1, 60)), 60)
    deal = [np.array([share.demands for share in partition(problem, 3, seed)]) for seed in (0, 0, 1)]
    assert (deal[0] == deal[1]).all()
    assert (deal[0] != deal[2]).any()


def test_setups_tie_few_copies_only():
    """Few members of a setup stay together; many are dealt, since every part pays it often anyway."""
    few = Problem([1, 1, 1], 9, demands=[2, 2, 99], setups=[Setup((0, 1), (2,)), Setup((1, 2), (2,))])
    assert [(ties.groups, ties.whole) for ties in tied_groups(few, 2)] == [([(0,), (1,)], True), ([(2,)], False)]


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({"limits": [(0, 0, 1, 1)]}, "limits at level 1"),
        ({"requires": [(0, 1, 1)]}, "requires at level 1"),
        ({"spread": [Spread((0,), (0,), 0)]}, "spread"),
        ({"initial": [Standing(0, {0: 1})], "available": [1]}, "initial"),
    ],
)
def test_rules_across_bins_are_refused(rule, named):
    """What bins of several parts may break together is refused by its name."""
    problem = Problem([1, 1], 9, topology=[[0]], **rule)
    with pytest.raises(ProblemError, match=f"^{named}: a rule across bins"):
        refuse_rules_across_bins(problem)


def test_rules_within_bins_are_taken():
    """Limits and requires at level 0 are not refused, even where there is a topology."""
    refuse_rules_across_bins(Problem([1, 1], 9, topology=[[0]], limits=[(0, 1, 1)], requires=[(0, 1)]))
