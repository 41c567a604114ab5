"""Many independent problems (scenarios, instances) on the workers of an executor."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import Executor
from typing import Any

from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.scale_out.tasks import Call, results_in_order
from binpack_solvers.solution import Solution


def solve_many(
    problems: Iterable[Problem],
    method: str = "auto",
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
    tree: bool = False,
    executor: Executor | None = None,
    workers: int | None = None,
) -> list[Solution]:
    """The answer to each problem, in order, as ``solve`` gives it with the same arguments, for any number of workers.

    time_limit : seconds for each problem. executor : where they are solved, the caller's to end; None: a process pool
    with one process for each core (or ``workers``), which a script starts under ``if __name__ == "__main__"``.

    A problem whose worker dies is solved again; raises WorkersLostError for one that loses its worker every time, and what
    ``solve`` raises. Ctrl-C ends every process of the pool and is raised.
    """
    return list(solve_each(problems, method, time_limit, threads, seed, tree, executor, workers))


def solve_each(
    problems: Iterable[Problem],
    method: str = "auto",
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
    tree: bool = False,
    executor: Executor | None = None,
    workers: int | None = None,
) -> Generator[Solution, None, None]:
    """``solve_many``, answer by answer in order; problems are asked for as workers come free where their number is known."""
    options = {"method": method, "time_limit": time_limit, "threads": threads, "seed": seed, "tree": tree}
    calls = (Call(f"problem {n}", _solve, (problem, options)) for n, problem in enumerate(problems))
    yield from results_in_order(calls, executor, workers)


def _solve(problem: Problem, options: dict[str, Any]) -> Solution:
    return solve(problem, **options)
