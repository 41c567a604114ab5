"""solve(): the answer is checked, bounded, the same for the same seed, and optimal only where it is."""

from __future__ import annotations

import naive
import pytest
import strategies
from binpack_solvers import constructions, portfolio
from binpack_solvers.bounds.bound import SEARCH, Bounds
from binpack_solvers.check import check
from binpack_solvers.context import Context
from binpack_solvers.errors import ProblemError, SolutionError
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import METHODS, solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Standing
from hypothesis import given, settings
from hypothesis import strategies as st


@settings(max_examples=80)
@given(problem=strategies.problems())
def test_auto_lies_between_bound_and_value(problem):
    """bound <= naive optimum <= value under every rule; ``optimal`` and ``infeasible`` are said only of what is."""
    solution = solve(problem, time_limit=10)
    optimum = naive.optimum(problem)
    check(problem, solution)
    assert solution.status in ("optimal", "infeasible")
    if optimum is None:
        assert solution.status == "infeasible"
        assert solution.reason
    else:
        assert evaluate(problem, solution.packing) == optimum
        assert solution.lower_bound <= optimum.bins
        assert solution.cost_lower_bound <= optimum.cost


def test_kernels_are_loaded_when_they_are_needed():
    """Where the first packing meets the bounds no other heuristic is loaded; branch and price has them all."""
    constructions.load_heuristic.cache_clear()
    assert solve(Problem([5, 3], 8, demands=[4, 4])).status == "optimal"
    assert constructions.load_heuristic.cache_info().currsize == 1
    assert solve(Problem([1], 1), "worst_fit").status == "optimal"
    assert constructions.load_heuristic.cache_info().currsize == 2
    portfolio._branch_and_price(Context(Problem([1], 1), deadline=float("inf")))
    assert constructions.load_heuristic.cache_info().currsize == len(constructions.IN_AUTO)


@given(problem=strategies.problems(), times=st.sampled_from([1, 7, 10**9]))
def test_filling_one_bin_after_the_other_takes_few_fills_for_any_copies(problem, times):
    """Bins of different content are at most as many as are said beforehand, by which the portfolio runs it or not."""
    problem = problem.replace(demands=problem.demands * times)
    context = Context(problem, deadline=0.0, bounds=Bounds(10**18, "", 10**18, ""))
    packing = HEURISTICS["dot_product"](problem, 0)
    assert packing is None or len(packing.bin_type) <= constructions.most_fills(context)


@pytest.mark.parametrize("method", HEURISTICS)
@given(problem=strategies.problems())
def test_a_heuristic_by_name_is_checked_and_bounded(method, problem):
    """A constructive method gives a valid packing or ``unknown``, and never says more than it knows."""
    solution = solve(problem, method)
    optimum = naive.optimum(problem)
    check(problem, solution)
    if solution.status == "infeasible":
        assert optimum is None
    elif solution.packing is not None:
        value = evaluate(problem, solution.packing)
        assert value >= optimum
        assert solution.status == "feasible" or value == optimum
        assert solution.lower_bound <= optimum.bins
        assert solution.cost_lower_bound <= optimum.cost


def test_an_unknown_method_lists_the_names():
    """The error says what was found and what there is."""
    with pytest.raises(
        ProblemError, match="'simplex' is unknown; expected one of auto, exact, cp_sat, first_fit_decreasing"
    ):
        solve(Problem([1], 1), "simplex")


def test_the_same_seed_gives_the_same_answer():
    """Two runs that end before the limit return the same bins."""
    problem = Problem([[5, 3], [3, 5], [4, 4], [6, 1]], [10, 10], demands=[7, 7, 5, 3])
    first, second = (solve(problem, seed=3) for _ in range(2))
    assert list(first.patterns) == list(second.patterns)
    assert first.statistics.counters == second.statistics.counters


def test_what_fits_nowhere_is_an_answer():
    """An item larger than every bin gives ``infeasible``, named; bins, cost and gap are null."""
    solution = solve(Problem([11, 1], 10, item_names=["big", "small"]))
    assert (solution.status, solution.bins, solution.cost, solution.gap) == ("infeasible", None, None, None)
    assert "'big'" in solution.reason


