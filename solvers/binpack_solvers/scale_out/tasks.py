"""Independent calls on the workers of an executor: results in order, and a call whose worker dies is made again."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from queue import SimpleQueue
from typing import Any, NamedTuple

from binpack_solvers.errors import WorkersLostError
from binpack_solvers.scale_out.process_pool import ProcessPool, cores

RETRIES = 3
"""How often a call is made again. The last time it is alone, so that it is known which call its workers die of."""
AHEAD = 2
"""Calls that are out for each worker: the next one waits where it will run."""
LOST_BY_DASK = frozenset({"KilledWorker", "CommClosedError"})


class Call(NamedTuple):
    """``function(*arguments)``, both to be sent to a worker. name : what messages call it."""

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


def results_in_order(
    calls: Iterable[Call], executor: Executor | None = None, workers: int | None = None
) -> Generator[Any, None, None]:
    """The result of each call, in the order of the calls, each as soon as it and those before it are there.

    executor : None: a ``ProcessPool``, which ends with the iteration, at once where that ends early. An executor that is
        given is the caller's to end; a process pool that is broken for good is replaced by one of our own.
    workers : None: of our own pool one for each core; of a given executor it is not known, and all calls are out at once.

    A call's own exception, and one of ``calls`` itself, is raised in its turn. Raises WorkersLostError for a call that is
    lost ``RETRIES`` + 1 times.
    """
    run = _Run(iter(calls), executor, workers)
    try:
        yield from run.results()
    finally:
        run.end()


class _Run:
    """Calls by their number: ``out`` (future -> number and executor), ``again`` (a heap), ``done`` (outcomes).

    ``ended`` : futures as they end; waiting for any of all that are out would look at each of them every time.
    ``alone`` : the last try of a call is out. ``fault`` : of the calls, which end with it."""

    def __init__(self, calls: Iterator[Call], executor: Executor | None, workers: int | None) -> None:
        self.coming = enumerate(calls)
        self.executor, self.own = executor, None if executor is not None else ProcessPool(workers or cores())
        self.workers = workers or cores()
        self.most = None if executor is not None and workers is None else AHEAD * self.workers
        self.calls: dict[int, Call] = {}
        self.lost: dict[int, int] = {}
        self.out: dict[Future[Any], tuple[int, Executor]] = {}
        self.again: list[int] = []
        self.done: dict[int, Future[Any]] = {}
        self.ended: SimpleQueue[Future[Any]] = SimpleQueue()
        self.alone = False
        self.fault: Exception | None = None

    def results(self) -> Iterator[Any]:
        number = 0
        while True:
            self._fill()
            if not self.out and not self.done:
                if self.fault is not None:
                    raise self.fault
                return
            while number in self.done:
                yield self.done.pop(number).result()
                number += 1
            if self.out:
                self._take(self.ended.get())

    def end(self) -> None:
        """Nothing that was begun goes on, as far as an executor allows that."""
        for future in list(self.out):
            future.cancel()
        if self.own is not None and self.out:
            self.own.kill()
        elif self.own is not None:
            self.own.shutdown()

    def _fill(self) -> None:
        while not self.alone and (self.most is None or len(self.out) < self.most):
            if self.out and self.again and self.lost[self.again[0]] >= RETRIES:
                return
            number = self._next()
            if number is None:
                return
            self._submit(number)

    def _next(self) -> int | None:
        if self.again:
            return heapq.heappop(self.again)
        try:
            number, call = next(self.coming)
        except StopIteration:
            return None
        except Exception as fault:  # a list that cannot be read further: what came before it is still answered
            self.fault = fault
            return None
        self.calls[number] = call
        return number

    def _submit(self, number: int) -> None:
        _, function, arguments = self.calls[number]
        executor = self.executor or self.own
        assert executor is not None
        try:
            # Number and tries make every call a new one to executors that know results by their arguments (Dask).
            future = executor.submit(_called, number, self.lost.get(number, 0), function, arguments)
        except BrokenExecutor as error:
            self._replace(executor)
            self._call_again(number, error)
            return
        self.out[future] = number, executor
        self.alone = self.lost.get(number, 0) >= RETRIES
        future.add_done_callback(self.ended.put)

    def _take(self, future: Future[Any]) -> None:
        number, executor = self.out.pop(future)
        self.alone = False
        error = CancelledError() if future.cancelled() else future.exception()
        if error is None or not _lost_worker(error):
            self.done[number] = future
            del self.calls[number]
            return
        if isinstance(error, BrokenExecutor):
            self._replace(executor)
        self._call_again(number, error)

    def _call_again(self, number: int, error: BaseException) -> None:
        self.lost[number] = self.lost.get(number, 0) + 1
        if self.lost[number] > RETRIES:
            raise WorkersLostError(
                f"{self.calls[number].name}: its worker died {self.lost[number]} times, the last time with nothing beside "
                f"it ({type(error).__name__}: {error}); expected enough memory for one problem and, in a script that "
                f"starts processes, its code under if __name__ == '__main__'"
            ) from error
        heapq.heappush(self.again, number)

    def _replace(self, broken: Executor) -> None:
        """A new pool of our own for one that is broken for good, unless that is done already."""
        if broken is not (self.executor or self.own):
            return
        if self.own is not None:
            self.own.kill()
        self.executor, self.own = None, ProcessPool(self.workers)


def _called(number: int, tries: int, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    return function(*arguments)


def _lost_worker(error: BaseException) -> bool:
    """Whether it says that the worker is gone, not that the call has failed. Dask's errors are known by their names: it
    may not be installed."""
    if isinstance(error, BrokenExecutor | CancelledError):
        return True
    return any(c.__name__ in LOST_BY_DASK and c.__module__.startswith("distributed") for c in type(error).__mro__)
