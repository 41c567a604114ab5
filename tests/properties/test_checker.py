"""The checker against naive.py: they condemn the same packings, for the same rules."""

from __future__ import annotations

import naive
import pytest
import strategies
from binpack_solvers.check import violations
from binpack_solvers.objective import evaluate
from hypothesis import given, settings
from hypothesis import strategies as st


def _rules(messages):
    return {message.split(":")[0] for message in messages}


@settings(max_examples=400)
@given(st.data())
def test_checker_names_exactly_the_rules_that_naive_finds_broken(data):
    """On any packing, and on any mutation of it, the checker names the broken rules that naive.py names, and no other."""
    _agree_on_packings(data, data.draw(strategies.problems()))


@pytest.mark.parametrize("rule", strategies.RULES)
@settings(max_examples=30)
@given(data=st.data())
def test_checker_names_what_naive_names_where_one_rule_is_in_play(rule, data):
    """The same for each rule by itself, where packings break that rule and no other (see test_coverage)."""
    _agree_on_packings(data, data.draw(strategies.problems_of_one_rule(rule)))


def _agree_on_packings(data, problem):
    packing = data.draw(strategies.packings(problem))
    assert _rules(violations(problem, packing)) == naive.rules_broken(problem, packing)
    for _ in range(3):
        packing = data.draw(strategies.mutations(problem, packing))
        assert _rules(violations(problem, packing)) == naive.rules_broken(problem, packing)


@settings(max_examples=200)
@given(strategies.problems())
def test_checker_accepts_best_packings(problem):
    """A packing that naive.py finds best among those that keep every rule passes the checker."""
    best = naive.best_packing(problem)
    if best is not None:
        assert violations(problem, best) == []


@settings(max_examples=200)
@given(st.data())
def test_evaluate_counts_what_naive_counts(data):
    """objective.evaluate equals the value counted copy by copy, wherever no bin stands twice."""
    problem = data.draw(strategies.problems())
    packing = data.draw(strategies.packings(problem))
    if "available" not in naive.rules_broken(problem, packing):
        assert evaluate(problem, packing) == naive.value(problem, packing)
