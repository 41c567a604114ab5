"""Worker processes, one instance each at a time: one that dies or hangs costs its own instance and no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic
from typing import Any

from binpack_solvers.instances.instance import Instance

from bench.exact.measurement import Settings, limits_in_cpu_seconds, load_every_kernel, measure

THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass
class Worker:
    """A process and the instance it works on since ``started`` (a reading of ``time.monotonic``)."""

    process: BaseProcess
    pipe: Connection
    instance: Instance
    started: float

    def end(self) -> None:
        """Stop the process, whatever it does."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def measured(
    instances: Iterable[Instance], settings: Settings, jobs: int, patience: float
) -> Iterator[tuple[Instance, dict[str, Any]]]:
    """Each instance with its row, as they finish; ``jobs`` at a time, one thread each.

    patience : seconds after the time limit when a worker is given up and stopped.
    """
    waiting = iter(instances)
    most = settings.time_limit + patience
    busy: list[Worker] = []
    idle: list[tuple[BaseProcess, Connection]] = []
    try:
        while True:
            while len(busy) < jobs and (instance := next(waiting, None)) is not None:
                busy.append(_start(*(idle.pop() if idle else _new(settings)), instance))
            if not busy:
                return
            ready = wait([worker.pipe for worker in busy], timeout=1.0)
            for worker in [worker for worker in busy if worker.pipe in ready or _late(worker, most)]:
                busy.remove(worker)
                row = _answer(worker, most)
                if row["status"] != "crashed" or worker.process.is_alive():
                    idle.append((worker.process, worker.pipe))
                yield worker.instance, row
    finally:
        for worker in busy:
            worker.end()
        for process, pipe in idle:
            pipe.close()
            process.kill()
            process.join()


def _new(settings: Settings) -> tuple[BaseProcess, Connection]:
    """A worker process, ready: its kernels are loaded before the first measurement starts."""
    for name in THREADS:
        os.environ[name] = "1"
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs, settings), daemon=True)
    process.start()
    theirs.close()
    ours.recv()
    return process, ours


def _start(process: BaseProcess, pipe: Connection, instance: Instance) -> Worker:
    pipe.send(instance)
    return Worker(process, pipe, instance, monotonic())


def _late(worker: Worker, most: float) -> bool:
    return monotonic() - worker.started > most


def _answer(worker: Worker, most: float) -> dict[str, Any]:
    """The worker's row; where there is none, the process is stopped and the row says what happened."""
    try:
        if worker.pipe.poll():
            return worker.pipe.recv()
        fault = f"no answer after {most:g} s"
    except EOFError:
        worker.process.join()
        fault = f"the process ended with exit code {worker.process.exitcode}"
    worker.end()
    return {"status": "crashed", "faults": [fault]}


def _work(pipe: Connection, settings: Settings) -> None:
    """The worker's side: instances in, rows out. An interrupt is the parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    load_every_kernel(settings.method)
    if settings.clock == "cpu":
        limits_in_cpu_seconds()
    pipe.send("ready")
    while True:
        try:
            instance = pipe.recv()
        except EOFError:
            return
        pipe.send(measure(instance, settings))
