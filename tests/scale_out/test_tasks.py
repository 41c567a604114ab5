"""Calls on workers that die: none is lost, the guilty one is named, and results stay in order."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor
from itertools import count
from operator import neg
from threading import Event

import pytest
from binpack_solvers.errors import WorkersLostError
from binpack_solvers.scale_out import tasks
from binpack_solvers.scale_out.tasks import RETRIES, Call, results_in_order
from hypothesis import given
from hypothesis import strategies as st


class KilledWorker(Exception):
    """As Dask's, which is known by its name and where it is from."""

    __module__ = "distributed.scheduler"


class CommClosedError(OSError):
    """As Dask's."""

    __module__ = "distributed.comm.core"


class Dying(Executor):
    """Calls at once, but loses argument ``a`` as often as ``deaths[a]`` says, each time with the next of ``errors``."""

    def __init__(self, deaths, errors=(KilledWorker, CommClosedError, CancelledError)):
        self.deaths, self.errors, self.tried = dict(deaths), errors, []

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        argument = args[-1][0]
        self.tried.append(argument)
        if self.deaths.get(argument, 0) > 0:
            self.deaths[argument] -= 1
            error = self.errors[len(self.tried) % len(self.errors)]
            if error is CancelledError:
                future.cancel()
                future.set_running_or_notify_cancel()
            else:
                future.set_exception(error("gone"))
            return future
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as failed:
            future.set_exception(failed)
        return future


def calls(number, function=neg):
    """``function`` of 0, 1 ..."""
    return [Call(f"call {n}", function, (n,)) for n in range(number)]


@given(st.lists(st.integers(0, RETRIES), max_size=8), st.one_of(st.none(), st.integers(1, 3)))
def test_a_call_that_is_lost_is_made_again(deaths, workers):
    """Every result is there, in order, and every call is made once more for each time that it was lost."""
    executor = Dying(enumerate(deaths))
    assert list(results_in_order(calls(len(deaths)), executor, workers)) == [-n for n in range(len(deaths))]
    assert sorted(executor.tried) == sorted(n for n, lost in enumerate(deaths) for _ in range(lost + 1))


def test_what_is_always_lost_is_named():
    """After the last try the call is named, with the error; results before it have come."""
    results = results_in_order(calls(5), Dying({2: 99}), 1)
    assert [next(results), next(results)] == [0, -1]
    with pytest.raises(WorkersLostError, match=r"^call 2: its worker died 4 times, .* \(\w+: "):
        list(results)


def test_the_last_try_is_alone():
    """Whoever is out beside a call that kills its worker is not blamed: only when alone a call is given up."""
    out, beside = set(), []

    class Watching(ThreadPoolExecutor):
        def submit(self, fn, /, *args, **kwargs):
            number, tries, *_ = args
            out.add(number)
            if tries == RETRIES:
                beside.append(set(out))
            dies = number == 3 and tries < RETRIES
            future = Future() if dies else super().submit(fn, *args, **kwargs)
            future.add_done_callback(lambda _: out.discard(number))
            if dies:
                future.set_exception(KilledWorker())
            return future

    with Watching(2) as executor:
        assert list(results_in_order(calls(9), executor, 2)) == [-n for n in range(9)]
    assert beside == [{3}]


@pytest.mark.parametrize("workers", [None, 1, 3])
def test_a_call_that_fails_is_not_made_again(workers):
    """Its own exception is raised in its turn, whatever the others do meanwhile."""
    executor = Dying({})
    results = results_in_order(calls(4, lambda n: 1 // (2 - n)), executor, workers)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(ZeroDivisionError):
        next(results)
    assert executor.tried.count(2) == 1


@pytest.mark.parametrize("workers", [None, 1, 3])
def test_a_list_that_fails_is_answered_as_far_as_it_goes(workers):
    """The results of the calls before its exception come first."""

    def failing():
        yield from calls(5)
        raise ZeroDivisionError

    results = results_in_order(failing(), Dying({1: 2}), workers)
    assert [next(results) for _ in range(5)] == [0, -1, -2, -3, -4]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_few_calls_are_out():
    """Where workers are known, calls are asked for as they come free: a list may be longer than memory."""
    asked = []

    def endless():
        for n in count():
            asked.append(n)
            yield Call(f"call {n}", neg, (n,))

    results = results_in_order(endless(), Dying({}), 2)
    assert [next(results) for _ in range(20)] == [-n for n in range(20)]
    assert len(asked) <= 20 + 2 * tasks.AHEAD


def test_a_broken_pool_is_replaced_once(monkeypatch):
    """All calls of a pool that breaks are made again in one new pool of our own; the caller's is not ended."""
    made = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, workers):
            super().__init__(workers)
            made.append(self)

    class Broken(Executor):
        def submit(self, fn, /, *args, **kwargs):
            if args[0] == 2:
                raise BrokenExecutor("broken when the third call comes")
            future = Future()
            future.set_exception(BrokenExecutor("a process died"))
            return future

    monkeypatch.setattr(tasks, "ProcessPool", Pool)
    assert list(results_in_order(calls(5), Broken(), 2)) == [0, -1, -2, -3, -4]
    assert len(made) == 1


def test_an_early_end_cancels_what_waits():
    """Whoever stops asking for results leaves nothing running after those that have begun."""
    gate, begun = Event(), []

    def wait_for_gate(n):
        begun.append(n)
        gate.wait(30)
        return n

    with ThreadPoolExecutor(1) as executor:
        results = results_in_order([Call("first", neg, (0,)), *calls(9, wait_for_gate)], executor)
        assert next(results) == 0
        results.close()
        gate.set()
    assert len(begun) <= 1
