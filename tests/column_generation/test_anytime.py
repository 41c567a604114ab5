"""At every moment there is a packing that keeps the rules and a bound that is one."""

from __future__ import annotations

import gc
import signal
from types import FrameType

import numpy as np
import pytest
from binpack_solvers.check import check
from binpack_solvers.column_generation.exact import load_pricing
from binpack_solvers.constructions import load_kernels
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution
from hypothesis import given, settings
from hypothesis import strategies as st

TRIPLES = 20


def triplets(seed: int) -> Problem:
    """Items that fill ``TRIPLES`` bins of 1000 in threes with nothing to spare (Falkenauer 1996, class T)."""
    random = np.random.default_rng(seed)
    sizes = []
    for _ in range(TRIPLES):
        first = int(random.integers(380, 490))
        second = int(random.integers(250, (1000 - first) // 2))
        sizes += [first, second, 1000 - first - second]
    return Problem(sizes, 1000)


@settings(max_examples=25)
@given(seed=st.integers(0, 99), questions=st.integers(0, 60))
def test_stopping_anywhere_leaves_a_valid_pair(seed, questions):
    """However often the stop flag was asked before it said yes, value and bound enclose the optimum."""
    left = iter([False] * questions)
    problem = triplets(seed)
    solution = solve(problem, method="exact", time_limit=60, stop=lambda: next(left, True))
    check(problem, solution)
    assert solution.lower_bound <= TRIPLES
    if solution.packing is not None:
        assert solution.bins >= TRIPLES


def interrupted_after(seconds: float, problem: Problem) -> Solution:
    """The answer of a run that Ctrl-C ends after so many seconds, or once it has begun, unless it has ended by then."""
    over = False

    def interrupt(_: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code.co_name not in ("_run", "answer"):
            frame = frame.f_back
        if frame is not None:
            raise KeyboardInterrupt
        if not over:  # a busy machine may have taken all the time before
            signal.setitimer(signal.ITIMER_REAL, 1e-3)

    gc.disable()  # Python drops what is raised while it collects garbage
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return solve(problem, method="exact", time_limit=60)
    finally:
        over = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        gc.enable()


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that sends a signal")
@settings(max_examples=25)
@given(seed=st.integers(0, 99), seconds=st.floats(1e-3, 0.3))
def test_ctrl_c_at_any_time_leaves_a_valid_pair(seed, seconds):
    """Whatever the run is doing when Ctrl-C comes, it answers, and value and bound enclose the optimum."""
    load_kernels()
    load_pricing()
    problem = triplets(seed)
    solution = interrupted_after(seconds, problem)
    check(problem, solution)
    assert solution.lower_bound <= TRIPLES
    if solution.packing is not None:
        assert solution.bins >= TRIPLES


@settings(max_examples=25)
@given(seed=st.integers(0, 99))
def test_triplets_are_solved(seed):
    """The planted optimum is found and proven: no heuristic of the portfolio finds it by itself as a rule."""
    solution = solve(triplets(seed), method="exact", time_limit=60)
    assert (solution.status, solution.bins) == ("optimal", TRIPLES)


def test_huge_demands_are_packed():
    """Copies cost neither time nor memory: 10**12 of each size, and the gap is at most a bin."""
    problem = Problem([340, 335, 325, 510, 490], 1000, demands=[10**12] * 5)
    solution = solve(problem, method="exact", time_limit=10)
    check(problem, solution)
    assert solution.bins - solution.lower_bound <= 1


def test_bins_of_several_prices_are_chosen_together():
    """23 and 21 to pack: two large bins and a small one cost 31, one large and three small 33, and nothing less holds it."""
    problem = Problem([[3, 1], [2, 4]], [[5, 5], [10, 10]], demands=[5, 4], cost=[7, 12], available=[-1, 2])
    solution = solve(problem, method="exact", time_limit=30)
    assert solution.status == "optimal"
    assert (solution.cost, solution.cost_lower_bound) == (31, 31)


def test_a_run_may_have_no_limit():
    """With endless time the search ends by its proof."""
    solution = solve(Problem([16, 8, 12, 24, 19], 50, demands=[4, 2, 2, 1, 1]), method="exact", time_limit=float("inf"))
    assert (solution.status, solution.bins) == ("optimal", 4)
