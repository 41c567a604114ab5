"""All copies into given bins: what is found keeps every rule, the state keeps its books, and the search ends."""

from __future__ import annotations

from time import monotonic

import naive
import numpy as np
import strategies
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.check import violations
from binpack_solvers.context import Context
from binpack_solvers.heuristics.given_bins import OverloadSearch, is_wanted, pack_given_bins
from binpack_solvers.kernels.bin_contents import ALLOWED, COUNT, KIND
from binpack_solvers.problem import UNLIMITED, Problem
from hypothesis import given, settings
from hypothesis import strategies as st

RULES = ("demands", "cost", "available", "compatible", "limits", "minimum_bins")


def context_of(problem: Problem, seed: int = 0) -> Context:
    """A run with so much time that the clock never ends it."""
    context = Context(problem, monotonic() + 10**6, seed)
    context.bounds = lower_bounds(problem)
    return context


def with_given_bins(problem: Problem, each: int) -> Problem:
    """The same with so many bins where there is no end of them."""
    return problem.replace(available=np.where(problem.available == UNLIMITED, each, problem.available))


@given(
    problem=strategies.problems(rules=RULES, max_items=5, max_copies=6),
    each=st.integers(1, 3),
    seed=st.integers(0, 2**32),
)
def test_what_it_finds_keeps_every_rule(problem, each, seed):
    """No packing is refused, the naive checker agrees, and a copy is never missing."""
    problem = with_given_bins(problem, each)
    context = context_of(problem, seed)
    pack_given_bins(context, 5000)
    assert "rejected" not in context.counters
    if context.packing is not None:
        assert not naive.violations(problem, context.packing)
        assert not any(context.value.unplaced)


@settings(max_examples=40)
@given(problem=strategies.problems(rules=RULES[:-1], max_copies=4), each=st.integers(1, 2))
def test_it_finds_a_packing_where_there_is_one(problem, each):
    """On problems of a few copies it finds a packing if and only if trying all of them does."""
    problem = with_given_bins(problem, each)
    context = context_of(problem)
    wanted = is_wanted(context)
    pack_given_bins(context, 10**5)
    assert context.packing is None or wanted
    if wanted:
        assert (context.packing is None) == (naive.optimum(problem) is None)


@settings(max_examples=40)
@given(problem=strategies.problems(rules=RULES[:-1], max_copies=9), each=st.integers(1, 3), data=st.data())
def test_the_state_keeps_its_books(problem, each, data):
    """After any number of steps: every copy in an allowed bin, room and copies over the limits as the counts say."""
    problem = with_given_bins(problem, each)
    if not is_wanted(context_of(problem)):
        return
    search = OverloadSearch(problem, data.draw(st.integers(0, 99)))
    for work in data.draw(st.lists(st.integers(1, 60), min_size=1, max_size=5)):
        found = search.run(work)
        state = search.state
        count = state.cell[COUNT]
        if not state.cell[ALLOWED].any(axis=0).all():
            assert found is None
            return
        assert (count.sum(axis=0) == problem.demands[search.items]).all()
        assert not count[state.cell[ALLOWED] == 0].any()
        assert (state.room[:, :-1] == problem.capacity[search.kinds] - count @ state.size).all()
        assert (
            -state.room[:, -1] == [_over_limits(problem, dict(zip(search.items, row, strict=True))) for row in count]
        ).all()
        for b, row in enumerate(count):
            assert sorted(state.cell[KIND, b, : state.held[b]]) == np.flatnonzero(row).tolist()
        assert (found is not None) == bool((state.room >= 0).all())
        if found is not None:
            assert not violations(problem.replace(minimum_bins=0), found)
            return


def _over_limits(problem: Problem, content: dict[int, int]) -> int:
    """Copies of j above k for each limit (i, j, k) whose i is in the bin."""
    return sum(max(0, content.get(j, 0) - most) for i, j, most, _ in problem.limits.tolist() if content.get(i, 0) > 0)


@settings(max_examples=20)
@given(seed=st.integers(0, 99), cuts=st.lists(st.integers(1, 4000), min_size=1, max_size=5))
def test_the_result_does_not_depend_on_how_the_work_is_cut(seed, cuts):
    """The same seed and the same steps give the same bins, whether the kernel is called once or many times."""
    problem = planted(seed, 8, 3, 1)
    whole, parts = (OverloadSearch(problem, seed) for _ in range(2))
    for work in cuts:
        if parts.run(work) is not None:
            break
    whole.run(parts.work)
    assert (whole.state.cell == parts.state.cell).all()
    assert (whole.state.tally == parts.state.tally).all()


def planted(seed: int, bins: int, resources: int, share: float) -> Problem:
    """Bins all different, each cut into four items which take that share of it (Gabay & Zaourar 2016)."""
    random = np.random.default_rng(seed)
    capacity = random.integers(100, 1000, (bins, resources))
    cut = np.sort((capacity[:, None] * share * random.random((bins, 3, resources))).astype(np.int64), axis=1)
    ends = np.concatenate([cut, (capacity[:, None] * share).astype(np.int64)], axis=1)
    sizes = np.diff(ends, axis=1, prepend=0).reshape(-1, resources)
    return Problem(sizes, capacity, available=[1] * bins)


def test_bins_of_many_resources_are_packed():
    """Items cut out of bins of five resources, with little to spare."""
    for seed in range(5):
        context = context_of(planted(seed, 12, 5, 0.85), seed)
        pack_given_bins(context, 10**7)
        assert context.packing is not None


def test_it_stops_when_the_caller_says_so_and_after_its_work():
    """Copies that cannot be packed: the steps end; and nothing is looked at once the run is over."""
    problem = Problem([6, 6, 6, 5, 5, 5, 4], 10, available=[4])
    search = OverloadSearch(problem)
    assert search.run(1000) is None
    assert 1000 <= search.work < 2000
    context = context_of(problem)
    context.stop = lambda: True
    pack_given_bins(context, 10**9)
    assert context.packing is None


def test_it_runs_only_where_bins_have_an_end_and_no_packing_is_known():
    """Unlimited bins, exclusive copies, rules that it does not know, or a packing: nothing is done."""
    problem = Problem([6, 5, 4], 10, available=[3])
    assert is_wanted(context_of(problem))
    assert not is_wanted(context_of(problem.replace(available=[UNLIMITED])))
    assert not is_wanted(context_of(problem.replace(exclusive=[True, False, False])))
    assert not is_wanted(context_of(problem.replace(requires=[(0, 1)])))
    known = context_of(problem)
    pack_given_bins(known, 1000)
    assert known.packing is not None
    assert not is_wanted(known)
