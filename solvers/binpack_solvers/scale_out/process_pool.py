"""A pool of solver processes: started afresh (spawn), one thread each, kernels loaded once, none outliving its use."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any

THREADS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class ProcessPool(Executor):
    """An executor of ``workers`` processes that can be ended at once, whatever they do.

    The standard pool waits for what runs, and a worker that the terminal's Ctrl-C reaches dies in the middle of a write.
    Workers of this one leave Ctrl-C to their parent, and end by themselves when it is gone.
    """

    def __init__(self, workers: int) -> None:
        self._context = _Workers()
        self._pool = ProcessPoolExecutor(workers, self._context, _start_worker)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As any executor's. Raises BrokenExecutor once a worker has died."""
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As any executor's: what runs is waited for."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def kill(self) -> None:
        """End every worker now, and wait until none is left."""
        for process in self._context.started:
            process.kill()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in self._context.started:
            process.join()


class _Workers(SpawnContext):
    """Spawn: a copy of a process with threads (a fork) may find locks that nobody will open."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[SpawnProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> SpawnProcess:  # type: ignore[override]
        """A worker process, which is remembered."""
        process = _Worker(*args, **kwargs)
        self.started.append(process)
        return process


class _Worker(SpawnProcess):
    def start(self) -> None:
        with _one_thread():
            super().start()


@contextmanager
def _one_thread() -> Iterator[None]:
    """The environment in which libraries that count threads when they are loaded start one."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from binpack_solvers.constructions import load_kernels

    load_kernels()


def _end_with_parent() -> None:
    """Also a parent that was killed leaves no orphan: nothing else would tell a worker that waits for its next task."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
