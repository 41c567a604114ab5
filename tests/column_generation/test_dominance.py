"""Branch and price on what dominance leaves, and without dominated bin types: optima, packings and certificates stay."""

from __future__ import annotations

from time import monotonic

import naive_bounds
import numpy as np
import pytest
from binpack_solvers.bounds.bound import Bounds
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import violations
from binpack_solvers.checking.certificate import check_certificate
from binpack_solvers.column_generation.dominance import dominance_holds, search_what_is_left
from binpack_solvers.column_generation.exact import solve_exact
from binpack_solvers.context import Context
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup
from hypothesis import given, settings
from hypothesis import strategies as st

ENOUGH = 30.0


def context_of(problem: Problem, elementary: bool = True) -> Context:
    """A run that begins with a poor packing; without ``elementary`` it knows no bound."""
    context = Context(problem, monotonic() + ENOUGH)
    context.bounds = lower_bounds(problem) if elementary else Bounds(0, "nothing", 0, "nothing")
    context.offer(HEURISTICS["next_fit"](problem, 0))
    return context


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(1, 20), st.integers(1, 3)), min_size=1, max_size=4))
def test_the_fewest_bins_are_found_and_proven(rows):
    """Bins taken and bins searched for make up a best packing of the whole problem."""
    sizes, demands = (list(column) for column in zip(*rows, strict=True))
    context = context_of(Problem(sizes, 20, demands=demands, cost=[3]))
    solve_exact(context)
    fewest = naive_bounds.fewest_bins(sizes, demands, 20)
    assert (context.value.bins, context.bounds.bins) == (fewest, fewest)
    assert violations(context.problem, context.packing) == []


def half_dominated(seed: int) -> Problem:
    """Pairs that fill bins of 1000, and sizes from 150 to 450 of which three or more share one."""
    rng = np.random.default_rng(seed)
    large = rng.integers(600, 900, 15)
    return Problem(np.concatenate([large, 1000 - large, rng.integers(210, 440, 30)]), 1000)


@pytest.mark.parametrize("seed", range(4))
def test_the_certificate_is_that_of_the_whole_problem(seed):
    """What is proven about the rest is proven again by duals of the whole problem, without the solver."""
    problem = half_dominated(seed)
    context = context_of(problem, elementary=False)
    assert search_what_is_left(context) is not None
    assert context.certificate is not None
    assert len(context.certificate.duals) == problem.item_types
    assert check_certificate(problem, context.certificate).result == "proved"
    assert context.certificate.bound <= context.bounds.cost <= context.value.cost


@pytest.mark.parametrize("dear", [{"cost": [5, 5, 4]}, {"cost": [5, 6, 4], "available": [-1, 3, -1]}])
def test_the_certificate_speaks_of_dominated_bin_types_too(dear):
    """Their configurations are among those of the type that takes their place."""
    rng = np.random.default_rng(2)
    problem = Problem(rng.integers(10, 60, (14, 2)), [[100, 100], [90, 100], [70, 75]], **dear)
    context = context_of(problem, elementary=False)
    solve_exact(context)
    assert context.certificate is not None
    assert context.certificate.best_pattern_value[1] == context.certificate.best_pattern_value[0]
    assert check_certificate(problem, context.certificate).result == "proved"


def test_rules_under_which_an_exchange_may_break_something_are_left_alone():
    """Each rule by itself is enough for the problem to be searched as it is."""
    plain = Problem([7, 3, 2], 10, demands=[2, 2, 2])
    assert dominance_holds(plain)
    rules = [
        {"limits": [(0, 1, 0)]},
        {"requires": [(0, 1)]},
        {"setups": [Setup((0,), (1,))]},
        {"exclusive": [1, 0, 0]},
        {"available": [9]},
        {"minimum_bins": 2},
        {"alternatives": [0, 0, -1]},
        {"optional": [-1, 0, -1]},
    ]
    assert not any(dominance_holds(plain.replace(**rule)) for rule in rules)
