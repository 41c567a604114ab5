"""One problem in parts: merged packings keep every rule, leftovers make none worse, and the answer is that of the whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import strategies
from binpack_solvers.check import check, violations
from binpack_solvers.errors import ProblemError
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread
from binpack_solvers.scale_out import in_parts as module
from binpack_solvers.scale_out.in_parts import merge, pack_leftovers, pack_what_fits, solve_in_parts
from binpack_solvers.scale_out.leftovers import leftovers
from binpack_solvers.scale_out.partition import Share, partition
from binpack_solvers.scale_out.restriction import restricted
from hypothesis import assume, given, settings
from hypothesis import strategies as st

WITHIN_BINS = tuple(rule for rule in strategies.RULES if rule not in ("topology", "spread", "initial"))
PROBLEMS = strategies.problems(max_copies=10, rules=WITHIN_BINS)
OPTIONS = {"method": "best_fit_decreasing", "time_limit": 10.0, "threads": 1, "seed": 0}
COUNTS = ("demand", "minimum_bins")
"""What a merged packing may still lack: copies that found no bin in their part, and bins that are added at the end."""


def merged_parts(problem, shares):
    """The shares packed one by one, and merged."""
    parts = [restricted(problem, *share) for share in shares]
    packings = [part and pack_what_fits(part.problem, OPTIONS).packing for part in parts]
    return merge(parts, packings)


def broken(problem, packing):
    """Every broken rule but those of counts, too many copies among them."""
    found = [text for text in violations(problem, packing) if not text.startswith(COUNTS)]
    placed = packing.copies(problem.item_types)
    many = [g for g in problem.demand_groups if sum(placed[i] for i in g) > problem.demands[g[0]]]
    return found + [f"too many of {group}" for group in many]


@st.composite
def any_shares(draw, problem):
    """Any two parts of the copies and bins, ties torn apart too, but item types that require themselves."""
    first = partition(problem, 1)[0]
    alone = {i for i, j in problem.requires[:, :2].tolist() if i == j}
    for group in problem.demand_groups:
        copies = int(problem.demands[group[0]])
        whole = not alone.isdisjoint(group)
        first.demands[list(group)] = draw(st.sampled_from([0, copies]) if whole else st.integers(0, copies))
    for k, available in enumerate(problem.available.tolist()):
        first.available[k] = draw(st.integers(0, available)) if available >= 0 else available
    bins = [a - b if a >= 0 else a for a, b in zip(problem.available, first.available, strict=True)]
    return [first, Share(problem.demands - first.demands, first.available * 0 + bins)]


@given(st.data())
def test_any_partition_merges_into_a_packing_that_keeps_every_rule(data):
    """However copies and bins are split: each bin keeps its rules, and no copy or bin is used twice."""
    problem = data.draw(PROBLEMS)
    shares = data.draw(any_shares(problem))
    assert broken(problem, merged_parts(problem, shares)) == []


@given(PROBLEMS, st.integers(1, 4), st.integers(0, 2))
def test_leftovers_make_nothing_worse(problem, bins, seed):
    """After packing leftovers again the value is no worse, no rule is broken, and bins are not fewer than they must be."""
    merged = merged_parts(problem, partition(problem, 3, seed))
    packing, freed, _ = pack_leftovers(problem, merged, bins, OPTIONS)
    assert freed <= merged.bins
    assert broken(problem, packing) == []
    values = [(max(0, problem.minimum_bins - p.bins), evaluate(problem, p)) for p in (packing, merged)]
    assert values[0] <= values[1]


@given(PROBLEMS, st.integers(0, 5))
def test_leftovers_and_what_stays_are_the_whole(problem, bins):
    """Kept bins and rest together hold every copy and bin once; any packing of the rest beside them keeps every rule."""
    merged = merged_parts(problem, partition(problem, 2))
    kept, rest, before = leftovers(problem, merged, bins)
    if rest is None:
        assert all(sum(n for kind, _, n in kept if kind == k) == a for k, a in enumerate(problem.available.tolist()))
        return
    copies = Packing.from_patterns(kept).copies(problem.item_types)
    for group in problem.demand_groups:
        again = sum(rest.problem.demands[rest.items == group[0]].tolist())
        assert sum(copies[i] for i in group) + again == problem.demands[group[0]]
    if before is not None:
        assert violations(rest.problem, before) == []
    packing = solve(rest.problem, "first_fit", time_limit=5.0).packing
    if packing is not None:
        assert violations(problem, Packing.from_patterns([*kept, *rest.lift(packing)])) == []


@given(st.data())
def test_a_restriction_has_the_rules_of_the_whole(data):
    """A packing of some copies in some bins keeps the restriction's rules exactly where, lifted, it keeps the whole's."""
    problem = data.draw(strategies.problems(rules=tuple(r for r in WITHIN_BINS if r != "minimum_bins")))
    share = data.draw(any_shares(problem))[0]
    part = restricted(problem, *share)
    assume(part is not None and part.problem.item_types)
    packing = data.draw(strategies.packings(part.problem))
    lifted = Packing.from_patterns(part.lift(packing))
    assert list(part.lower(lifted.patterns).patterns) == list(Packing.from_patterns(packing.patterns).patterns)
    counts = ("demand", "available")
    rules = [
        sorted(text.partition(":")[0] for text in violations(of, found) if not text.startswith(counts))
        for of, found in ((part.problem, packing), (problem, lifted))
    ]
    assert rules[0] == rules[1]


@settings(max_examples=30)
@given(strategies.problems(max_copies=8, rules=WITHIN_BINS), st.integers(1, 3))
def test_the_answer_is_checked_and_never_contradicts_the_whole(problem, parts):
    """Its packing keeps every rule, its bounds hold for the best packing, and it is infeasible only where the whole is."""
    with ThreadPoolExecutor(1) as executor:
        found = solve_in_parts(problem, parts, "best_fit_decreasing", 10.0, executor=executor)
    check(problem, found)
    best = solve(problem, "cp_sat", time_limit=10.0)
    if best.status == "optimal" and best.packing is not None:
        assert found.status != "infeasible"
        assert found.cost_lower_bound <= best.cost
        if found.packing is not None:
            assert evaluate(problem, best.packing) <= evaluate(problem, found.packing)
    elif best.status == "infeasible":
        assert found.packing is None


def test_scarce_bins_of_a_part_are_made_up_for():
    """A part may get too few bins for its copies; the leftovers find room for them in the whole."""
    problem = Problem([6, 6, 4, 4, 4], 8, available=[4])
    first = Share(problem.demands * [1, 1, 0, 0, 1], problem.available // 4)
    merged = merged_parts(problem, [first, Share(problem.demands - first.demands, problem.available - first.available)])
    assert violations(problem, merged)[0].startswith("demand")
    packing, _, _ = pack_leftovers(problem, merged, 1, {**OPTIONS, "method": "auto", "time_limit": 3.0})
    assert violations(problem, packing) == []


def test_important_copies_take_the_place_of_others():
    """Where bins are scarce and a part leaves out an important copy, another part's less important one makes room."""
    problem = Problem([8, 8, 8], 8, available=[2], optional=[1, 1, 0])
    first = Share(problem.demands * [1, 1, 0], np.array([1]))
    merged = merged_parts(problem, [first, Share(problem.demands - first.demands, np.array([1]))])
    assert merged.copies(3)[2] == 1
    assert pack_leftovers(problem, merged, 1, OPTIONS).packing.copies(3) == [1, 1, 0]


