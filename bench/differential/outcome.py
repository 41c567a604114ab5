"""One problem solved with every method: what each proved, in how long, and what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from bench.differential.contradictions import certificate_verdicts, contradictions
from bench.differential.draw import draw_problem
from bench.exact.measurement import load_every_kernel

PROVEN = ("optimal", "infeasible")


@dataclass
class Outcome:
    """statuses, seconds : by method, seconds without compiling. certificates : the verdict on each that was made."""

    statuses: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    certificates: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    number: int = 0
    rules: tuple[str, ...] = ()


def prepare() -> None:
    """Compile what the methods may call, and import CP-SAT, so that no time limit is spent on it."""
    load_every_kernel()
    solve(Problem([2, 3], 4), "cp_sat")


def outcome_of(seed: int, number: int, *, methods: Sequence[str], time_limit: float) -> Outcome:
    """Draw the problem and compare."""
    problem, rules = draw_problem(seed, number)
    outcome = compare(problem, methods, time_limit)
    outcome.number, outcome.rules = number, rules
    return outcome


def compare(problem: Problem, methods: Sequence[str], time_limit: float) -> Outcome:
    """Solve with each method; an exception is a fault of its method, and the others are still compared."""
    outcome, answers = Outcome(), dict[str, Solution]()
    for method in methods:
        started = perf_counter()
        try:
            answers[method] = solve(problem, method, time_limit)
        except Exception as error:  # whatever it is, it belongs in the report
            outcome.statuses[method] = "crashed"
            outcome.faults.append(f"{method}: {type(error).__name__}: {error}")
            continue
        outcome.statuses[method] = answers[method].status
        outcome.seconds[method] = perf_counter() - started - answers[method].statistics.compile_s
    verdicts = certificate_verdicts(problem, answers)
    outcome.certificates = [verdict.result for verdict in verdicts.values()]
    outcome.faults += contradictions(problem, answers, verdicts)
    return outcome
