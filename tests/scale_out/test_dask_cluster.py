"""A real Dask cluster on this machine: one of its workers is killed in mid-run and nothing is lost; and what is refused."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path
from threading import Thread

import pytest
from binpack_solvers.errors import ClusterError
from binpack_solvers.packing import Pattern
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.scale_out import dask_cluster as module
from binpack_solvers.scale_out.dask_cluster import dask_cluster
from binpack_solvers.scale_out.in_parts import solve_in_parts
from binpack_solvers.scale_out.tasks import Call, results_in_order
from scale_out.processes import leave, read, wait_until

from binpack.cli.main import main

METHOD = "minimum_bin_slack"
UNUSED = "tcp://127.0.0.1:1"
"""Nothing answers at the port of tcpmux."""


@pytest.fixture(scope="module")
def scheduler():
    """The address of a cluster of two worker processes with one thread each."""
    distributed = pytest.importorskip("distributed", reason="needs distributed: pip install 'binpack-eras[cluster]'")
    options = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with distributed.LocalCluster(**options, silence_logs=50) as cluster:
        yield cluster.scheduler_address


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed by signals here")
def test_a_killed_worker_loses_nothing(scheduler, tmp_path: Path) -> None:
    """A worker is killed in the middle of a call, others waiting behind it: every answer comes, in order, and is the same
    as without a cluster."""
    problems = [Problem([17 + (k * n) % 83 for n in range(1, 200)], 150) for k in range(1, 13)]
    expected = [list(solve(problem, METHOD).patterns) for problem in problems]
    marker = tmp_path / "held"
    calls = [Call(f"problem {k}", held_once, (str(marker), k == 3, problem)) for k, problem in enumerate(problems)]
    killed = Thread(target=lambda: os.kill(int(wait_until(lambda: read(marker), "a call is held")), signal.SIGKILL))
    killed.start()
    with dask_cluster(scheduler) as cluster:
        assert cluster.workers == 2
        found = list(results_in_order(calls, cluster.executor, cluster.workers))
    killed.join()
    assert found == expected


def held_once(marker: str, held: bool, problem: Problem) -> list[Pattern]:
    """The answer to a problem; where it is held, the first process that gets it waits to be killed."""
    if held and not Path(marker).exists():
        leave(marker, str(os.getpid()))
        time.sleep(600)
    return list(solve(problem, METHOD).patterns)


def test_parts_go_out_to_a_cluster(scheduler):
    """The parts of a problem give the same packing on a cluster as on one process."""
    problem = Problem([17 + (7 * n) % 83 for n in range(1, 300)], 150)
    with dask_cluster(scheduler) as cluster:
        found = solve_in_parts(problem, 3, METHOD, executor=cluster.executor, workers=cluster.workers)
    assert list(found.patterns) == list(solve_in_parts(problem, 3, METHOD, workers=1).patterns)


def test_the_command_line_on_a_cluster(scheduler, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Instances that go out to a cluster come back as the lines that this process prints by itself."""
    file = tmp_path / "some.jsonl"
    lines = [{"name": f"i{k}", "capacity": 100, "sizes": [9 + k * n % 60 for n in range(30)]} for k in range(1, 7)]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    command = ["solve", str(file), "--method", METHOD, "--format", "json", "--solution", "--no-timings", "-q"]
    assert main([*command, "--cluster", scheduler]) == 0
    there = capsys.readouterr().out
    assert main(command) == 0
    assert there == capsys.readouterr().out


def test_a_cluster_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scheduler with nobody to do the work is named, rather than waited for without end."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 1.0)
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as cluster:
        address = cluster.scheduler_address
        with pytest.raises(ClusterError, match=f"^cluster {address}: found no worker"), dask_cluster(address):
            pass


@pytest.mark.parametrize("address", [UNUSED, "nowhere", "odd://127.0.0.1:1"])
def test_nothing_answers(address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An address where no scheduler is gives one line and exit status 2, and no line of an answer."""
    pytest.importorskip("distributed")
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 1.0)
    assert main(["solve", "bpp_classes", "--limit", "2", "--cluster", address]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"cluster {address}: nothing answers (")
    assert len(said.err.splitlines()) == 1


def test_a_missing_package(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without distributed: one line that says what to install, and exit status 2."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["solve", "bpp_classes", "--limit", "2", "--cluster", UNUSED]) == 2
    err = capsys.readouterr().err
    assert "pip install 'binpack-eras[cluster]'" in err
    assert len(err.splitlines()) == 1
