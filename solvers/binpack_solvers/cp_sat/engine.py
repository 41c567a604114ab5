"""One CP-SAT run: in a thread of its own, so that the caller's clock, stop flag and Ctrl-C are looked at meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

LOOK_EVERY = 0.05
"""Seconds between two looks at the clock and the stop flag."""


@dataclass(frozen=True)
class Effort:
    """What a run may use. ``deadline`` is a reading of ``time.monotonic``."""

    deadline: float
    threads: int = 1
    seed: int = 0
    stop: Callable[[], bool] | None = None

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return max(0.0, self.deadline - monotonic())

    @property
    def over(self) -> bool:
        """Whether the time is up or the caller wants to stop."""
        return not self.left or (self.stop is not None and self.stop())


@dataclass(frozen=True)
class Turn:
    """One run's share: ``work`` in CP-SAT's deterministic seconds, and whether it uses the linear relaxation."""

    work: float
    relaxation: bool


def turns() -> Iterator[Turn]:
    """Turns without end, with the relaxation and without, each twice as long as the one before; in seconds on the
    clock roughly what the work says. Limits on work rather than time keep the answer the same on any machine.

    What the relaxation refutes at all, it mostly refutes at once; triplets of 60 items are packed without it in a second,
    with it in 3 to 10. Of the 49 problems of scholl_1 (first 200) that need CP-SAT, 0.3 s solves 35 in turns,
    15 without the relaxation.
    """
    work = 0.2
    while True:
        for relaxation in (True, False):
            yield Turn(work, relaxation)
            work *= 2


@dataclass
class Run:
    """How a run ended: ``optimal``, ``feasible``, ``infeasible`` or ``unknown``, and CP-SAT's bound on the objective."""

    status: str
    bound: float
    counters: dict[str, int] = field(default_factory=dict)


def run(cp: Any, effort: Effort, turn: Turn, on_solution: Callable[[Callable[[Any], int]], None]) -> Run:
    """Solve ``cp``; ``on_solution`` gets a function variable -> value at every solution. Its exceptions come out here."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = effort.left
    solver.parameters.num_workers = effort.threads
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = turn.work
    if turn.relaxation or effort.threads > 1:
        solver.parameters.interleave_search = True  # deterministic for any number of threads, and gives one thread LNS
    if not turn.relaxation:
        solver.parameters.linearization_level = 0
    elif effort.threads == 1:
        # The relaxation with all cuts, beside LNS and feasibility jump. At 1 s for each of those 49 problems it solves 36,
        # with the default's six strategies 32.
        solver.parameters.subsolvers.append("max_lp")
    solver.parameters.cp_model_probing_level = 0  # triplets of 60 items, packed within 1 s: 10 of 10 without, 5 with it
    solver.parameters.catch_sigint_signal = False  # Ctrl-C is for Python, which raises it in the loop below
    failures: list[BaseException] = []
    ended: list[Any] = []

    class Listener(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            try:
                on_solution(self.value)
            except BaseException as failure:
                failures.append(failure)
                self.stop_search()

    listener = Listener()

    def work() -> None:
        try:
            ended.append(solver.solve(cp, listener))
        except BaseException as failure:
            failures.append(failure)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(LOOK_EVERY)
            if effort.over:
                solver.stop_search()
    finally:
        while thread.is_alive():
            solver.stop_search()
            thread.join(LOOK_EVERY)
    if failures:
        raise failures[0]
    names = {
        cp_model.OPTIMAL: "optimal",
        cp_model.FEASIBLE: "feasible",
        cp_model.INFEASIBLE: "infeasible",
        cp_model.UNKNOWN: "unknown",
    }
    if ended[0] not in names:
        raise RuntimeError(f"CP-SAT refuses the model: {cp.validate()}")
    counters = {"conflicts": int(solver.num_conflicts), "branches": int(solver.num_branches)}
    return Run(names[ended[0]], float(solver.best_objective_bound), counters)
