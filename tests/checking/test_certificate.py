"""Certificates of the configuration LP's bounds: proved again, and refuted wherever they do not show what they claim."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from time import monotonic

import naive
import naive_patterns
import pytest
import strategies
from binpack_solvers.checking.certificate import check_certificate
from binpack_solvers.checking.side_rows import SideRows
from binpack_solvers.column_generation.certificate import Certificate, SideRowDual
from binpack_solvers.column_generation.exact import solve_exact
from binpack_solvers.context import Context
from binpack_solvers.errors import SolutionError
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.instances.reading import read_instances
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread
from hypothesis import assume, given, settings
from hypothesis import strategies as st

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ENOUGH = 30.0
ACROSS_BINS = ("demands", "cost", "alternatives", "topology", "limits", "requires", "spread", "initial", "minimum_bins")
OF_ONE_BIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")
TRIPLE = Problem([[3, 4], [6, 4], [7, 5], [2, 2], [2, 5], [2, 7], [5, 2]], [10, 10])
"""Seven items of which the volumes ask for three bins and the configuration LP for four."""


def certified(problem: Problem, start: bool) -> tuple[Context, Certificate]:
    """Branch and price with no elementary bound before it, so that its root has to prove everything by itself."""
    context = searched(problem, start)
    assume(context.certificate is not None)
    return context, context.certificate


def searched(problem: Problem, start: bool) -> Context:
    """The context after branch and price, from a first packing on or from nothing."""
    context = Context(problem, monotonic() + ENOUGH)
    if start:
        context.offer(HEURISTICS["first_fit_decreasing"](problem, 0))
    solve_exact(context)
    return context


@pytest.mark.parametrize("start", [False, True])
@settings(max_examples=150)
@given(problem=strategies.problems())
def test_what_the_root_proves_is_proved_again(start, problem):
    """Whatever rules the problem has, the root's certificate is proved and its bound is one on every full packing."""
    context, certificate = certified(problem, start)
    assert check_certificate(problem, certificate).result == "proved"
    assert check_certificate(problem, replace(certificate, bound=certificate.bound - 1)).result == "proved"
    capped = any(spread.key == 0 for spread in problem.spread)  # as few bins as there must be: no rule of one content
    assert certificate.side_row_duals or capped or naive_patterns.shows_its_bound(problem, certificate)
    expected = naive.optimum(problem)
    if expected is not None and not any(expected.unplaced):
        assert certificate.bound <= expected.cost
        assert certificate.bound <= context.bounds.cost
        beyond = replace(certificate, bound=expected.cost + 1)
        assert check_certificate(problem, beyond).result == "refuted"


@settings(max_examples=400)
@given(data=st.data(), problem=strategies.problems(rules=OF_ONE_BIN))
def test_a_changed_certificate_is_proved_only_if_it_still_holds(data, problem):
    """One number changed anywhere: the verdict is that of its definition over all patterns."""
    _, certificate = certified(problem, data.draw(st.booleans()))
    changed = data.draw(_changes(certificate))
    expected = "proved" if naive_patterns.shows_its_bound(problem, changed) else "refuted"
    assert check_certificate(problem, changed).result == expected


@settings(max_examples=100)
@given(data=st.data(), problem=strategies.problems(rules=ACROSS_BINS))
def test_whatever_is_proved_across_bins_is_a_bound(data, problem):
    """Side rows changed, left out or made up: what is still proved is no more than the cheapest packing costs."""
    _, certificate = certified(problem, data.draw(st.booleans()))
    rows = list(certificate.side_row_duals)
    large = certificate.scale // 2
    for _ in range(data.draw(st.integers(1, 3))):
        rule = data.draw(st.sampled_from(sorted(SideRows(problem).rules)))
        of = data.draw(st.lists(st.integers(0, 2), max_size=3))
        rows.append(SideRowDual(rule, tuple(of), data.draw(st.sampled_from([1, -1, large, -large]))))
    kept = tuple(row for row in rows if data.draw(st.booleans()))
    worth = tuple(data.draw(st.sampled_from([value, value + large])) for value in certificate.best_pattern_value)
    bound = certificate.bound + data.draw(st.integers(0, 2))
    changed = replace(certificate, side_row_duals=kept, best_pattern_value=worth, bound=bound)
    if check_certificate(problem, changed).result == "proved":
        expected = naive.optimum(problem)
        assert expected is None or any(expected.unplaced) or changed.bound <= expected.cost


def zoned() -> Problem:
    """Three zones whose bins differ: copies spread evenly cannot all stand in the bins that pay."""
    spread = [Spread((0,), (0,), 1, 1, 0, (0, 1, 2))]
    return Problem([4, 3], [[12], [12], [5]], demands=[9, 6], cost=[2, 2, 2], topology=[[0], [1], [2]], spread=spread)


