"""Every constructive heuristic keeps every rule or says that it found nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import naive
import numpy as np
import pytest
import strategies
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import check
from binpack_solvers.heuristics.arrays import decreasing, relative_size
from binpack_solvers.heuristics.cheapest_bins import with_cheapest_bins
from binpack_solvers.heuristics.construction import run_order
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.heuristics.variants import variants
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from hypothesis import given
from hypothesis import strategies as st

DATA = Path(__file__).parents[2].parent / "shared" / "data"
BIN_RULES = tuple(r for r in strategies.RULES if r not in ("topology", "spread", "requires", "initial"))


@pytest.mark.parametrize("name", HEURISTICS)
@given(problem=strategies.problems(rules=BIN_RULES))
def test_a_packing_keeps_the_rules_about_one_bin(name, problem):
    """What a heuristic returns passes the checker and the naive one, whatever rules about one bin there are."""
    packing = HEURISTICS[name](problem, 0)
    if packing is not None:
        check(problem, packing)
        assert naive.violations(problem, packing) == []


@given(problem=strategies.problems(rules=BIN_RULES))
def test_variants_keep_the_rules_about_one_bin(problem):
    """Other orders, other type preferences and bins opened beforehand keep the rules too."""
    for _, run in variants(problem, 2):
        packing = run()
        if packing is not None:
            check(problem, packing)


@given(problem=strategies.problems(rules=BIN_RULES))
def test_cheaper_bins_are_never_worse(problem):
    """Changing types keeps the rules about one bin, the number of bins and the copies; the cost does not rise."""
    packing = HEURISTICS["first_fit_decreasing"](problem, 0)
    if packing is None:
        return
    cheaper = with_cheapest_bins(problem, packing)
    check(problem, cheaper)
    before, after = evaluate(problem, packing), evaluate(problem, cheaper)
    assert after.cost <= before.cost
    assert (after.bins, after.unplaced) == (before.bins, before.unplaced)


def test_cheapest_bins_respect_availability():
    """A cheaper type is used as often as it is there, and no more."""
    problem = Problem([5], [[10], [5]], demands=[3], cost=[4, 1], available=[-1, 2])
    packing = Packing.from_patterns([(0, {0: 1}, 3)])
    assert evaluate(problem, with_cheapest_bins(problem, packing)).cost == 1 + 1 + 4


def test_decreasing_orders_by_size_over_capacity():
    """FFD sorts by the sum of size over capacity, stably: ties stay in the order given."""
    problem = Problem([[1, 0], [0, 32], [1, 0], [2, 16]], [8, 64])
    assert run_order(problem, relative_size(problem)).tolist() == [1, 3, 0, 2]


def test_equal_sums_of_shares_tie():
    """3/10 ties with 1/10 + 2/10, which as floats is more, and 1/3 + 1/7 with 10/21; so the first one goes first."""
    tenths = Problem([[3, 0], [1, 2], [2, 1]], [10, 10])
    assert run_order(tenths, relative_size(tenths)).tolist() == [0, 1, 2]
    others = Problem([[10, 0, 0], [0, 1, 1], [0, 2, 0]], [21, 3, 7])
    assert run_order(others, relative_size(others)).tolist() == [2, 0, 1]


def test_a_resource_that_nothing_takes_has_no_part_in_the_order():
    """A capacity of 2**61 that no item needs, beside one that shares no factor with it: the order is that of the other."""
    problem = Problem([[3, 0], [5, 0]], [7, 2**61])
    assert run_order(problem, relative_size(problem)).tolist() == [1, 0]


def test_sums_of_shares_that_have_no_common_unit_in_62_bits_are_floats():
    """Capacities without a common factor, whose product is beyond 2**62: the order is that of the sums."""
    problem = Problem([[1, 2**31], [2**31, 2**31], [0, 5]], [2**31 + 1, 2**61 - 1])
    assert relative_size(problem).dtype == np.float64
    assert run_order(problem, relative_size(problem)).tolist() == [1, 0, 2]


@given(st.lists(st.integers(-(10**6), 10**6)), st.integers(0, 2**61))
def test_decreasing_order_ties_by_index(key, spread):
    """By counting or by comparing, in a narrow range and in a wide one: the order is that of a stable sort."""
    for values in (key, [*key, spread], [*key, -spread]):
        expected = sorted(range(len(values)), key=lambda i: -values[i])
        assert decreasing(np.array(values, np.int64)).tolist() == expected


def test_what_must_be_packed_goes_before_what_may_stay_out():
    """Optional copies get what is left, the more important ones first."""
    problem = Problem([6, 6, 4], 10, available=[1], optional=[0, -1, 1])
    packing = HEURISTICS["first_fit_decreasing"](problem, 0)
    assert packing is not None
    assert packing.copies(3) == [0, 1, 1]


def test_required_company_goes_first():
    """An item type that may only stand beside another is placed after it, whatever their sizes."""
    problem = Problem([6, 2], 10, demands=[1, 1], requires=[(0, 1)])
    packing = HEURISTICS["first_fit_decreasing"](problem, 0)
    assert packing is not None
    check(problem, packing)


def test_empty_bins_of_the_cheapest_type_fill_up_to_the_minimum():
    """minimum_bins is reached with empty bins of the cheapest available type, then of the next."""
    problem = Problem([5], [[10], [10]], cost=[3, 1], available=[-1, 2], minimum_bins=4)
    packing = HEURISTICS["first_fit"](problem, 0)
    assert packing is not None
    check(problem, packing)
    assert evaluate(problem, packing)[1:3] == (1 + 1 + 3 + 3, 4)


@pytest.mark.skipif(not DATA.is_dir(), reason="needs ../shared/data, the published instances")
def test_first_fit_decreasing_on_falkenauer_u():
    """Each packing is valid, between the bound and 11/9 optimum + 1 (Dosa 2007), and never below the optimum."""
    lines = gzip.decompress((DATA / "bpp1d" / "falkenauer_u.jsonl.gz").read_bytes()).splitlines()
    for row in map(json.loads, lines):
        pairs = [s if isinstance(s, list) else [s, 1] for s in row["sizes"]]
        problem = Problem([s for s, _ in pairs], row["capacity"], demands=[q for _, q in pairs])
        packing = HEURISTICS["first_fit_decreasing"](problem, 0)
        assert packing is not None
        check(problem, packing)
        assert lower_bounds(problem).bins <= row["optimum"] <= packing.bins <= 11 * row["optimum"] / 9 + 1
