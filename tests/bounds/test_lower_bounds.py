"""lower_bounds: never above the optimum under any rule, and as strong as each argument promises."""

from __future__ import annotations

from unittest.mock import patch

import naive
import pytest
import strategies
from binpack_solvers.bounds import lower_bounds as lower_bounds_module
from binpack_solvers.bounds.bound import Reason
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from hypothesis import given, settings


@settings(max_examples=300)
@given(problem=strategies.problems())
def test_bounds_hold_under_every_rule(problem):
    """No packing has fewer bins or less cost than the bounds; ``infeasible`` is said only of what is."""
    bounds = lower_bounds(problem)
    optimum = naive.optimum(problem)
    if bounds.infeasible:
        assert optimum is None
    elif optimum is not None:
        assert bounds.bins <= optimum.bins
        assert bounds.cost <= optimum.cost
        if not any(optimum.unplaced):
            everything = lower_bounds(problem, all_placed=True)
            assert not everything.infeasible
            assert (everything.bins, everything.cost) <= (optimum.bins, optimum.cost)
            assert everything.cost <= optimum.cost


@given(problem=strategies.problems())
def test_volume_is_at_most_all_arguments_together(problem):
    """The bound that constructive methods report is one of those that ``auto`` uses."""
    volume, everything = lower_bounds(problem, volume_only=True), lower_bounds(problem)
    assert everything.infeasible or (volume.bins <= everything.bins and volume.cost <= everything.cost)


@given(problem=strategies.problems(rules=("demands", "cost", "available", "minimum_bins"), max_rules=3))
def test_volume_needs_no_look_at_item_types_where_all_fit_everywhere(problem):
    """The short way to the bounds by volume gives what the long way gives, reasons and all."""
    short = lower_bounds(problem, volume_only=True)
    with patch.object(lower_bounds_module, "_all_fit_everywhere", lambda problem: False):
        assert lower_bounds(problem, volume_only=True) == short


CASES = {
    "volume": (Problem([[1, 5]], [10, 10], demands=[5]), 3, Reason("volume", 1, amount=25)),
    "large items": (Problem([6, 6, 6], 10), 3, Reason("large items", 0)),
    "copies per bin": (
        Problem([1], 10, demands=[9], limits=[(0, 0, 2)]),
        5,
        Reason("copies per bin", item=0, per_bin=2),
    ),
    "conflicts": (
        Problem([1, 1, 1], 10, demands=[2, 2, 2], limits=[(0, 1, 0), (1, 2, 0), (2, 0, 0), (0, 0, 1)]),
        4,
        Reason("conflicts", item=0, amount=3),
    ),
    "exclusive items": (
        Problem([1, 1, 5], 10, demands=[2, 2, 4], exclusive=[1, 1, 0]),
        2 + 2 + 2,
        Reason("exclusive items", item=0),
    ),
    "separate setups": (
        Problem([17] * 9, 100, setups=[Setup((k, k + 1, k + 2), (51,)) for k in (0, 3, 6)]),
        2 + 2 + 2,
        Reason("separate setups", amount=3),
    ),
    "minimum bins": (Problem([1], 10, minimum_bins=3), 3, Reason("minimum bins")),
    "bin types apart": (Problem([1, 1], [[10], [10]], compatible=[[1, 0], [0, 1]]), 2, Reason("bin types apart")),
}


@pytest.mark.parametrize("name", CASES)
def test_each_argument_gives_what_it_promises(name):
    """The argument that binds is named by a reason that a caller can decode, and its value is right."""
    problem, bins, reason = CASES[name]
    bounds = lower_bounds(problem)
    assert bounds.bins == bounds.cost == bins
    assert bounds.bins_reason.kind == reason.kind
    assert (bounds.bins_reason.per_bin, bounds.bins_reason.amount) == (reason.per_bin, reason.amount)
    assert reason.resource in (-1, bounds.bins_reason.resource)
    assert reason.item in (-1, bounds.bins_reason.item)
    assert bounds.bins_by


def test_what_is_apart_may_count_on_the_same_bin_only_once():
    """One free bin, two copies of which one stands alone: each by itself would be free, together they are not."""
    problem = Problem([3, 3], [[5], [5]], cost=[1, 0], available=[-1, 1], exclusive=[0, 1])
    assert lower_bounds(problem).cost == naive.optimum(problem).cost == 1