def test_ctrl_c_while_leftovers_are_packed(monkeypatch):
    """The best so far is the answer, and says that it was interrupted; no further round begins."""
    runs = []

    def interrupted(problem, *arguments, **options):
        solution = solve(problem, *arguments, **options)
        runs.append(solution)
        if len(runs) == 3:  # after two parts
            solution.statistics.counters["interrupted"] = 1
        return solution

    monkeypatch.setattr(module, "solve", interrupted)
    with ThreadPoolExecutor(1) as executor:
        found = solve_in_parts(Problem([5, 4, 3, 6] * 5, 10), 2, "first_fit", 5.0, executor=executor)
    assert found.packing is not None
    assert found.statistics.counters["interrupted"] == 1
    assert len(runs) == 4  # the last one adds the bounds


def test_minimum_bins_are_added_once():
    """Parts know nothing of it: the rest makes up what is missing in all."""
    problem = Problem([5] * 4, 10, minimum_bins=6)
    with ThreadPoolExecutor(1) as executor:
        found = solve_in_parts(problem, 2, "first_fit", 5.0, executor=executor)
    assert (found.status, found.bins) == ("optimal", 6)


def test_what_fits_nowhere_is_infeasible():
    """The whole problem's bounds name the item."""
    with ThreadPoolExecutor(1) as executor:
        found = solve_in_parts(Problem([5, 11, 3], 10), 2, "first_fit", 5.0, executor=executor)
    assert found.status == "infeasible"
    assert "item 1" in found.reason


@pytest.mark.parametrize(("method", "resources"), [("auto", 1), ("dot_product", 2)])
def test_same_answer_for_any_number_of_workers(method, resources):
    """One worker, two, or threads: the same packing. No limit on time ends a run here."""
    sizes = np.random.default_rng(1).integers(5, 60, (60, resources))
    problem = Problem(sizes, [100] * resources, demands=[1 + k % 5 for k in range(60)])
    answers = [solve_in_parts(problem, 3, method, 2400.0, seed=1, workers=workers) for workers in (1, 2)]
    with ThreadPoolExecutor(3) as executor:
        answers.append(solve_in_parts(problem, 3, method, 2400.0, seed=1, executor=executor))
    assert len({str(list(answer.patterns)) for answer in answers}) == 1
    assert answers[0].statistics.counters["parts"] == 3


def test_parts_of_many_copies_lose_next_to_nothing():
    """Two hundred item types of one resource: within 2 % of what is proven of the whole."""
    sizes = np.random.default_rng(2).integers(100, 5000, 200)
    problem = Problem(sizes, 10_000, demands=[5] * 200)
    with ThreadPoolExecutor(1) as executor:
        found = solve_in_parts(problem, 4, "auto", 2400.0, executor=executor)
    assert found.gap <= 0.02


@pytest.mark.parametrize(("parts", "words"), [(0, "parts is 0"), (2, "spread: a rule across bins")])
def test_refusals(parts, words):
    """No parts, or rules that parts cannot keep by themselves, are refused before anything is solved."""
    spread = [Spread((0,), (0,), 0)] if parts else []
    with pytest.raises(ProblemError, match=words):
        solve_in_parts(Problem([1], 2, spread=spread), parts)