def test_an_initial_packing_is_the_first_incumbent():
    """A packing passed in is never made worse, even with no time left."""
    problem = Problem([5, 5], 10)
    given_packing = Packing.from_patterns([(0, {0: 1, 1: 1}, 1)])
    solution = solve(problem, time_limit=0, initial=given_packing)
    assert solution.bins == 1


def test_an_initial_packing_that_breaks_a_rule_is_refused():
    """The error names the rule."""
    with pytest.raises(SolutionError, match="initial packing: "):
        solve(Problem([6, 5], 10), initial=Packing.from_patterns([(0, {0: 1, 1: 1}, 1)]))


def test_no_time_still_gives_a_packing_and_a_bound():
    """``solve`` promises both: the clock alone never withholds a packing that a heuristic finds at once."""
    solution = solve(Problem([5, 5, 5], 10), time_limit=0)
    assert (solution.status, solution.bins, solution.lower_bound) == ("optimal", 2, 2)


def test_stop_ends_the_run():
    """The stop flag is asked before each phase."""
    solution = solve(Problem([5, 5, 5], 10), stop=lambda: True)
    assert solution.status == "unknown"


def test_interrupting_keeps_what_was_found(monkeypatch):
    """Ctrl-C during the search ends it with the best packing so far."""

    def interrupted(context):
        raise KeyboardInterrupt

    monkeypatch.setattr(portfolio, "_improve", lambda context, limit: None)
    monkeypatch.setattr(portfolio, "_searches", lambda problem, method, limit: (interrupted,))
    problem = Problem([3] * 3 + [2] * 3 + [4] * 3, 9, limits=[(0, 3, 0), (1, 4, 0), (2, 5, 0), (6, 0, 0)])
    monkeypatch.setattr(portfolio, "_construct", lambda context: context.offer(HEURISTICS["next_fit"](problem, 0)))
    solution = solve(problem)
    assert solution.status == "feasible"
    assert solution.statistics.counters["interrupted"] == 1


def test_improvements_are_told_as_they_come():
    """Each call has a better value than the one before; the last is the answer's."""
    values = []
    problem = Problem([[6, 1], [4, 4], [1, 6], [3, 3]], [10, 10], demands=[4, 6, 4, 6])
    solution = solve(problem, on_improvement=lambda packing, value: values.append(value))
    assert values == sorted(set(values), reverse=True)
    assert values[-1] == evaluate(problem, solution.packing)
    assert solution.statistics.improvements == len(values)


def test_optional_copies_raise_the_bound_once_they_are_all_placed():
    """With everything placed, the bound counts everything, so the answer is proven."""
    solution = solve(Problem([6, 6], 10, optional=[0, -1]))
    assert (solution.status, solution.bins, solution.lower_bound) == ("optimal", 2, 2)


def test_what_may_stay_out_is_reported():
    """Copies left out are counted under their item type."""
    solution = solve(Problem([6, 6], 10, optional=[0, -1], available=[1]))
    assert solution.status == "optimal"
    assert solution.unplaced == {0: 1}


def test_standing_bins_are_kept_where_that_is_best():
    """Content that stands now and fits stays: no move, proven."""
    problem = Problem([5, 5], [[10], [10]], available=[1, -1], cost=[0, 1], initial=[Standing(0, {0: 1, 1: 1})])
    solution = solve(problem)
    assert (solution.status, solution.bins, solution.cost, solution.moves) == ("optimal", 1, 0, 0)


def test_methods_are_named_in_full():
    """The names that the command line offers too."""
    assert set(METHODS) >= {"auto", "cp_sat", "first_fit", "best_fit_decreasing", "dot_product"}


def test_the_reason_is_that_of_the_bound_that_is_stated():
    """An elementary bound keeps its argument; one that only CP-SAT proves is a search's, as is its infeasibility."""
    easy = solve(Problem([4, 4, 4], 10))
    assert (easy.lower_bound, easy.statistics.bound_reason.kind) == (2, "volume")
    searched = solve(Problem([16, 8, 12, 24, 19], 50, demands=[4, 2, 2, 1, 1]))
    assert (searched.bins, searched.lower_bound, searched.status) == (4, 4, "optimal")
    assert searched.statistics.bound_reason == SEARCH
    short = solve(Problem([16, 8, 12, 24, 19], 50, demands=[4, 2, 2, 1, 1], available=[3]))
    assert (short.status, short.statistics.bound_reason) == ("infeasible", SEARCH)
