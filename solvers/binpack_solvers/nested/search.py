"""solve_nested(): all contents of hosts where they are few; else prices and a bound from the joint LP, boxes packed at
these prices, fleets of fewer hosts tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.context import Context
from binpack_solvers.nested.check import check_nested
from binpack_solvers.nested.kinds import kinds_alike, shares_of_hosts, single_kinds
from binpack_solvers.nested.nested_packing import NestedPacking, NestedSolution
from binpack_solvers.nested.nested_problem import ANY_NUMBER, NestedProblem, contents
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution, Status
from binpack_solvers.validation import LARGEST

if TYPE_CHECKING:
    from binpack_solvers.nested.box_prices import BoxPrices, JointColumns

PART_OF_STARTS, PART_OF_CONTENTS, PART_OF_PRICES = 0.5, 0.5, 0.6
"""Of the time that is left: boxes of kinds alike, hosts of all contents there are, the LP."""
PART_OF_PACKING, PART_OF_STACKING, PART_OF_FLEET = 0.3, 0.1, 0.3
"""Of the time that is left: boxes at the LP's prices, boxes onto hosts, one fleet."""
MOST_FLEETS, MOST_GIVEN = 8, 300
"""Fleets tried, and boxes of one that are told apart by their hosts."""


def solve_nested(
    problem: NestedProblem,
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    known: int = 0,
) -> NestedSolution:
    """The least cost of hosts, with a checked packing and a bound over all ways of choosing boxes.

    time_limit : wall seconds; Ctrl-C comes out as KeyboardInterrupt. ``optimal`` says that the cost is proven; of hosts
    and boxes beside it there are few, not proven to be the fewest. known : a bound on cost from elsewhere.
    """
    solution = _Search(problem, monotonic() + time_limit, threads, seed, stop, known).run()
    check_nested(problem, solution)
    return solution


