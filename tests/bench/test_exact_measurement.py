"""What a row says of an answer, and what happens where there is no answer."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace
from types import SimpleNamespace

import pytest
from binpack_solvers.instances.instance import Instance, Share
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem

from bench.exact import measurement, workers
from bench.exact.measurement import Settings, measure, row_of


def _instance(**reference: int) -> Instance:
    return Instance("three", Problem([6], 10, demands=[3]), ((Share(0, 3),),), reference)


def test_row_of_a_right_answer() -> None:
    """Status, bins, bound and what is published; no fault. The best heuristic counts before the optimum."""
    instance = _instance(optimum=3, lower_bound=2, best_heuristic=4)
    row = row_of(instance, solve(instance.problem, method="exact"))
    assert (row["status"], row["bins"], row["bound"], row["gap"]) == ("optimal", 3, 3, 0.0)
    assert (row["published_heuristic"], row["published_best"]) == (4, 3)
    assert row["faults"] == []
    assert "cost" not in row


def test_faults_against_what_is_published() -> None:
    """A bound above a published packing and a value below a published bound are faults."""
    solution = solve(_instance().problem, method="exact")
    assert "published" in row_of(_instance(upper_bound=2), solution)["faults"][0]
    assert "published" in row_of(_instance(lower_bound=4), solution)["faults"][0]


def test_packing_that_breaks_a_rule() -> None:
    """A packing that the checker refuses is a fault."""
    instance = _instance()
    wrong = replace(solve(instance.problem), packing=Packing.from_patterns([(0, {0: 3}, 1)]), bins=1, cost=1)
    assert row_of(instance, wrong)["faults"]


def test_exception_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A solver that raises gives a row with what it raised."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(measurement, "solve", broken)
    assert measure(_instance(), Settings(1.0)) == {"status": "crashed", "faults": ["ZeroDivisionError: by nothing"]}


def test_kernels_are_loaded_by_a_run_with_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes before measuring reaches branch and price, whose kernels are otherwise compiled in the first row."""
    assert measurement.load_every_kernel() >= 1
    monkeypatch.setattr(measurement, "generate", lambda *_, **__: [_instance()])
    with pytest.raises(RuntimeError, match="branch and price"):
        measurement.load_every_kernel()


def test_seconds_and_version() -> None:
    """A measurement holds wall and CPU seconds, and the version is the same for the same sources."""
    row = measure(_instance(), Settings(5.0))
    assert row["seconds"] >= 0
    assert row["cpu_seconds"] >= 0
    assert len(measurement.code_version()) == 10
    assert measurement.code_version.__wrapped__() == measurement.code_version()


@pytest.mark.parametrize(("silent", "fault"), [(False, "exit code -11"), (True, "no answer after 9 s")])
def test_worker_without_an_answer(silent: bool, fault: str) -> None:
    """A worker that died, or says nothing in time, is stopped and its instance has a fault."""
    ours, theirs = multiprocessing.Pipe()
    if not silent:
        theirs.close()
    calls: list[str] = []
    process = SimpleNamespace(kill=lambda: calls.append("kill"), join=lambda: calls.append("join"), exitcode=-11)
    worker = workers.Worker(process, ours, _instance(), 0.0)
    row = workers._answer(worker, 9.0)
    theirs.close()
    assert row["status"] == "crashed"
    assert fault in row["faults"][0]
    assert "kill" in calls
    assert ours.closed
