"""How an application asks to be updated, whatever orchestrator it was written for."""

from __future__ import annotations

from dataclasses import dataclass

from binpack.workload.scaling import Share

NONE, ONE, QUARTER, ALL = Share(0), Share(1), Share(25, True), Share(100, True)


@dataclass(frozen=True)
class UpdateStrategy:
    """How many copies are replaced at a time.

    surge : copies beside those asked for, percentages rounded up. unavailable : copies that may be missing meanwhile,
    percentages rounded down (of agents up). kept : copies that stay as they are (a StatefulSet's ``partition``).
    pause : nanoseconds before the next are replaced (``minReadySeconds``, ``delay``).

    ValueError where neither may be more nor less, as then nothing is ever replaced.
    """

    surge: Share = NONE
    unavailable: Share = ONE
    kept: int = 0
    pause: int = 0

    def __post_init__(self) -> None:
        if not self.surge.number and not self.unavailable.number:
            raise ValueError("surge and unavailable are both 0")


STOP_ONE = UpdateStrategy()
"""One copy after the other, each stopped before the new one starts."""

STOP_ALL = UpdateStrategy(unavailable=ALL)
"""All copies stop before the first new one starts."""
