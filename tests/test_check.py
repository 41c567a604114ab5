"""The checker, rule by rule: one packing that keeps the rule at its edge, and one that just breaks it."""

from __future__ import annotations

import numpy as np
import pytest
from binpack_solvers.check import check, violations
from binpack_solvers.errors import CheckError
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Spread, Standing

TWO_ZONES = {"capacity": [[10], [10], [10]], "topology": [[0], [1], [-1]]}


def _found(problem, *patterns):
    return violations(problem, Packing.from_patterns(patterns))


def _assert_edge(problem, kept, broken, rule, *words):
    """``kept`` breaks nothing; ``broken`` breaks ``rule`` once, in words that name what is meant."""
    assert _found(problem, *kept) == []
    [message] = _found(problem, *broken)
    assert message.startswith(rule + ": ")
    for word in words:
        assert word in message


def test_capacity_counts_every_copy_and_names_the_bin():
    """A bin may be filled to the last unit of each resource and no further."""
    problem = Problem([[5, 1]], [10, 3], demands=[6], item_names=["web"], bin_names=["box"])
    _assert_edge(problem, [(0, {0: 2}, 3)], [(0, {0: 3}, 2)], "capacity", "box", "uses 15 of resource 0", "it has 10")


def test_capacity_pays_a_setup_once_per_bin_and_only_in_its_types():
    """A setup takes its size once however many members are there, and nothing in bin types it does not name."""
    problem = Problem([3, 4], [[10], [7]], setups=[Setup(members=(0, 1), size=(3,), types=(0,))])
    tight = problem.replace(capacity=[[9], [7]])
    both = {0: 1, 1: 1}
    assert _found(problem, (0, both, 1)) == _found(problem, (1, both, 1)) == []
    [message] = _found(tight, (0, both, 1))
    assert message.startswith("capacity: ")
    assert "uses 10 of resource 0; it has 9" in message


def test_setups_add_up():
    """A bin that holds members of two setups pays both."""
    setups = [Setup((0,), (2,)), Setup((0, 1), (3,))]
    assert _found(Problem([4], 9, setups=setups[:1]), (0, {0: 1}, 1)) == []
    assert len(_found(Problem([4, 1], 9, setups=setups), (0, {0: 1, 1: 1}, 1))) == 1


def test_available_counts_multiplicity():
    """Bins of a type are counted over all rows, with their multiplicity."""
    problem = Problem([5], [[10], [5]], demands=[4], available=[-1, 2])
    _assert_edge(
        problem, [(1, {0: 1}, 2), (0, {0: 2}, 1)], [(1, {0: 1}, 3), (0, {0: 1}, 1)], "available", "3 bins", "2 are"
    )


def test_none_available_means_none():
    """A bin type of which 0 are available is not used at all."""
    problem = Problem([5], [[10], [5]], available=[-1, 0])
    _assert_edge(problem, [(0, {0: 1}, 1)], [(1, {0: 1}, 1)], "available", "1 bins", "0 are")


def test_compatible_names_item_and_bin():
    """An item type stands only in bin types it is compatible with."""
    problem = Problem([1], [[4], [4]], compatible=[[True, False]], item_names=["iis"], bin_names=["win", "linux"])
    _assert_edge(problem, [(0, {0: 1}, 1)], [(1, {0: 1}, 1)], "compatible", "iis", "linux")


def test_exclusive_is_alone():
    """A copy of an exclusive type stands beside no other copy, of its own type or another."""
    problem = Problem([1, 1], 9, demands=[2, 1], exclusive=[True, False])
    _assert_edge(
        problem, [(0, {0: 1}, 2), (0, {1: 1}, 1)], [(0, {0: 1, 1: 1}, 1), (0, {0: 1}, 1)], "exclusive", "item 0"
    )
    _assert_edge(problem, [(0, {0: 1}, 2), (0, {1: 1}, 1)], [(0, {0: 2}, 1), (0, {1: 1}, 1)], "exclusive", "2 copies")


def test_demand_is_met_exactly():
    """One copy too many or too few of a type that must be packed is a violation that names it."""
    problem = Problem([1], 9, demands=[3], item_names=["web"])
    _assert_edge(problem, [(0, {0: 3}, 1)], [(0, {0: 4}, 1)], "demand", "web", "too many")
    _assert_edge(problem, [(0, {0: 1}, 3)], [(0, {0: 1}, 2)], "demand", "web", "too few")


def test_alternatives_share_one_demand():
    """Copies of item types with one alternative id sum to their demand."""
    problem = Problem([1, 2, 1], 9, demands=[2, 2, 1], alternatives=[4, 4, -1])
    _assert_edge(
        problem, [(0, {0: 1, 1: 1, 2: 1}, 1)], [(0, {0: 2, 1: 1, 2: 1}, 1)], "demand", "item 0, item 1", "too many"
    )


