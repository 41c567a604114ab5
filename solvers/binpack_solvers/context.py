"""What the phases of one ``solve`` share: deadline, stop flag, incumbent, bounds and what has been counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import isfinite
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.bound import SEARCH, Bounds
from binpack_solvers.bounds.lower_bounds import bins_of
from binpack_solvers.check import Inspection, inspect
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.column_generation.tree_log import TreeLog
from binpack_solvers.objective import Value, evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Improvement = Callable[[Packing, Value], None]


@dataclass
class Context:
    """One run. ``deadline`` is a reading of ``time.monotonic``; ``value`` and ``inspection`` belong to ``packing``.
    ``certificate``: of the bound on cost that the configuration LP has raised at the root.
    ``worth`` (m,): of copies by a bound on cost, for the configuration LP to begin with; None: no such bound was looked for.
    ``tree_log``: None unless the tree of branch and price is asked for."""

    problem: Problem
    deadline: float
    seed: int = 0
    threads: int = 1
    stop: Callable[[], bool] | None = None
    on_improvement: Improvement | None = None
    bounds: Bounds = field(default_factory=lambda: Bounds(0, "nothing", 0, "nothing"))
    packing: Packing | None = None
    value: Value | None = None
    inspection: Inspection | None = None
    proven: frozenset[str] = frozenset()
    certificate: Certificate | None = None
    worth: NDArray[np.float64] | None = None
    tree_log: TreeLog | None = None
    improvements: int = 0
    compile_s: float = 0.0
    counters: dict[str, int] = field(default_factory=dict)

    @property
    def over(self) -> bool:
        """Whether the time is up or the caller wants to stop."""
        return monotonic() >= self.deadline or self.stopped

    @property
    def stopped(self) -> bool:
        """Whether the caller has asked to stop."""
        return self.stop is not None and self.stop()

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return max(0.0, self.deadline - monotonic())

    def load(self, kernels: Callable[[], None]) -> None:
        """Call what compiles kernels, or loads them from numba's cache; its time is not the run's."""
        started = monotonic()
        kernels()
        self.add_compiling(monotonic() - started)

    def add_compiling(self, seconds: float) -> None:
        """What went into compiling is not the run's time."""
        self.compile_s += seconds
        self.deadline += seconds

    @contextmanager
    def part_of_time(self, share: float) -> Iterator[None]:
        """What runs inside has this share of the time left."""
        cut = self.left * (1 - share) if isfinite(self.left) else 0.0
        self.deadline -= cut
        try:
            yield
        finally:
            self.deadline += cut

    def offer(self, packing: Packing | None) -> bool:
        """Take a packing if it is better than the incumbent and keeps every rule; whether it was taken."""
        if packing is None:
            return False
        inspection = inspect(self.problem, packing) if self.value is None else None
        all_placed = inspection is not None and inspection.bins_of_type is not None
        value = evaluate(self.problem, packing, all_placed)
        if self.value is not None and value >= self.value:
            return False
        inspection = inspection or inspect(self.problem, packing)
        if inspection.violations:
            self.counters["rejected"] = self.counters.get("rejected", 0) + 1
            return False
        self.packing, self.value, self.inspection = packing, value, inspection
        self.improvements += 1
        if self.on_improvement is not None:
            self.on_improvement(packing, value)
        return True

    def raise_bound(self, cost: int, by: str) -> None:
        """A bound on cost that was proven; it bounds the bins as well."""
        if cost > self.bounds.cost:
            self.bounds = replace(self.bounds, cost=cost, cost_by=by, cost_reason=SEARCH)
        self.raise_bins(bins_of(self.problem, cost), by)

    def raise_bins(self, bins: int, by: str) -> None:
        """A bound on the bins of packings of the least cost that was proven."""
        if bins > self.bounds.bins:
            self.bounds = replace(self.bounds, bins=bins, bins_by=by, bins_reason=SEARCH)

    def proves(self, level: str) -> bool:
        """Whether the incumbent's value at a level (unplaced, cost, bins, moves) is known to be the best."""
        if self.value is None:
            return False
        if level in self.proven:
            return True
        if level == "unplaced":
            return not any(self.value.unplaced)
        if level == "cost":
            return self.value.cost <= self.bounds.cost
        if level == "bins":
            return self.value.bins <= self.bounds.bins
        return self.value.moves == 0

    @property
    def optimal(self) -> bool:
        """Whether every level is proven."""
        return all(self.proves(level) for level in ("unplaced", "cost", "bins", "moves"))
