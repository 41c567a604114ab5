"""Filling bins by scores of pairs, one after the other or all at once, against versions that look at every copy."""

from __future__ import annotations

import naive_kernels
import pytest
import strategies
from binpack_solvers.heuristics import arrays
from binpack_solvers.kernels.bin_centric import fill_bins
from binpack_solvers.kernels.measures import AVERAGE, EXPONENTIAL, RECIPROCAL, UNIT
from binpack_solvers.kernels.pairing import pair_up
from binpack_solvers.kernels.scores import DOT_PRODUCT, DYNAMIC, EACH_BIN, FITNESS, L2, PROJECTION, STATIC, Scoring
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

SCORES = (DOT_PRODUCT, PROJECTION, L2, FITNESS)
WEIGHTS = st.sampled_from([UNIT, AVERAGE, EXPONENTIAL, RECIPROCAL])
ONE_BIN_RULES = ("demands", "cost", "available", "compatible", "optional", "exclusive", "limits", "requires", "setups")


def run_fill_bins(problem, scoring):
    """The kernel's rows as a Packing, and what found no room."""
    demand = arrays.demand_of(problem)
    rows = fill_bins(
        arrays.rules_of(problem),
        demand,
        arrays.urgency_of(problem),
        arrays.run_of_items(problem),
        scoring,
        arrays.type_order(problem),
        *arrays.start_rows([]),
    )
    return arrays.packing_of(rows), demand


@pytest.mark.parametrize("score", SCORES)
@settings(max_examples=100)
@given(problem=strategies.problems(max_items=4, max_copies=9, rules=ONE_BIN_RULES), data=st.data())
def test_filling_equals_the_obvious_version(score, problem, data):
    """Dropping item types without room, and repeating full bins, changes no bin, by whatever score and weights."""
    scoring = Scoring(score, data.draw(WEIGHTS), data.draw(st.sampled_from([STATIC, EACH_BIN, DYNAMIC])))
    packing, _ = run_fill_bins(problem, scoring)
    expected = naive_kernels.fill_bins(problem, arrays.urgency_of(problem).tolist(), scoring)
    assert naive_kernels.contents(packing.patterns) == expected


@pytest.mark.parametrize("score", SCORES)
def test_filling_takes_many_copies(score):
    """Bins alike are repeated, so 10**12 copies take as few steps as ten."""
    problem = Problem([[7, 1], [2, 9]], [50, 50], demands=[10**12, 10**12])
    packing, missing = run_fill_bins(problem, Scoring(score, AVERAGE, EACH_BIN))
    assert packing.copies(2) == [10**12, 10**12]
    assert not missing.any()
    assert len(packing.patterns) < 20


@pytest.mark.parametrize("score", SCORES)
@settings(max_examples=100)
@given(problem=strategies.problems(max_items=4, max_copies=9, rules=ONE_BIN_RULES), data=st.data())
def test_pairing_equals_the_obvious_version(score, problem, data):
    """Equal bins as one group, and pairs that are kept, change no bin and nothing that is left over, under every rule."""
    scoring = Scoring(score, data.draw(WEIGHTS), data.draw(st.sampled_from([STATIC, DYNAMIC])))
    kind, number = data.draw(st.integers(0, problem.bin_types - 1)), data.draw(st.integers(1, 5))
    demand, start = arrays.demand_of(problem), arrays.start_rows([(kind, number, {})])
    rows = pair_up(arrays.rules_of(problem), demand, arrays.urgency_of(problem), scoring, *start)
    expected, rest = naive_kernels.pair_up(problem, arrays.urgency_of(problem).tolist(), scoring, kind, number)
    assert naive_kernels.contents(arrays.packing_of(rows).patterns) == expected
    assert demand.tolist() == rest
