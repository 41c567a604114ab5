"""solve_cp_sat: order of the objective's levels, proofs, limits, and how a run ends."""

from __future__ import annotations

import time

import numpy as np
import pytest
from binpack_solvers.bounds.bound import Bounds
from binpack_solvers.check import check
from binpack_solvers.cp_sat import solve_cp_sat
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup, Spread, Standing

ENOUGH = 30.0


def proven(problem, **options):
    """The value of a proven best packing that the checker accepts."""
    result = solve_cp_sat(problem, time_limit=ENOUGH, **options)
    assert result.status == "optimal"
    assert result.packing is not None
    check(problem, result.packing)
    value = evaluate(problem, result.packing)
    assert result.bounds == value
    return value


def triplets(count, seed):
    """``count`` triples of sizes that fill a bin of 1000 exactly, shuffled: the optimum is ``count``."""
    random = np.random.default_rng(seed)
    first = random.integers(380, 490, count)
    second = random.integers(250, 256 + (500 - first // 2 - 250), count)
    sizes = np.concatenate([first, second, 1000 - first - second])
    random.shuffle(sizes)
    return sizes


def test_triplets_fill_their_bins():
    """Thirty items in triples of a full bin each: found and proven, where first fit leaves bins unfilled."""
    assert proven(Problem(triplets(10, 1), 1000), bounds=Bounds(10, "volume", 10, "volume")).bins == 10


def test_a_higher_priority_is_placed_before_many_of_a_lower_one():
    """One copy of priority 2 goes before three of priority 1: levels, not a sum."""
    problem = Problem([9, 3, 3, 3], 9, optional=[2, 1, 1, 1], available=[1])
    assert proven(problem).unplaced == (0, 0, 3)


def test_placing_a_copy_comes_before_any_cost():
    """Nothing is left out to save money, however much a bin costs."""
    assert proven(Problem([5, 5], 5, cost=[2**62], optional=[0, 0])).cost == 2**63


def test_cost_comes_before_bins_and_bins_before_moves():
    """Three cheap bins beat one dear one; at equal cost fewer bins win, though everything has to move."""
    assert proven(Problem([4, 4, 4], [[12], [4]], cost=[4, 1])).bins == 3
    assert proven(Problem([4, 4, 4], [[12], [4]], cost=[3, 1])).bins == 1
    standing = [Standing(1, {0: 1}), Standing(2, {1: 1})]
    problem = Problem([4, 4], [[8], [4], [4]], available=[1, 1, 1], cost=[2, 1, 1], initial=standing, move_cost=[9, 9])
    assert proven(problem) == ((0,), 2, 1, 18)


def test_costs_of_any_size_are_compared_exactly():
    """Two choices whose costs differ by one part in 2**62 are told apart, and the bound is exact."""
    problem = Problem([4, 4, 4, 4], [[8], [4]], cost=[2**62, 2**61 - 1])
    assert proven(problem) == ((0,), 4 * (2**61 - 1), 4, 0)
    problem = Problem([4, 4, 4, 4], [[8], [4]], cost=[2**62 - 3, 2**61 - 1])
    assert proven(problem) == ((0,), 2 * (2**62 - 3), 2, 0)


def test_sizes_that_miss_the_capacity_by_one_byte_do_not_fit():
    """No rounding: 2**62 holds 2**61 twice, not 2**61 and 2**61 + 1."""
    assert proven(Problem([2**61, 2**61, 3], 2**62)).bins == 2
    assert proven(Problem([2**61, 2**61 - 3, 3], 2**62)).bins == 1
    assert proven(Problem([2**61 + 1, 2**61, 0], 2**62)).bins == 2


def test_every_bin_counts_once_minimum_bins_asks_for_it():
    """Empty bins are of the cheapest available type, and charged."""
    problem = Problem([1], [[5], [5]], cost=[7, 2], available=[-1, 2], minimum_bins=3)
    assert proven(problem) == ((0,), 11, 3, 0)


def test_setups_are_paid_once_per_bin_that_needs_them():
    """Two members share a setup's size and its cost."""
    problem = Problem([3, 3, 3], 9, setups=[Setup((0, 1), (3,), (), 5)])
    assert proven(problem) == ((0,), 7, 2, 0)


def test_a_required_neighbour_is_found_across_the_domain():
    """A copy that requires another in its zone stands only in a type with a zone."""
    problem = Problem([5, 5], [[5], [5], [5]], requires=[(0, 1, 1)], topology=[[-1], [0], [1]], cost=[1, 3, 2])
    assert proven(problem) == ((0,), 4, 2, 0)


def test_a_spread_counts_a_declared_domain_without_bins():
    """Three copies over three declared domains with one unavailable break a skew of 1; a skew of 2 lets them stand."""
    problem = Problem(
        [1], [[9], [9]], demands=[3], topology=[[0], [1]], spread=[Spread((0,), (0,), 1, 1, 0, (0, 1, 2))]
    )
    assert solve_cp_sat(problem, time_limit=ENOUGH).status == "infeasible"
    wider = problem.replace(spread=[Spread((0,), (0,), 1, 2, 0, (0, 1, 2))])
    assert proven(wider).bins == 2


def test_what_fits_nowhere_is_named():
    """Infeasible says which item, or hands on what the bounds found."""
    result = solve_cp_sat(Problem([3, 30], 10, item_names=["web", "db"]), time_limit=ENOUGH)
    assert (result.status, result.packing) == ("infeasible", None)
    assert "item 1 ('db')" in result.reason
    known = Bounds(0, "nothing", 0, "nothing", "no room for db")
    assert solve_cp_sat(Problem([3], 10), time_limit=ENOUGH, bounds=known).reason == "no room for db"


def test_nothing_to_pack_is_packed_in_nothing():
    """No items, no bins."""
    assert proven(Problem(np.empty((0, 1), int), 10)) == ((0,), 0, 0, 0)
    assert proven(Problem([3], 10, demands=[0])) == ((0,), 0, 0, 0)


def hard():
    """A problem that CP-SAT does not finish within the limits used here, with a packing of it."""
    sizes = np.random.default_rng(3).integers(10, 40, (60, 3))
    problem = Problem(sizes, [100, 100, 100])
    return problem, Packing.from_patterns([(0, {i: 1}, 1) for i in range(60)])


def test_the_end_of_the_time_leaves_an_honest_answer():
    """A run cut short returns what it has: a packing at least as good as the hint, and a bound not above it."""
    problem, hint = hard()
    result = solve_cp_sat(problem, time_limit=0.5, hint=hint)
    assert result.status == "feasible"
    assert "time limit" in result.reason
    check(problem, result.packing)
    assert result.bounds.bins < evaluate(problem, result.packing).bins <= 60
    assert result.proven == ("unplaced",)


def test_a_stop_ends_the_run():
    """The stop function is asked while CP-SAT runs, long before the time is up."""
    problem, hint = hard()
    started = time.monotonic()
    result = solve_cp_sat(problem, time_limit=600, hint=hint, stop=lambda: time.monotonic() > started + 0.3)
    assert result.status == "feasible"


def test_what_the_listener_raises_comes_out():
    """An exception in on_improvement, Ctrl-C included, ends the run and reaches the caller."""

    def interrupt(packing):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve_cp_sat(Problem([5, 4, 3], 10), time_limit=ENOUGH, on_improvement=interrupt)


def test_improvements_get_better_and_end_with_the_answer():
    """on_improvement sees strictly better packings, each within the rules, the last one the result's."""
    problem = Problem([6, 5, 4, 3, 2, 2], [[10], [4]], cost=[5, 2], demands=[2] * 6)
    seen = []
    result = solve_cp_sat(problem, time_limit=ENOUGH, on_improvement=seen.append)
    values = [evaluate(problem, packing) for packing in seen]
    assert values == sorted(set(values), reverse=True)
    assert seen[-1] is result.packing
    for packing in seen:
        check(problem, packing)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_gives_the_same_packing(threads):
    """Runs that end before the limit do not depend on the clock; with several threads, which of two equally good packings
    comes first may."""
    sizes = np.random.default_rng(1).integers(5, 30, (14, 2))
    problem = Problem(sizes, [[60, 60], [40, 40]], cost=[5, 3], limits=[(0, 1, 0), (2, 3, 0)])
    first, second = (solve_cp_sat(problem, time_limit=ENOUGH, threads=threads, seed=7).packing for _ in range(2))
    assert evaluate(problem, first) == evaluate(problem, second)
    if threads == 1:
        assert [tuple(pattern) for pattern in first.patterns] == [tuple(pattern) for pattern in second.patterns]
