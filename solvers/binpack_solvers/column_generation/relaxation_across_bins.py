"""The configuration LP with the rows of rules across bins: a bound that knows domains, and configurations for each of them.

Copies are counted by place, so that an item has a price of its own in each, and each place is priced by itself
(Dantzig & Wolfe 1960, one block for each place; the rules are the linking rows).
"""

from __future__ import annotations

from fractions import Fraction
from time import monotonic
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.column_generation.columns import Columns, joined_columns
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.column_generation.duals_across_bins import (
    Proof,
    certificate_across_bins,
    dual_objective,
    paid_to_variables,
)
from binpack_solvers.column_generation.master import (
    DEAREST,
    INFINITY,
    LP_OPTIONS,
    OBJECTIVE_SCALE,
    Floats,
    add_columns,
    add_rows,
    quiet,
)
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.pricing import FEWEST_NODES, Duals, Pricer
from binpack_solvers.column_generation.relaxation import ceiling, feasible_share
from binpack_solvers.column_generation.rules_across_bins import RowsAcrossBins

Int64 = NDArray[np.int64]

WHOLE = 1e-6
ROUNDS = 8
"""Of generating columns where no bound is to be proven."""
FINE, DIVISIONS = 1000, 100
"""Where no bin costs less than the first, the bound is near enough within such a part of the cheapest one: its last steps
take many rounds, and only a count of bins is worth them."""
FEASIBLE = 2
"""HiGHS's status of a primal solution."""
MOST_NODES = 64 * FEWEST_NODES
"""Of a search that ends without a column or the proof that there is none."""


class Cut(NamedTuple):
    """Copies of one place are worth no more than its bins: ``worth`` (n, P) of a copy, ``cost`` (t,) of a bin."""

    worth: Floats
    cost: Floats