def test_optional_copies_may_stay_out_but_not_exceed():
    """Missing copies of an optional type are no violation; surplus ones are."""
    problem = Problem([1], 9, demands=[2], optional=[0])
    _assert_edge(problem, [(0, {0: 1}, 1)], [(0, {0: 3}, 1)], "demand", "too many")


def test_limit_in_a_bin():
    """Where an i stands, at most k copies of j stand in the same bin; without an i, any number."""
    problem = Problem([1, 1], 9, demands=[1, 4], limits=[[0, 1, 2]])
    _assert_edge(
        problem,
        [(0, {0: 1, 1: 2}, 1), (0, {1: 2}, 1)],
        [(0, {0: 1, 1: 3}, 1), (0, {1: 1}, 1)],
        "limit",
        "3 copies of item 1",
        "at most 2 where item 0",
    )
    assert _found(problem, (0, {0: 1}, 1), (0, {1: 4}, 1)) == []


def test_limit_of_zero_is_a_conflict():
    """k = 0 keeps i and j apart, and says nothing about several copies of i."""
    problem = Problem([1, 1], 9, demands=[2, 1], limits=[[0, 1, 0]])
    _assert_edge(
        problem, [(0, {0: 2}, 1), (0, {1: 1}, 1)], [(0, {0: 1, 1: 1}, 1), (0, {0: 1}, 1)], "limit", "at most 0"
    )


def test_limit_on_itself_in_a_domain_counts_all_bins_of_the_domain():
    """(i, i, k) at a level counts copies over all bins of a domain with multiplicity; bins without the key are free."""
    problem = Problem([5], **TWO_ZONES, demands=[4], limits=[[0, 0, 2, 1]])
    _assert_edge(problem, [(0, {0: 1}, 2), (1, {0: 2}, 1)], [(0, {0: 1}, 3), (1, {0: 1}, 1)], "limit", "domain 0")
    assert _found(problem, (2, {0: 1}, 4)) == []


def test_require_in_a_bin():
    """Where an i stands, a j stands in the same bin; a j may stand without an i."""
    problem = Problem([1, 1], 9, demands=[1, 2], requires=[[0, 1]])
    _assert_edge(
        problem, [(0, {0: 1, 1: 1}, 1), (0, {1: 1}, 1)], [(0, {0: 1}, 1), (0, {1: 2}, 1)], "require", "without item 1"
    )


def test_require_in_a_domain():
    """Where an i stands in a domain, a j stands in it; i stands only where the key exists."""
    problem = Problem([5, 5], **TWO_ZONES, demands=[1, 1], requires=[[0, 1, 1]])
    _assert_edge(problem, [(0, {0: 1}, 1), (0, {1: 1}, 1)], [(0, {0: 1}, 1), (1, {1: 1}, 1)], "require", "domain 0")
    [message] = _found(problem, (2, {0: 1, 1: 1}, 1))
    assert "lacks the key" in message


def test_require_of_itself_gathers_all_copies():
    """(i, i): all copies stand in one bin, or in one domain of the level."""
    in_bin = Problem([2], 10, demands=[2], requires=[[0, 0]])
    _assert_edge(in_bin, [(0, {0: 2}, 1)], [(0, {0: 1}, 2)], "require", "2 bins")
    in_domain = Problem([5], **TWO_ZONES, demands=[2], requires=[[0, 0, 1]])
    _assert_edge(in_domain, [(0, {0: 1}, 2)], [(0, {0: 1}, 1), (1, {0: 1}, 1)], "require", "2 domains")


def test_spread_counts_declared_domains_without_bins():
    """A declared domain in which no bin stands counts with 0 copies."""
    spread = Spread((0,), (0,), key=1, max_skew=1, domains=(0, 1))
    problem = Problem([5], **TWO_ZONES, demands=[2], spread=[spread])
    _assert_edge(problem, [(0, {0: 1}, 1), (1, {0: 1}, 1)], [(0, {0: 2}, 1)], "spread", "counts 2", "and 0 in another")


def test_spread_keeps_carriers_inside_its_domains():
    """A carrier stands only in a declared domain; what is merely counted may stand elsewhere."""
    spread = Spread((0,), (0, 1), key=1, domains=(0,))
    problem = Problem([5, 5], **TWO_ZONES, demands=[1, 1], spread=[spread])
    _assert_edge(problem, [(0, {0: 1}, 1), (1, {1: 1}, 1)], [(1, {0: 1, 1: 1}, 1)], "spread", "outside")


def test_spread_is_out_of_play_without_carriers():
    """Counted copies alone bear no rule: only a placed carrier does."""
    spread = Spread((0,), (1,), key=1, domains=(0, 1))
    problem = Problem([5, 5], **TWO_ZONES, demands=[1, 2], optional=[0, -1], spread=[spread])
    _assert_edge(problem, [(0, {1: 2}, 1)], [(0, {1: 2}, 1), (1, {0: 1}, 1)], "spread", "counts 2")


