"""Rules across bins as rows of the program in whole bins: limits, requires and spread by domain, fixed content, least bins.

Bins of a configuration offer room for copies; integer variables say how many of an item's copies stand in a place. Copies
that configurations hold beyond those are left out, so a configuration stands for all its subsets, and the rows look at what
stays: with every configuration that matters (or a superset of it) at hand, the program has a solution if the problem has.
A ``Spread`` of level 0, where every bin of the packing is a domain, is no row; what it says of each bin is a limit there
(``spread_over_bins``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.column_generation.configurations import Configurations
from binpack_solvers.column_generation.master import INFINITY
from binpack_solvers.column_generation.places import Places
from binpack_solvers.context import Context
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread

Int64 = NDArray[np.int64]
MINIMUM = "minimum bins"
"""What ``lower_bounds`` names a bound that is ``minimum_bins`` itself."""
NO_NAME = ("", ())


class Row(NamedTuple):
    """Lower and upper limit, the coefficients of the variables, and what a certificate calls the row (``SideRowDual``)."""

    low: float
    high: float
    factors: dict[int, int]
    name: tuple[str, tuple[int, ...]] = NO_NAME


def looks_across_bins(context: Context) -> bool:
    """Whether any rule goes beyond one bin: ``minimum_bins`` only where bins cannot be marked instead."""
    problem = context.problem
    fixed = any(standing.fixed for standing in problem.initial)
    levels = (problem.limits[:, 3] > 0).any()
    fewest = problem.exclusive.any() and asks_for_bins(context)
    return bool(levels or len(problem.requires) or problem.spread or fixed or fewest)


def asks_for_bins(context: Context) -> bool:
    """Whether ``minimum_bins`` asks for more than all else is known to need."""
    problem, bounds = context.problem, context.bounds
    few = problem.minimum_bins > bounds.bins or (problem.minimum_bins == bounds.bins and bounds.bins_by == MINIMUM)
    return few and problem.minimum_bins > 0


class RowsAcrossBins:
    """Variables and rows of the rules across bins, for a program that takes bins of configurations.

    exact : an item type that others require in their bin has no copy left out, so that none is missing where it is
        required, and one that stands together is in one bin. That loses packings which leave such copies out: without it
        an infeasible program is a proof, with it a solution is a packing.
    most : what each variable is at most; 0 at least. choices : those that say whether a domain holds an item type, or a
        spread is in play. rows : limits, and coefficients of the variables; those of configurations: ``entries``.
    """

    def __init__(self, problem: Problem, configurations: Configurations, places: Places, exact: bool) -> None:
        self.problem, self.configurations, self.places = problem, configurations, places
        self.most: list[int] = []
        self.rows: list[Row] = []
        self._copies: dict[tuple[int, int], int] = {}
        self._stands: dict[tuple[int, int, int], int] = {}
        self.choices: list[int] = []
        self._demand = {i: int(problem.demands[i]) for i in places.share}
        self.room = np.zeros((len(places.counted), len(places)), np.int64)
        self._together: dict[int, int] = {}
        self._available: dict[int, int] = {}
        self._count(exact)
        self._limit()
        self._require(exact)
        for number, spread in enumerate(problem.spread):
            if spread.key:
                self._spread(number, spread)
        self._fix()
        self._bins()

    def add_to(self, highs: highspy.Highs, whole: bool) -> None:
        """Add them to a program that has rows but no columns so far. whole : the variables are integers."""
        count = len(self.most)
        empty = np.zeros(0, np.int32)
        zero = np.zeros(count)
        highs.addCols(count, zero, zero, np.array(self.most, float), 0, zero.astype(np.int32), empty, np.zeros(0))
        if whole:
            index = np.arange(count, dtype=np.int32)
            highs.changeColsIntegrality(count, index, np.full(count, highspy.HighsVarType.kInteger))
        start = np.cumsum([0, *(len(row.factors) for row in self.rows)])
        highs.addRows(
            len(self.rows),
            np.array([row.low for row in self.rows], float),
            np.array([row.high for row in self.rows], float),
            int(start[-1]),
            start[:-1].astype(np.int32),
            np.array([variable for row in self.rows for variable in row.factors], np.int32),
            np.array([factor for row in self.rows for factor in row.factors.values()], float),
        )

    def entries(self, columns: Columns) -> Int64:
        """(C, rows): what a bin of each configuration adds to the rows."""
        entries = np.zeros((len(columns), len(self.rows)), np.int64)
        every = np.arange(len(columns))
        where = self.places.of_type[columns.bin_type]
        for row, n in enumerate(self.places.counted):
            entries[every, self.room[row, where]] = columns.count[:, n]
        for i, row in self._together.items():
            entries[:, row] = columns.count[:, [n for n, _ in self.places.share[i]]].any(axis=1)
        for k, row in self._available.items():
            entries[:, row] = columns.bin_type == k
        if self.problem.minimum_bins:
            entries[:, -1] = 1
        return entries

    @property
    def copies(self) -> Int64:
        """(counted, P): the variable that says how many copies of a counted item stand in a place."""
        places = range(len(self.places))
        variables = [[self._copies[n, place] for place in places] for n in self.places.counted]
        return np.array(variables, np.int64).reshape(-1, len(self.places))

    @property
    def of_bins(self) -> list[int]:
        """The rows that only bins can fulfil: room for copies, and enough bins."""
        return self.room.ravel().tolist() + [len(self.rows) - 1] * bool(self.problem.minimum_bins)

    def copies_left(self, values: Int64) -> tuple[Int64, Int64]:
        """(t, n): the cell that an item's copies in a bin of a type count in, and (cells,): copies that each takes.

        Cells: demand groups, then an item in a place. values : of the variables.
        """
        c, places = self.configurations, self.places
        groups = len(c.demand)
        cell = np.broadcast_to(c.group, (len(places.of_type), len(c.group))).copy()
        for row, n in enumerate(places.counted):
            cell[:, n] = groups + row * len(places) + places.of_type
        return cell, np.concatenate([c.demand, values[self.copies].ravel()])

    def _new(self, most: int) -> int:
        self.most.append(most)
        return len(self.most) - 1

    def _row(self, low: float, high: float, factors: dict[int, int], rule: str = "", *of: int) -> int:
        """A row; ``rule`` and what it is ``of``: its name."""
        self.rows.append(Row(low, high, factors, (rule, of)))
        return len(self.rows) - 1

    def _count(self, exact: bool) -> None:
        """Copies of each counted item in each place: no more than the bins there have room for, in sum the demand."""
        c, places = self.configurations, self.places
        needed = {n for _, j, level in self.problem.requires.tolist() if not level for n, _ in places.share[j]}
        sums: dict[int, dict[int, int]] = {}
        for row, n in enumerate(places.counted):
            group = int(c.group[n])
            for place in range(len(places)):
                variable = self._copies[n, place] = self._new(int(c.demand[group]))
                sums.setdefault(group, {})[variable] = 1
                self.room[row, place] = self._row(0, 0 if exact and n in needed else INFINITY, {variable: -1})
        for group, variables in sums.items():
            item = int(c.item[c.group == group].min())
            self._row(int(c.demand[group]), int(c.demand[group]), variables, "demands", item)

    def _sum(self, items: Iterable[int], places: Iterable[int]) -> dict[int, int]:
        """Copies of original item types in some places, as coefficients."""
        row: dict[int, int] = {}
        held = [pair for i in items for pair in self.places.share[i]]
        for place in places:
            for n, copies in held:
                variable = self._copies[n, place]
                row[variable] = row.get(variable, 0) + copies
        return row

    def _holds(self, i: int, level: int, domain: int, places: list[int]) -> int:
        """A variable that is 1 if the domain holds a copy of i."""
        key = (i, level, domain)
        if key not in self._stands:
            self._stands[key] = self._new(1)
            self.choices.append(self._stands[key])
            row = self._sum([i], places)
            self._row(-INFINITY, 0, {**row, self._stands[key]: -self._demand[i]}, "stands", *key)
        return self._stands[key]

    def _limit(self) -> None:
        """Where an i stands, at most so many copies of j."""
        for number, (i, j, most, level) in enumerate(self.problem.limits.tolist()):
            if not level or self._demand[j] <= most:
                continue
            for domain, places in self.places.domains(level).items():
                row, at_most = self._sum([j], places), most
                if i != j:
                    row[self._holds(i, level, domain, places)] = self._demand[j] - most
                    at_most = self._demand[j]
                self._row(-INFINITY, at_most, row, "limits", number, domain)

    def _require(self, exact: bool) -> None:
        """Where an i stands, a j too; with i = j, in one domain only, or in one bin. Bins without the key hold no i."""
        for number, (i, j, level) in enumerate(self.problem.requires.tolist()):
            if not level:
                if i == j and exact:
                    self._together[i] = self._row(-INFINITY, 1, {})
                continue
            domains = self.places.domains(level).items()
            holds = {domain: self._holds(i, level, domain, places) for domain, places in domains}
            if i == j:
                self._row(-INFINITY, 1, dict.fromkeys(holds.values(), 1), "requires", number)
            else:
                for domain, places in domains:
                    row = {**self._sum([j], places), holds[domain]: -1}
                    self._row(0, INFINITY, row, "requires", number, domain)

    def _spread(self, number: int, spread: Spread) -> None:
        """Counts per domain from ``least`` to ``max_skew`` more, once a carrier is placed. Carriers stand in declared
        domains alone: ``bins_alone`` sees to that."""
        every = sum(self._demand[i] for i in spread.counted)
        known = self.places.domains(spread.key)
        zero = len(spread.domains) < spread.min_domains or any(d not in known for d in spread.domains)
        least = self._new(0 if zero else every)
        play = self._in_play(number, spread)
        low, high = (0, every) if zero or play is not None else self._even(spread)
        for domain in spread.domains:
            row = self._sum(spread.counted, known.get(domain, []))
            if not row:
                continue
            self._row(low, high, row, "spread", number, domain)
            above = {**row, least: -1}
            self._row(0, INFINITY, above, "spread, least", number, domain)
            most = spread.max_skew
            if play is not None:
                above, most = {**above, play: every}, most + every
            self._row(-INFINITY, most, above, "spread, most", number, domain)

    def _even(self, spread: Spread) -> tuple[int, int]:
        """What each domain holds at least and at most, all domains being within ``max_skew`` of it: whole numbers, which the
        rows on ``least`` alone do not give."""
        counted, total = set(spread.counted), sum(self._demand[i] for i in spread.counted)
        for group in self.problem.demand_groups:
            if counted & set(group) and len(group) > 1:
                return 0, total
        domains, others = len(spread.domains), (len(spread.domains) - 1) * spread.max_skew
        inside = total if counted <= set(spread.carriers) else 0  # others than carriers may stand outside the domains
        return max(0, -((others - inside) // domains)), (total + others) // domains

    def _in_play(self, number: int, spread: Spread) -> int | None:
        """A variable that is 1 if a copy of a carrier is placed; None where one must be."""
        carriers = set(spread.carriers)
        groups = [group for group in self.problem.demand_groups if self.problem.demands[group[0]]]
        if any(carriers >= set(group) for group in groups):
            return None
        play, row = self._new(1), self._sum(spread.carriers, range(len(self.places)))
        self.choices.append(play)
        carried = sum(self._demand[i] for i in spread.carriers)
        self._row(-INFINITY, 0, {**row, play: -carried}, "spread, in play", number)
        return play

    def _fix(self) -> None:
        """The fixed content of a bin that stands stays in it."""
        for number, standing in enumerate(self.problem.initial):
            for i, copies in standing.content.items():
                if standing.fixed and copies:
                    place = int(self.places.of_type[standing.bin_type])
                    self._row(copies, INFINITY, self._sum([i], [place]), "initial", number, i)

    def _bins(self) -> None:
        """Of each bin type no more than there are, and, last of all rows, at least ``minimum_bins``."""
        for k in np.flatnonzero(self.problem.available > 0).tolist():
            self._available[k] = self._row(-INFINITY, int(self.problem.available[k]), {}, "available", k)
        if self.problem.minimum_bins:
            self._row(self.problem.minimum_bins, INFINITY, {}, "minimum_bins")