class RelaxationAcrossBins:
    """The LP at the root, from some columns on, with ``rows`` that count every item.

    bound : no packing costs less, whatever else is known of it; by ``proof``. value : of the last LP.
    """

    def __init__(self, solved: SolvedNode, rows: RowsAcrossBins, columns: Columns) -> None:
        self.solved, self.rows, self.configurations = solved, rows, solved.configurations
        self.bound = Fraction(0)
        self.proof: Proof | None = None
        self.value = 0.0
        self._held = False
        cheapest = min((cost for cost in rows.problem.cost.tolist() if cost), default=0)
        self._nothing = (
            cheapest / DIVISIONS if cheapest >= FINE else 0.0
        )  # where costs are amounts of money, not counts
        self.columns = columns.take(slice(0))
        self._known: set[tuple[int, bytes]] = set()
        self._pricers = self._one_for_each_place()
        self._highs = quiet(LP_OPTIONS)
        self._types, self._first = len(rows.places.of_type), len(rows.most)
        add_rows(self._highs, np.zeros(self._types), np.zeros(self._types))
        rows.add_to(self._highs, whole=False)
        self._let_demands_limit_copies()
        add_columns(self._highs, np.zeros(self._types), -np.eye(self._types, self._types + len(rows.rows)))
        self._append(columns)

    def raise_bound(self, end: float, enough: int) -> bool:
        """Generate columns until none improves, the bound reaches ``enough`` or can rise no more, or the time is ``end``.

        False if the LP has no solution.
        """
        nodes = 0
        while self._solve(end):
            found, complete = self._price(nodes)
            needed = min(enough, ceiling(self.value - 1e-6))
            if ceiling(self.bound) >= needed or self.bound >= self.value - self._nothing or self._over(end):
                return True
            added = self._append(found)
            if not added and (complete or nodes >= MOST_NODES):
                return True
            nodes = 0 if added else max(FEWEST_NODES, nodes * 8)
        return False

    def certificate(self, claimed: int) -> Certificate | None:
        """Of a bound of at most ``claimed``; None where the LP shows nothing."""
        if self.proof is None:
            return None
        return certificate_across_bins(self.rows.problem, self.rows, self.proof, self.solved.pricer.scale, claimed)

    def choose(self, seconds: float, end: float) -> bool:
        """Hold the choices of the rules, such as which domains an item type stands in, and the bins of each type to whole
        ones that cost the LP little; False if none were found. From then on nothing is proven of the problem."""
        self._held = True
        choices, bins = self.rows.choices, [self._first + k for k in range(self._types)]
        index = np.array([*choices, *bins], np.int32)
        self._highs.changeColsIntegrality(len(index), index, np.full(len(index), highspy.HighsVarType.kInteger))
        self._solve(monotonic() + seconds)
        found, value = self._highs.getInfo().primal_solution_status == FEASIBLE, self.value
        values = np.array(self._highs.getSolution().col_value)
        self._highs.changeColsIntegrality(len(index), index, np.full(len(index), highspy.HighsVarType.kContinuous))
        if not found:
            return False
        chosen = np.round(values[index])
        first = len(choices)
        self._highs.changeColsBounds(first, index[:first], chosen[:first], chosen[:first])
        if not self._improve(end):
            return False
        if value > ceiling(self.value - WHOLE) + WHOLE:
            return self._hold_bins(end)
        self._highs.changeColsBounds(len(bins), index[first:], chosen[first:], chosen[first:])
        return self._improve(end)

    def _hold_bins(self, end: float) -> bool:
        """Hold the bins of one type after the other to a whole number, the lower one where that costs the LP no whole unit
        more; False if the LP has no solution in the end."""
        for _ in range(self._types):
            bins = self.bins
            part = bins - np.floor(bins + WHOLE)
            part[part <= WHOLE] = 1.0
            k, least = int(part.argmin()), ceiling(self.value - WHOLE)
            if part[k] == 1.0:
                return True
            for held in (float(np.floor(bins[k])), float(np.ceil(bins[k]))):
                self._highs.changeColBounds(self._first + k, held, held)
                found = self._improve(end)
                if found and self.value <= least + WHOLE:
                    break
            if not found or self._over(end):
                return found
        return True

    def place_costs(self, copies: Int64, end: float) -> Floats | None:
        """(P,): what the LP's bins for so many copies (n, P) cost in each place; None without a solution.

        As many bins as it takes. The LP is that of these copies until the next call.
        """
        variables = self.rows.copies.ravel().astype(np.int32)
        fixed = copies.ravel().astype(float)
        self._highs.changeColsBounds(len(variables), variables, fixed, fixed)
        choices, bins = self.rows.choices, [self._first + k for k in range(self._types)]
        most = np.append(np.ones(len(choices)), np.full(len(bins), INFINITY))
        free = np.array([*choices, *bins], np.int32)
        self._highs.changeColsBounds(len(free), free, np.zeros(len(free)), most)
        if not self._improve(end):
            return None
        costs = np.zeros(len(self.rows.places))
        np.add.at(costs, self.place, self.x * self.columns.cost)
        return costs

    @property
    def bins(self) -> Floats:
        """(t,): bins of each type in the last LP."""
        return np.array(self._highs.getSolution().col_value)[self._first : self._first + self._types]

    @property
    def place(self) -> Int64:
        """(C,): of each column."""
        return self.rows.places.of_type[self.columns.bin_type]

    @property
    def x(self) -> Floats:
        """(C,): bins of each column in the last LP."""
        return np.array(self._highs.getSolution().col_value)[self._first + self._types :]

    @property
    def copies(self) -> Floats:
        """(n, P): copies of each item in each place in the last LP."""
        return np.array(self._highs.getSolution().col_value)[self.rows.copies]

    @property
    def holds(self) -> NDArray[np.bool_]:
        """(n, P): whether a bin of the place may hold a copy of the item."""
        return np.array([pricer.configurations.most[row_of].any(axis=1) for pricer, row_of in self._pricers]).T

    @property
    def prices(self) -> Cut:
        """What copies are worth and bins cost by the last LP."""
        dual = np.array(self._highs.getSolution().row_dual) / OBJECTIVE_SCALE
        return Cut(
            dual[self._types :][self.rows.room], self.rows.problem.cost / self.solved.pricer.unit - dual[: self._types]
        )

    def _let_demands_limit_copies(self) -> None:
        """Limits of the variables that say the same would take a part of the duals that no row shows."""
        copies = self.rows.copies.ravel().astype(np.int32)
        self._highs.changeColsBounds(len(copies), copies, np.zeros(len(copies)), np.full(len(copies), INFINITY))

    def _improve(self, end: float) -> bool:
        """Columns that are easily found; False if the LP has no solution."""
        for _ in range(ROUNDS):
            if not self._solve(end):
                return False
            if not self._append(self._price(0)[0]) or self._over(end):
                break
        return self._solve(end)

    def _over(self, end: float) -> bool:
        return monotonic() > end or self.solved.context.over

    def _solve(self, end: float) -> bool:
        self._highs.setOptionValue("time_limit", self._highs.getRunTime() + max(0.01, end - monotonic()))
        self._highs.run()
        self.value = self._highs.getInfo().objective_function_value / OBJECTIVE_SCALE * self.solved.pricer.unit
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)

    def _one_for_each_place(self) -> list[tuple[Pricer, Int64]]:
        """Pricers of bins in one place alone, and for each item the pricer's row of it. Alternatives count apart there."""
        problem, places = bins_alone(self.rows.problem), self.rows.places
        pricers = []
        for place in range(len(places)):
            available = np.where(places.of_type == place, problem.available, 0)
            here = configurations_of(problem.replace(available=available, alternatives=None))
            pricers.append((Pricer(here), np.searchsorted(here.item, self.configurations.item)))
        return pricers

    def _entries(self, columns: Columns) -> Int64:
        return np.hstack([np.eye(self._types, dtype=np.int64)[columns.bin_type], self.rows.entries(columns)])

    def _append(self, columns: Columns) -> bool:
        keys = list(zip(columns.bin_type.tolist(), (count.tobytes() for count in columns.count), strict=True))
        columns = columns.take(np.array([n for n, key in enumerate(keys) if key not in self._known], np.int64))
        self._known |= set(keys)
        self.columns = joined_columns([self.columns, columns])
        add_columns(self._highs, columns.cost / self.solved.pricer.unit * OBJECTIVE_SCALE, self._entries(columns))
        return len(columns) > 0

    def _price(self, nodes: int) -> tuple[Columns, bool]:
        """Improving columns of all places, and whether the search for them was complete; raises the bound."""
        duals, rules = self._duals()
        fee = self._fees(duals, rules)
        worth = [0] * self._types
        parts, complete = [self.columns.take(slice(0))], True
        for place, (pricer, row_of) in enumerate(self._pricers):
            profit = np.empty(len(row_of), np.int64)
            profit[row_of] = rules[self.rows.room[:, place]]
            priced = pricer.price(Duals(profit, fee, pricer.scale), pricer.configurations.demand, nodes)
            found = priced.columns
            parts.append(Columns(found.bin_type, found.count[:, row_of], found.cost))
            worth = [max(pair) for pair in zip(worth, priced.worth, strict=True)]
            complete &= priced.complete
        self._raise(rules, fee, worth)
        return joined_columns(parts), complete

    def _duals(self) -> tuple[Int64, Int64]:
        """The LP's duals of the types' and the rules' rows, cut to integers of the sign that the rows allow.

        Whatever they are then, the bound is valid. Copies are worth what the rules pay for them, in exact sums.
        """
        dual = np.array(self._highs.getSolution().row_dual) / OBJECTIVE_SCALE
        dual = np.clip(dual, -DEAREST, DEAREST)  # sums of them stay in 64 bits
        whole = np.trunc(dual * float(self.solved.pricer.unit) * self.solved.pricer.scale).astype(np.int64)
        low = np.array([row.low > -INFINITY for row in self.rows.rows], np.bool_)
        high = np.array([row.high < INFINITY for row in self.rows.rows], np.bool_)
        rules = whole[self._types :]
        rules = np.where(low, rules, np.minimum(0, rules))
        rules = np.where(high, rules, np.maximum(0, rules))
        rules[self.rows.room] = 0
        dearest = int(DEAREST * float(self.solved.pricer.unit) * self.solved.pricer.scale)
        paid = np.array(paid_to_variables(self.rows, rules), object)[self.rows.copies]
        rules[self.rows.room] = np.clip(paid, 0, dearest).astype(np.int64)
        return whole[: self._types] * self._held, rules

    def _fees(self, types: Int64, rules: Int64) -> Int64:
        """(t,): what a bin of each type pays for being one."""
        nothing = np.zeros((self._types, len(self.configurations.item)), np.int64)
        empty = Columns(np.arange(self._types), nothing, np.zeros(self._types, np.int64))
        return np.asarray(-types - self.rows.entries(empty) @ rules)

    def _raise(self, rules: Int64, fee: Int64, worth: list[int]) -> None:
        """The Lagrangian bound in integers: duals scaled so that no configuration is worth more than it costs, and what the
        variables of the rules, which all have limits, can make of their prices (Neumaier & Shcherbina 2004)."""
        if self._held:
            return
        pricer = self.solved.pricer
        total = dual_objective(self.rows, rules)
        bound = feasible_share(pricer.problem, Duals(rules, fee, pricer.scale), worth) * Fraction(total, pricer.scale)
        if bound > self.bound:
            self.bound, self.proof = bound, Proof(rules, fee, worth)
