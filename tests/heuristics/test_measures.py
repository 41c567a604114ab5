"""Measures, weights and scores by their words: what they order and what they make; nothing but these words is taken."""

from __future__ import annotations

import naive_kernels
import pytest
import strategies
from binpack_solvers.check import check
from binpack_solvers.errors import ProblemError
from binpack_solvers.heuristics import arrays
from binpack_solvers.heuristics.measures import MEASURE_WORDS, PAIR_WORDS, SCORE_WORDS, Measure, ranked
from binpack_solvers.heuristics.registry import CHOICES, HEURISTICS, heuristic
from binpack_solvers.kernels.measures import AVERAGE, EXPONENTIAL, L1, L2, LARGEST, RECIPROCAL, UNIT
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import given, settings
from hypothesis import strategies as st

BIN_RULES = tuple(r for r in strategies.RULES if r not in ("topology", "spread", "requires", "initial"))
MEASURES = st.builds(
    Measure,
    st.sampled_from([L1, L2, LARGEST]),
    st.sampled_from([UNIT, AVERAGE, EXPONENTIAL, RECIPROCAL]),
    st.just(False),
)


@settings(max_examples=60)
@given(problem=strategies.problems(rules=BIN_RULES), data=st.data())
def test_a_packing_by_any_measure_keeps_the_rules_about_one_bin(problem, data):
    """Every word that a heuristic takes, one of a kind: what it returns passes the checker."""
    name = data.draw(st.sampled_from(sorted(CHOICES)))
    words = data.draw(st.lists(st.sampled_from(sorted(CHOICES[name].words)), unique_by=CHOICES[name].words.get))
    kinds = [CHOICES[name].words[word][0] for word in words]
    if len(set(kinds)) < len(kinds):
        with pytest.raises(ProblemError, match="at most one of a kind"):
            heuristic(":".join([name, *words]))
        return
    packing = heuristic(":".join([name, *words]))(problem, 0)
    if packing is not None:
        check(problem, packing)


@settings(max_examples=60)
@given(problem=strategies.problems(max_items=6, max_copies=9, rules=("demands",)), measure=MEASURES)
def test_static_keys_are_measures_by_the_weights_of_all(problem, measure):
    """The key of each item type is its measure, by weights of all copies together."""
    share = (problem.sizes * arrays.share_of_one(problem)).tolist()
    total = [
        sum(q * row[h] for q, row in zip(problem.demands.tolist(), share, strict=True)) for h in range(len(share[0]))
    ]
    weight = naive_kernels.weights(measure.weights, total, problem.copies)
    expected = [naive_kernels.measure(measure.norm, weight, row) for row in share]
    key, _ = ranked(problem, measure)
    if problem.resources > 1 and measure != Measure():
        assert key.tolist() == pytest.approx(expected)


@settings(max_examples=60)
@given(problem=strategies.problems(max_items=6, max_copies=9, rules=("demands",)))
def test_weights_that_are_always_one_are_not_dynamic(problem):
    """Chosen one by one or sorted at once, by weights that do not change the order is the same."""
    if problem.resources > 1:
        once, one_by_one = ranked(problem, Measure(L2, UNIT))[0], ranked(problem, Measure(L2, UNIT, True))[0]
        assert arrays.decreasing(one_by_one).tolist() == pytest.approx(arrays.decreasing(once).tolist())


def test_the_words_of_the_defaults_change_nothing():
    """Said in words, the default measure gives the default's packing."""
    problem = Problem([[5, 3], [3, 4], [1, 2], [4, 4]], [10, 9], demands=[3, 4, 5, 2])
    for method in ("first_fit_decreasing:l1:unit:static", "best_fit_decreasing:l1", "dot_product:average"):
        assert list(heuristic(method)(problem, 0).patterns) == list(
            HEURISTICS[method.split(":")[0]](problem, 0).patterns
        )


@pytest.mark.parametrize(
    "method", ["worst_fit_decreasing:linf:reciprocal:dynamic", "pairing:l2:dynamic", "fitness:unit"]
)
def test_solve_takes_the_words(method):
    """The public call: checked, with the volume bound, under the name that was asked for."""
    solution = solve(Problem([[5, 3], [3, 4], [1, 2]], [10, 10], demands=[3, 4, 5]), method)
    assert (solution.status, solution.bins, solution.statistics.method) == ("optimal", 4, method)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        ("first_fit_decreasing:l3", "'l3' is unknown"),
        ("first_fit_decreasing:l1:l2", "'l2' is unknown or against another word"),
        ("dot_product:l2", "'l2' is unknown"),
        ("first_fit:l2", "first_fit has no measure"),
        ("exact:l2", "unknown"),
    ],
)
def test_what_is_no_word_is_refused(method, message):
    """An unknown word, two of a kind, a measure where none is, and a method that is no heuristic: ProblemError says so."""
    with pytest.raises(ProblemError, match=message):
        solve(Problem([1], 1), method)


def test_every_word_sets_a_field_of_its_choice():
    """Words name fields that are there, so that each can be taken."""
    for words in (MEASURE_WORDS, SCORE_WORDS, PAIR_WORDS):
        fields = {field for field, _ in words.values()}
        assert any(fields <= set(choice.default._fields) for choice in CHOICES.values() if choice.words is words)
