"""The pool of processes: workers that are killed cost nothing, and none outlives Ctrl-C or the parent's death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from binpack_solvers.errors import CheckError, WorkersLostError
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.scale_out.many import solve_many
from binpack_solvers.scale_out.tasks import Call, results_in_order
from scale_out.processes import alive, die, die_once, environment, wait_until

SCRIPT = Path(__file__).resolve().parent / "interrupted.py"

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed by signals here")


def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    """A worker dies in the middle of a call: all results are there, in order."""
    killed = [Call(f"call {n}", die_once, (str(tmp_path / "killed"), n)) for n in range(8)]
    assert list(results_in_order(killed, workers=2)) == list(range(8))
    assert (tmp_path / "killed").exists()


def test_a_call_that_kills_every_worker_is_named() -> None:
    """Only the guilty call is named, though another was out beside it."""
    results = results_in_order([Call("the good", abs, (-1,)), Call("the bad", die, (1,))], workers=2)
    with pytest.raises(WorkersLostError, match=r"^the bad: its worker died 4 times"):
        list(results)


def test_workers_are_told_to_use_one_thread() -> None:
    """Libraries that count threads when they are loaded start one in a worker; the parent's environment is as before."""
    before = dict(os.environ)
    assert list(results_in_order([Call("call", environment, ("OPENBLAS_NUM_THREADS",))], workers=1)) == ["1"]
    assert dict(os.environ) == before


@pytest.mark.parametrize("death", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_no_worker_outlives_its_parent(tmp_path: Path, death: signal.Signals) -> None:
    """Ctrl-C in a terminal reaches parent and workers; a kill reaches the parent alone. Nobody is left in either case."""
    script = [sys.executable, str(SCRIPT), str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    parent = subprocess.Popen(script, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        workers = wait_until(lambda: len(found := pids(tmp_path)) == 2 and found, "both workers sleep")
        if death == signal.SIGINT:
            os.killpg(parent.pid, death)
        else:
            parent.send_signal(death)
        said = parent.communicate(timeout=60)[1]
        wait_until(lambda: not any(map(alive, workers)), "no worker is left")
    finally:
        parent.kill()
    if death == signal.SIGINT:
        assert (parent.returncode, said) == (130, "")


def pids(folder: Path) -> list[int]:
    """The processes that have left a file."""
    return [int(file.name) for file in folder.iterdir()]


def test_many_problems() -> None:
    """The answers of ``solve``, in order, for one worker and for two; what is infeasible or refused is the problem's own."""
    problems = [Problem([3 + k % 4, 5, 2, 7, 4], 10, demands=[k, 2, 3, 1, 2]) for k in range(1, 6)]
    problems.append(Problem([11], 10))
    alone = [solve(problem, time_limit=60.0) for problem in problems]
    for workers in (1, 2):
        found = solve_many(problems, time_limit=60.0, workers=workers)
        assert [answer.status for answer in found] == [answer.status for answer in alone]
        assert [list(answer.patterns) for answer in found] == [list(answer.patterns) for answer in alone]
    with pytest.raises(ValueError, match="'magic' is unknown"):
        solve_many(problems[:1], "magic", workers=1)


def test_no_problem() -> None:
    """Nothing to solve is an empty answer."""
    assert solve_many([]) == []


def test_a_failed_check_comes_back_whole() -> None:
    """A CheckError keeps its list of violations on the way from a worker."""
    (failed,) = [Call("call", fail_check, ())]
    with pytest.raises(CheckError) as caught:
        list(results_in_order([failed], workers=1))
    assert caught.value.violations == ["one", "two"]


def fail_check() -> None:
    """What a worker raises."""
    raise CheckError(["one", "two"])
