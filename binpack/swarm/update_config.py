"""How a service is updated or rolled back, with Swarm's defaults (swarmkit ``api/defaults/service.go``)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Order = Literal["stop-first", "start-first"]
FailureAction = Literal["pause", "continue", "rollback"]
Outcome = Literal["completed", "paused", "rolled back"]

ORDERS: tuple[Order, ...] = ("stop-first", "start-first")
FAILURE_ACTIONS: tuple[FailureAction, ...] = ("pause", "continue", "rollback")
SECOND = 10**9
"""Nanoseconds in a second."""


@dataclass(frozen=True)
class UpdateConfig:
    """Durations in nanoseconds. parallelism 0: all tasks at once. max_failure_ratio : share of tasks that may fail.

    ValueError for what Swarm refuses (``manager/controlapi/service.go``, ``validateUpdate``).
    """

    parallelism: int = 1
    delay: int = 0
    monitor: int = 5 * SECOND
    max_failure_ratio: Fraction = Fraction(0)
    failure_action: FailureAction = "pause"
    order: Order = "stop-first"

    def __post_init__(self) -> None:
        for what, number in (("parallelism", self.parallelism), ("delay", self.delay), ("monitor", self.monitor)):
            if number < 0:
                raise ValueError(f"update {what} {number} is below 0")
        if not 0 <= self.max_failure_ratio <= 1:
            raise ValueError(f"max_failure_ratio {self.max_failure_ratio} is not from 0 to 1")

    def workers(self, tasks: int) -> int:
        """How many of the tasks are replaced at a time."""
        return min(self.parallelism, tasks) if self.parallelism else tasks


def update_duration(config: UpdateConfig, tasks: int, start: int, stop: int = 0) -> int:
    """Nanoseconds until an update of so many tasks is complete, where none fails and all fit.

    start, stop : until a task runs, and until one has stopped. Every worker takes one task after the other and waits for
    ``delay`` after each, the last too. With stop-first it waits for the old task to stop, for a minute at most; with
    start-first for the new one to run only. Then failures are watched for once more (``orchestrator/update/updater.go``,
    ``Run`` and ``worker``; ``restart.go``, ``DelayStart``).
    """
    if not tasks:
        return 0
    rounds = -(-tasks // config.workers(tasks))
    change = start + (min(stop, 60 * SECOND) if config.order == "stop-first" else 0)
    watch = config.delay + SECOND if config.delay >= config.monitor else config.monitor
    return rounds * (change + config.delay) + watch


def failures_allowed(config: UpdateConfig, tasks: int) -> int:
    """How many of the tasks may fail within ``monitor`` before the failure action is taken."""
    if config.failure_action == "continue":
        return tasks
    return int(config.max_failure_ratio * tasks)


def outcome(config: UpdateConfig, tasks: int, failures: int, rolling_back: bool = False) -> Outcome:
    """How an update ends of which so many tasks fail. A rollback is never rolled back; it pauses (``updater.go``)."""
    if failures <= failures_allowed(config, tasks):
        return "completed"
    return "rolled back" if config.failure_action == "rollback" and not rolling_back else "paused"