def test_a_sum_of_parts_keeps_their_values_and_reasons():
    """What adds up is told part by part; exclusive copies are counted."""
    parts = lower_bounds(CASES["exclusive items"][0]).bins_reason.parts
    assert [(value, reason.kind, reason.amount) for value, reason in parts] == [
        (4, "exclusive items", 4),
        (2, "volume", 20),
    ]


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (Problem([1], 10, demands=[20], limits=[(0, 0, 10)]), Reason("volume", 0, amount=20)),
        (Problem([1, 1], 10, demands=[11, 2], limits=[(1, 1, 1)]), Reason("copies per bin", item=1, per_bin=1)),
        (Problem([[1, 3]], [10, 10], demands=[10]), Reason("copies per bin", 1, 0, 3)),
        (Problem([[1, 2]], [10, 10], demands=[9]), Reason("volume", 1, amount=18)),
    ],
)
def test_of_equal_bounds_a_rule_is_told_before_a_sum_and_the_fullest_sum_before_others(problem, reason):
    """Copies per bin name the resource that one more would exceed, or none where a rule forbids it."""
    assert lower_bounds(problem).bins_reason == reason


def test_unavoidable_setups_add_to_the_volume():
    """Three applications of which each pays the one tenancy of a bin need a bin each, however small."""
    setups = [Setup((i,), (0, 1)) for i in range(3)]
    problem = Problem([[1, 0]] * 3, [100, 1], demands=[150, 1, 1], setups=setups)
    assert lower_bounds(problem).bins == 2 + 1 + 1


def test_setup_cost_is_charged_at_least_once_per_bin_of_its_members():
    """Cost includes the setups of the bins that members need at least."""
    problem = Problem([6], 10, demands=[3], cost=[5], setups=[Setup((0,), (0,), cost=2)])
    assert lower_bounds(problem).cost == 3 * (5 + 2)


def test_cost_covers_with_the_best_types_within_availability():
    """The cheap type is used up first, then the dear one: 2 bins of 10 for 1 each, then 5 of 30 / 10 for the rest."""
    problem = Problem([1], [[10], [10]], demands=[45], cost=[1, 3], available=[2, -1])
    bounds = lower_bounds(problem)
    assert bounds.bins == 5
    assert bounds.cost == 2 * 1 + 3 * 3


def test_cost_forces_bins_where_every_bin_is_cheap():
    """A cost that only many bins can make up bounds the bins."""
    problem = Problem([[1]], [[10], [1]], demands=[10], cost=[100, 1], available=[0, -1])
    assert lower_bounds(problem).bins == 10


INFEASIBLE = {
    "fits no bin type": Problem([11, 1], 10, item_names=["big", "small"]),
    "compatible with no bin type": Problem([1], 10, compatible=[[0]]),
    "a limit allows no copy": Problem([1], 10, limits=[(0, 0, 0)]),
    "take too few of the 3 copies": Problem([1], [[10], [10]], demands=[3], limits=[(0, 0, 1)], available=[1, 1]),
    "which the available bins do not have": Problem([5, 6], 10, available=[1]),
    "at least 4 bins are asked for": Problem([1], 10, available=[3], minimum_bins=4),
    "must stand in one bin": Problem([4], 10, demands=[3], requires=[(0, 0)]),
    "2 are available": Problem([1, 1, 1], 10, exclusive=[1, 1, 1], available=[2]),
}


@pytest.mark.parametrize("words", INFEASIBLE)
def test_what_cannot_be_packed_is_named(words):
    """An obstacle is told in words, with a reason; nothing optional is an obstacle."""
    problem = INFEASIBLE[words]
    bounds = lower_bounds(problem)
    assert words in bounds.infeasible
    assert bounds.infeasible_reason.kind in ("misfit", "availability", "minimum bins")
    assert naive.optimum(problem) is None


def test_the_misfit_is_named_by_its_name():
    """The message says which item, by the name that the caller gave."""
    bounds = lower_bounds(INFEASIBLE["fits no bin type"])
    assert "'big'" in bounds.infeasible
    assert bounds.infeasible_reason == Reason("misfit", item=0)


def test_optional_copies_are_no_obstacle():
    """What may stay out makes nothing infeasible and raises no bound."""
    bounds = lower_bounds(Problem([11, 1], 10, optional=[0, -1]))
    assert bounds.infeasible == ""
    assert bounds.bins == 1


def test_totals_beyond_64_bits_are_exact():
    """Demands and sizes of 2**62 multiply in Python integers."""
    huge = 2**62
    assert lower_bounds(Problem([huge, 1], huge, demands=[huge, huge])).bins == huge + 1