class _Search:
    """One run: the incumbent and the bound."""

    def __init__(
        self,
        problem: NestedProblem,
        deadline: float,
        threads: int,
        seed: int,
        stop: Callable[[], bool] | None,
        known: int,
    ) -> None:
        self.problem, self.boxed, self.shares = problem, problem.boxed(), shares_of_hosts(problem.outer)
        self.context = Context(self.boxed, deadline, seed, threads, stop)
        self.packing: NestedPacking | None = None
        self.value: tuple[int, int, int] | None = None
        self.bound, self.bound_by = max((known, "known before"), fewest_hosts(problem))
        self.prices: BoxPrices | None = None
        self.infeasible = ""

    def run(self) -> NestedSolution:
        """Boxes of kinds alike; all contents of hosts, where they are few; prices and their bound, the roomiest fleet at the
        bound, boxes at these prices, larger fleets; boxes of one kind each."""
        with self.context.part_of_time(PART_OF_STARTS):
            boxes = [self._columns(packing) for packing in self._kinds_alike()]
        with self.context.part_of_time(PART_OF_CONTENTS):
            self._choose_contents()
        if not self._done:
            self._price(boxes)
        self._one_kind_each()
        return self._solution()

    @property
    def _done(self) -> bool:
        proven = self.value is not None and self.value[0] <= self.bound
        return proven or bool(self.infeasible) or self.context.over

    def _kinds_alike(self) -> Iterator[Packing]:
        """Boxes of kinds alike in size, and of all kinds by what they take of a host, stacked; the best of them again, for
        longer."""
        best: NDArray[np.bool_] | None = None
        for kinds in kinds_alike(self.boxed, self.problem.outer):
            before = self.value
            if self._done and (self.value is not None or self.infeasible or self.context.stopped):
                return  # the clock alone never withholds a first packing
            if (found := self._pack_kinds(kinds, PART_OF_STACKING, "first_fit_decreasing")) is not None:
                yield found[0]
            if self.value is not None and self.value != before:
                best = kinds
        if best is not None and not self._done:
            found = self._pack_kinds(best, PART_OF_PACKING)
            if found is not None:
                yield found[0]

    def _one_kind_each(self) -> None:
        """Boxes of one kind each, stacked, and again for longer, those first that did best: no packing level by level is
        better, if the time is enough for all."""
        ranked = []
        for alone in np.eye(self.boxed.bin_types, dtype=np.bool_)[self.boxed.available != 0]:
            if self._done:
                return
            if (found := self._pack_kinds(alone, PART_OF_STACKING, "first_fit_decreasing")) is not None:
                ranked.append((found[1], alone))
        for _, alone in sorted(ranked, key=lambda cost_and_kind: cost_and_kind[0]):
            if not self._done:
                self._pack_kinds(alone, PART_OF_PACKING)

    def _pack_kinds(self, kinds: NDArray[np.bool_], part: float, method: str = "auto") -> tuple[Packing, int] | None:
        """All items in boxes of these kinds, and what their hosts cost; None where they are not found."""
        available = np.where(kinds, self.boxed.available, 0)
        boxes = self._solve(self.boxed.replace(available=available, cost=self.shares), part, method).packing
        cost = None if boxes is None else self._offer(boxes)
        return None if boxes is None or cost is None else (boxes, cost)

    def _choose_contents(self) -> None:
        if not self._done:
            from binpack_solvers.nested.small import solve_small

            self._take(solve_small(self.problem, self.boxed, self.bound, self.value, self.context))

    def _price(self, boxes: Sequence[Columns]) -> None:
        """The LP, what its prices prove, and packings with its prices and its contents of hosts."""
        from binpack_solvers.nested.box_prices import JointColumns  # which load the LP's solver

        columns = JointColumns(self.problem, self.boxed, self.context)
        columns.master.add_hosts(single_kinds(self.problem.outer))
        for start in boxes:
            columns.master.add_boxes(start)
        with self.context.part_of_time(PART_OF_PRICES):
            columns.run(self.value[0] if self.value else LARGEST)
        if columns.prices is not None:
            self._take_prices(columns.prices)
            self._pack_fleet(columns, self.bound)
            self._pack_at(columns.prices)
        for cost in self._costs_between():
            self._pack_fleet(columns, cost)

    def _take_prices(self, prices: BoxPrices) -> None:
        bound = prices.bound(self.problem)
        if bound > self.bound:
            self.bound, self.bound_by, self.prices = bound, "prices of boxes", prices

    def _pack_at(self, prices: BoxPrices) -> None:
        """Boxes at these prices. What they cost at least may bound hosts better than the LP does."""
        if self._done:
            return
        solution = self._solve(self.boxed.replace(cost=prices.box), PART_OF_PACKING)
        if solution.status == "infeasible":
            self.infeasible = solution.reason
            return
        bound = prices.bound_of_boxes(self.problem, solution.cost_lower_bound)
        if bound > self.bound:
            self.bound, self.bound_by = bound, "boxes at the best prices"
        if solution.packing is not None:
            self._offer(solution.packing)

    def _pack_fleet(self, columns: JointColumns, cost: int) -> None:
        """Items into the places for boxes that hosts of this cost have."""
        if self._done or (self.value is not None and cost >= self.value[0]):
            return
        from binpack_solvers.nested.fleets import roomiest_fleet

        seconds = self.context.left * PART_OF_STACKING
        fleet = roomiest_fleet(columns.master, columns.items, self.problem.outer, cost, seconds)
        if fleet is None:
            return
        places = fleet.count.sum(axis=0)
        most = np.where(self.boxed.available < 0, LARGEST, self.boxed.available)
        enough = len(fleet) >= self.problem.outer.minimum_bins
        if self.problem.hosts_have_rules and enough and places.sum() <= MOST_GIVEN and (places <= most).all():
            self._pack_given(fleet)
        boxes = self.boxed.replace(available=np.minimum(places, most))
        if not self._done and (packed := self._solve(boxes, PART_OF_FLEET)).packing is not None:
            self._offer(packed.packing)

    def _pack_given(self, fleet: Columns) -> None:
        """Items into boxes that stand on these hosts already, so that what must not share one does not."""
        from binpack_solvers.nested.given_boxes import GivenBoxes

        empty: list[tuple[int, list[tuple[int, dict[int, int]]]]] = [
            (host, [(kind, {}) for kind in np.repeat(np.arange(len(count)), count).tolist()])
            for host, count in zip(fleet.bin_type.tolist(), fleet.count, strict=True)
        ]
        boxes = GivenBoxes.of(self.problem, NestedPacking.of_hosts(empty))
        packed = self._solve(boxes.problem, PART_OF_FLEET)
        if packed.packing is not None:
            self._take((boxes.nested(packed.packing), self.bound))

    def _costs_between(self) -> list[int]:
        """Costs above the bound and below the incumbent, evenly if there are many."""
        high = self.value[0] if self.value is not None else 2 * self.bound
        return sorted({self.bound + (high - self.bound) * k // MOST_FLEETS for k in range(MOST_FLEETS)} - {self.bound})

    def _solve(self, problem: Problem, part: float, method: str = "auto") -> Solution:
        context = self.context
        found = solve(problem, method, context.left * part, context.threads, context.seed, stop=context.stop)
        if "interrupted" in found.statistics.counters:
            raise KeyboardInterrupt
        return found

    def _offer(self, boxes: Packing) -> int | None:
        """Stack the boxes; keep the packing if it is better. What its hosts cost; None where they are not found."""
        stacked = self._solve(self.problem.stacking(boxes), PART_OF_STACKING)
        if stacked.packing is not None:
            self._take((NestedPacking(boxes, stacked.packing), self.bound))
        return stacked.cost

    def _take(self, found: tuple[NestedPacking | None, int]) -> None:
        """A packing if it is better, and a bound if it is higher."""
        packing, bound = found
        if bound > self.bound:
            self.bound, self.bound_by = bound, "all contents of hosts"
        if packing is not None:
            value = packing.value(self.problem)
            if self.value is None or value < self.value:
                self.packing, self.value = packing, value

    @cached_property
    def _items(self) -> NDArray[np.int64]:
        """The item types that contents of boxes are of."""
        return configurations_of(self.boxed).item

    def _columns(self, packing: Packing) -> Columns:
        content = contents(packing, self.boxed.item_types)[:, self._items]
        return Columns(packing.bin_type, content, np.zeros(len(content), np.int64))

    def _solution(self) -> NestedSolution:
        none = (None, None, None, None)
        if self.infeasible:
            return NestedSolution("infeasible", *none, self.bound, self.prices, self.infeasible)
        if self.packing is None or self.value is None:
            return NestedSolution("unknown", *none, self.bound, self.prices, "no packing was found", self.bound_by)
        status: Status = "optimal" if self.value[0] == self.bound else "feasible"
        return NestedSolution(status, self.packing, *self.value, self.bound, self.prices, "", self.bound_by)


def fewest_hosts(problem: NestedProblem) -> tuple[int, str]:
    """The least cost of as many hosts as the rules ask for, and which rule that is."""
    most = [problem.most_per_host[list(group)] for group in problem.inner.demand_groups]
    demands = problem.inner.demands[problem.inner.first_of_group].tolist()
    wanted = [
        -(-demand // int(forms.sum()))
        for demand, forms in zip(demands, most, strict=True)
        if (forms != ANY_NUMBER).all() and forms.any()  # one form of any number is enough for all
    ]
    fewest = max([problem.outer.minimum_bins, *wanted])
    costs = sorted(
        (cost, available)
        for cost, available in zip(problem.outer.cost.tolist(), problem.outer.available.tolist(), strict=True)
        if available != 0
    )
    total = 0
    for cost, available in costs:
        taken = fewest if available < 0 else min(fewest, available)
        total, fewest = total + cost * taken, fewest - taken
    return total, "copies that stand on hosts of their own" if wanted else "the fewest hosts"