def test_spread_minimum_is_zero_below_min_domains():
    """With fewer declared domains than min_domains the smallest count is 0; with as many, it is counted."""
    enough = Spread((0,), (0,), key=1, min_domains=2, domains=(0, 1))
    problem = Problem([5], **TWO_ZONES, demands=[4], spread=[enough])
    even = [(0, {0: 2}, 1), (1, {0: 2}, 1)]
    assert _found(problem, *even) == []
    few = problem.replace(spread=[Spread((0,), (0,), key=1, min_domains=3, domains=(0, 1))])
    [message] = _found(few, *even)
    assert message.startswith("spread: ")
    assert "2 domains and not 3" in message


def test_spread_at_level_zero_counts_each_bin_with_multiplicity():
    """Every bin of a declared type is a domain: empty ones count 0, other types not at all, alike ones each."""
    spread = Spread((0,), (0,), key=0, min_domains=3, domains=(0,))
    problem = Problem([2, 1], [[8], [8]], demands=[6, 1], spread=[spread])
    other = (1, {1: 1}, 1)
    _assert_edge(problem, [(0, {0: 2}, 3), other], [(0, {0: 3}, 2), other], "spread", "counts 3")
    [message] = _found(problem, (0, {0: 2}, 3), (0, {}, 1), other)
    assert "and 0 in another" in message


def test_fixed_content_stays_and_may_be_joined():
    """What is fixed in a standing bin is still there; more may come."""
    standing = Standing(1, {0: 2}, fixed=True)
    problem = Problem([2], [[8], [8]], demands=[3], available=[-1, 1], cost=[1, 0], initial=[standing])
    _assert_edge(problem, [(1, {0: 3}, 1)], [(1, {0: 1}, 1), (0, {0: 2}, 1)], "standing", "2 copies are fixed", "1 are")
    movable = problem.replace(initial=[Standing(1, {0: 2})])
    assert _found(movable, (0, {0: 3}, 1)) == []


def test_minimum_bins_counts_empty_bins():
    """Empty bins count towards minimum_bins."""
    problem = Problem([2], 8, minimum_bins=3)
    _assert_edge(problem, [(0, {0: 1}, 1), (0, {}, 2)], [(0, {0: 1}, 1), (0, {}, 1)], "minimum_bins", "2 bins")


def test_unknown_types_are_named():
    """Indices beyond the problem's are violations, not crashes."""
    problem = Problem([2], 8)
    assert _found(problem, (1, {0: 1}, 1)) == ["index: pattern 0 is of bin type 1; there are 1"]
    assert _found(problem, (0, {1: 1}, 1)) == ["index: pattern 0 holds item 1; there are 1"]


def test_repeated_items_in_a_row_are_refused():
    """A row that lists an item type twice is malformed: half of it would escape every other rule."""
    twice = Packing(*(np.array(values) for values in ([0], [1], [0, 2], [0, 0], [1, 1])))
    assert violations(Problem([2], 8, demands=[2]), twice)[0].startswith("form: ")


def test_no_items_need_no_bins():
    """The empty packing answers a problem without items."""
    assert _found(Problem(np.empty((0, 1), np.int64), 8)) == []


def test_many_alike_findings_are_counted():
    """Beyond ten findings alike the rest is a number, so that a message stays readable."""
    problem = Problem([1] * 30, 8, exclusive=[True] * 30)
    [*told, rest] = _found(problem, *((0, {i: 1, i + 15: 1}, 1) for i in range(15)))
    assert len(told) == 10
    assert rest == "exclusive: and 20 more like the last"


def test_every_violation_is_listed():
    """One packing that breaks three rules is told all three at once."""
    problem = Problem([5, 5], 8, demands=[1, 1], available=[1], minimum_bins=3)
    with pytest.raises(CheckError) as caught:
        check(problem, Packing.from_patterns([(0, {0: 2}, 2)]))
    rules = {message.split(":")[0] for message in caught.value.violations}
    assert rules == {"demand", "available", "minimum_bins", "capacity"}


def test_sums_beyond_64_bits_are_exact():
    """Sizes, counts and multiplicities whose products leave 64 bits are compared exactly, off by one included."""
    copies = 2**31
    problem = Problem([2**31], 2**62, demands=[2**61], available=[2**30])
    assert _found(problem, (0, {0: copies}, 2**30)) == []
    over = Problem([2**31, 1], 2**62, demands=[copies, 1])
    [message] = _found(over, (0, {0: copies, 1: 1}, 1))
    assert f"uses {2**62 + 1}" in message
    far = Problem([2**62, 2**62], 2**62, demands=[2, 2])
    [message] = _found(far, (0, {0: 2, 1: 2}, 1))
    assert f"uses {2**64}" in message


def test_a_million_million_copies():
    """Only rows are walked: 10**12 copies in 10**11 bins are one row, and one copy too many is seen."""
    problem = Problem([1], 10, demands=[10**12], requires=[[0, 0, 1]], limits=[[0, 0, 10**12, 1]], topology=[[0]])
    assert _found(problem, (0, {0: 10}, 10**11)) == []
    assert len(_found(problem, (0, {0: 10}, 10**11), (0, {0: 1}, 1))) == 2
