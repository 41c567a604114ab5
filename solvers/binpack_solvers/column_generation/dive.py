"""Relax and fix: bins of the LP are taken for good, the LP of what is left is solved again, until nothing is left.

Whole parts first, those of a large node's own LP for good; then the largest fractions, as long as they cost the LP little.
Where that cannot beat the incumbent any more, the last quarter of what was taken is given back and the LP, which knows
more columns by now, decides again (da Silva & Schouery 2025, section on primal heuristics; Sadykov et al. 2019 for diving
in general).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.bounds.bound import Bounds
from binpack_solvers.column_generation.columns import Column
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.column_generation.master import Master
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.packings import available_beside, joined, packing_of, residual
from binpack_solvers.column_generation.relaxation import ceiling, relax
from binpack_solvers.context import Context
from binpack_solvers.heuristics.consistent_neighbourhood import improve
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

ROUNDS = 10
RETRIES = 4
LIKELY = 0.51
BINS_FOR_ONE = 10
"""Of so many bins left, one at least is taken at a time; with one resource and few copies, where one bin lost is one too
many, as few as possible."""
SWAPS = 2 * 10**7
"""Candidates that the neighbourhood search looks at where much is left: up to a second, as long as the LP takes."""
NOISE = 0.5
LIKELY_LESS = 0.25
"""Units of cost that the LP may still lose with columns not yet known, where its bound says little."""


@dataclass
class Dive:
    """One dive from a node. ``taken``: columns and how many bins of each, of which the first ``kept`` are never given
    back. ``seed``: 0 takes the largest fractions, others come near that and differ."""

    solved: SolvedNode
    seed: int = 0
    taken: list[tuple[Column, int]] = field(default_factory=list)
    kept: int = 0

    def __post_init__(self) -> None:
        self._random = np.random.default_rng(self.seed)

    @property
    def configurations(self) -> Configurations:
        """What a bin may hold."""
        return self.solved.configurations

    @property
    def master(self) -> Master:
        """The node's master, restricted to what is left while the dive lasts."""
        return self.solved.master

    @property
    def _spent(self) -> int:
        """What the bins taken cost."""
        return sum(column.cost * times for column, times in self.taken)

    def run(self) -> None:
        """Dive until that improves nothing any more, a few times over."""
        context = self.solved.context
        if self.configurations.large:
            self._take_root()
        tries = RETRIES
        while tries and not context.over and not context.proves("cost"):
            tries = RETRIES if self._descend() else tries - 1
            self.taken = self.taken[: self.kept + (len(self.taken) - self.kept) * 3 // 4]
        self.master.restrict(
            self.configurations.demand, self.configurations.problem.available, self.solved.node.at_least
        )

    def _descend(self) -> bool:
        """Take bins until nothing is left (True) or the incumbent cannot be beaten on this way (False)."""
        prices, context = self.solved.prices(), self.solved.context
        while True:
            left = self._left()
            if not left.any():
                return self.solved.offer(packing_of(self.taken, self.configurations, self.configurations.demand))
            self.master.restrict(left, available_beside(self.configurations.problem, self.taken))
            self.master.set_prices(prices)
            spent = self._spent
            room = self.solved.target - 1 - spent
            relaxation = relax(
                self.master,
                self.solved.pricer,
                left,
                context,
                room + 1,
                self.solved.known - spent,
                ROUNDS,
                0,
            )
            if relaxation is None or context.over or ceiling(relaxation.bound) > room:
                return False
            value = relaxation.linear.value * self.master.unit
            if value > room + LIKELY_LESS * self.master.unit:
                return False
            if self._complete(left):
                return True
            if not self._take(relaxation.linear.x, left, (room - value) / self.master.unit):
                return False

    def _take_root(self) -> None:
        """The whole parts of the node's own LP, for good: nearly all bins, and an LP that is dear to solve again."""
        left = self._left()
        assert self.solved.relaxation is not None
        self._take_whole(self.solved.relaxation.linear.x, left)
        self.kept = len(self.taken)
        self._complete(left)

    def _take(self, x: NDArray[np.float64], left: Int64, slack: float) -> bool:
        """Whole bins, or else the most likely ones; whether any was taken."""
        if self._take_whole(x, left):
            return True
        count, lost = len(self.taken), 0.0
        quick = self.configurations.large or self.configurations.problem.resources > 1
        least = max(1, int(x.sum()) // BINS_FOR_ONE) if quick else 1
        for c in np.argsort(-x * self._noise(len(x)), kind="stable").tolist():
            if len(self.taken) >= count + least and (x[c] < LIKELY or lost + 1 - x[c] > slack):
                break
            if x[c] <= 1e-9:
                break
            if self._add(c, 1, left):
                lost += 1 - x[c]
        return len(self.taken) > count

    def _take_whole(self, x: NDArray[np.float64], left: Int64) -> bool:
        """The whole parts of columns; whether there was any."""
        count = len(self.taken)
        whole = np.floor(x + 1e-6).astype(np.int64)
        for c in np.flatnonzero(whole).tolist():
            self._add(c, int(whole[c]), left)
        return len(self.taken) > count

    def _noise(self, count: int) -> NDArray[np.float64]:
        """Factors near 1, others at every call."""
        if not self.seed:
            return np.ones(count)
        return 1 + NOISE * self._random.random(count)

    def _add(self, c: int, times: int, left: Int64) -> bool:
        """Take so many bins of a column, or as many as are not too many; whether there was one."""
        cover = self.master.cover[c]
        inside = cover > 0
        times = min(times, int((left[inside] // cover[inside]).min(initial=times)))
        if times > 0:
            self.taken.append((self.master.columns[c], times))
            left -= cover * times
        return times > 0

    def _left(self) -> Int64:
        left = self.configurations.demand.copy()
        for column, times in self.taken:
            np.subtract.at(left, self.configurations.group, column.count * times)
        return np.maximum(left, 0)

    def _complete(self, left: Int64) -> bool:
        """Heuristics on what is left, and swaps that make the best of many; whether they improve on the incumbent."""
        problem = residual(self.configurations.problem, self.configurations, self.taken, left)
        names = ("minimum_bin_slack",) if problem.resources == 1 else ("best_fit_decreasing", "dot_product")
        packings = [HEURISTICS[name](problem, self.solved.context.seed) for name in names]
        if self.configurations.large:
            packings = [self._improved(problem, packings)]
        taken = False
        for packing in packings:
            if packing is not None and self._spent + evaluate(problem, packing).cost < self.solved.target:
                covered = self.configurations.demand - left
                taken |= self.solved.offer(joined(packing, self.taken, self.configurations, covered))
        return taken

    def _improved(self, problem: Problem, packings: list[Packing | None]) -> Packing | None:
        """A packing of what is left, from the best of these on, until all in all it would meet the bound that is known."""
        context = self.solved.context
        inner = Context(problem, context.deadline, context.seed, context.threads, context.stop)
        cost = max(0, context.bounds.cost - self._spent)
        bins = max(0, context.bounds.bins - sum(times for _, times in self.taken))
        inner.bounds = Bounds(bins, "", cost, "")
        for packing in packings:
            inner.offer(packing)
        if inner.packing is not None:
            improve(inner, SWAPS)
        return inner.packing