def test_a_bound_by_rules_across_bins_is_proved_from_its_side_rows():
    """Bins in which a third of the copies must stand hold one each: the certificate names the rows that say so."""
    problem = zoned()
    context = searched(problem, start=False)
    certificate = context.certificate
    assert (certificate.bound, context.bounds.cost) == (13, 14)
    assert "spread" in certificate.rules_used
    again = Certificate.from_dict(json.loads(json.dumps(certificate.as_dict())))
    assert again == certificate
    assert check_certificate(problem, again).result == "proved"
    assert check_certificate(problem, replace(again, bound=14)).result == "refuted"
    assert check_certificate(problem, replace(again, side_row_duals=())).result == "refuted"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (SideRowDual("spread", (5, 0), 1), "no such row"),
        (SideRowDual("spread", (0,), 1), "no such row"),
        (SideRowDual("volume", (), 1), "no such row"),
        (SideRowDual("stands", (0, 1, 0), 1), "no limit on that side"),
    ],
)
def test_a_side_row_that_is_not_there_is_named(row, words):
    """A rule that the problem does not have, or one used from the side on which it says nothing."""
    problem = zoned()
    certificate = searched(problem, start=False).certificate
    verdict = check_certificate(problem, replace(certificate, side_row_duals=(*certificate.side_row_duals, row)))
    assert (verdict.result, words in verdict.reason) == ("refuted", True)


@st.composite
def _changes(draw, certificate):
    names = ["duals", "availability_duals", "best_pattern_value", "scale", "bound"]
    names += ["max_waste", "target_bins"] if certificate.max_waste is not None else []
    name = draw(st.sampled_from(names))
    value = getattr(certificate, name)
    large = certificate.scale // 2
    step = draw(
        st.sampled_from([1, -1, large, -large] if name not in ("bound", "max_waste", "target_bins") else [1, -1])
    )
    if not isinstance(value, tuple):
        return replace(certificate, **{name: max(1 if name == "scale" else 0, value + step)})
    at = draw(st.integers(0, len(value) - 1))
    low = -1 if name == "max_waste" else 0
    return replace(certificate, **{name: (*value[:at], max(low, value[at] + step), *value[at + 1 :])})


def test_solve_hands_it_over():
    """A bound that only the configuration LP gives comes with a certificate that survives JSON."""
    solution = solve(TRIPLE, time_limit=ENOUGH)
    assert (solution.bins, solution.lower_bound, solution.statistics.bound_by) == (4, 4, "configuration LP")
    certificate = Certificate.from_dict(json.loads(json.dumps(solution.certificate)))
    assert (certificate.bound, certificate.covers) == (4, "bound")
    assert certificate.as_dict() == solution.certificate
    assert check_certificate(TRIPLE, certificate).result == "proved"


def test_elementary_bounds_need_none():
    """Where the volume proves the answer, there is no certificate."""
    assert solve(Problem([6, 4, 5, 5], 10), time_limit=ENOUGH).certificate is None


def test_a_bound_beyond_the_root_is_said_to_be_covered_in_part():
    """Beside a bound that branching has raised, the certificate says that it is the root's."""
    certificate = Certificate.from_dict(solve(TRIPLE, time_limit=ENOUGH).certificate)
    assert certificate.beside(5).covers == "root"
    assert certificate.beside(4).covers == "bound"


def test_without_budget_the_verdict_is_open():
    """No search steps: neither proved nor refuted, and the reason says so."""
    certificate = Certificate.from_dict(solve(TRIPLE, time_limit=ENOUGH).certificate)
    verdict = check_certificate(TRIPLE, certificate, budget=0)
    assert verdict.result == "not re-proved"
    assert "budget of 0 steps" in verdict.reason


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duals": [1, -1]}, "duals: -1"),
        ({"duals": "many"}, "duals: expected a list"),
        ({"scale": 0}, "scale: 0"),
        ({"scale": 1.5}, "scale: 1.5"),
        ({"bound": True}, "bound: True"),
        ({"max_waste": [-2]}, "max_waste: -2"),
        ({"covers": "all"}, "covers"),
        ({"rules_used": [1]}, "rules_used"),
        ({"side_row_duals": [1]}, "side_row_duals"),
        ({"side_row_duals": [{"rule": 1, "of": [], "dual": 1}]}, "side_row_duals"),
        ({"side_row_duals": [{"rule": "stands", "of": [-1], "dual": 1}]}, "side_row_duals: -1"),
        ({"side_row_duals": [{"rule": "stands", "of": [1], "dual": 1.5}]}, "side_row_duals: 1.5"),
    ],
)
def test_malformed_fields_are_named(change, words):
    """A field that is not what it must be is an error that names it, not a verdict."""
    fields = solve(TRIPLE, time_limit=ENOUGH).certificate | change
    with pytest.raises(SolutionError, match=words):
        Certificate.from_dict(fields)


def test_a_missing_field_is_named():
    """So is a field that is not there."""
    fields = solve(TRIPLE, time_limit=ENOUGH).certificate
    del fields["duals"]
    with pytest.raises(SolutionError, match="no duals"):
        Certificate.from_dict(fields)


@pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")
@pytest.mark.parametrize(
    ("file", "names"), [("bpp1d/scholl_1.jsonl.gz", "N2C2W1_*"), ("vbp/mommessin_new.jsonl.gz", "New/class4_40_*")]
)
def test_published_instances(file, names):
    """Certificates of published instances are proved; with a best pattern said to be worth less, refuted."""
    proved = 0
    for instance in read_instances(DATA / file, names, 6):
        solution = solve(instance.problem, time_limit=5)
        if solution.certificate is None:
            continue
        certificate = Certificate.from_dict(solution.certificate)
        assert check_certificate(instance.problem, certificate).result == "proved"
        worth = certificate.best_pattern_value[0]
        less = replace(certificate, best_pattern_value=(worth // 2,))
        assert check_certificate(instance.problem, less).result == "refuted"
        proved += 1
    assert proved
