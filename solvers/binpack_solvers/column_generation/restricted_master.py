"""The best packing from the columns known, and the proof where they are all that matter: the master in whole bins.

Rules across bins, which the relaxation leaves out, are rows of this program: see ``rules_across_bins``.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.columns import Columns, cover_of, joined_columns
from binpack_solvers.column_generation.contents_across_types import in_every_type, repaired, single_copies
from binpack_solvers.column_generation.master import INFINITY, add_columns, add_rows, quiet
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.packings import packing_of, packing_of_cells, with_empty_bins
from binpack_solvers.column_generation.places import places_of
from binpack_solvers.column_generation.rules_across_bins import RowsAcrossBins, looks_across_bins
from binpack_solvers.packing import Packing
from binpack_solvers.reductions.alike_bin_types import alike_bin_types

Int64 = NDArray[np.int64]
MOST_COLUMNS = 20_000
MOST_COUNTED = 20_000
"""Variables that count copies by place: with more a program is none of a few seconds."""
MOST_ENTRIES = 2 * 10**7
"""Of columns in the rows of rules across bins: 160 MB."""
SECONDS_PER_COLUMN = 1.5e-4
"""Of a program's root, in which HiGHS does not look at the clock: with less time left it is not begun."""
MOST_COPIES = 10**6
"""Of one demand under rules across bins: with larger coefficients the solver's tolerances let rules be broken."""


def solve_restricted_master(solved: SolvedNode, seconds: float) -> None:
    """Offer the best packing of the master's columns, less those that cost the relaxation too much."""
    master = solved.master
    linear = master.solve(solved.context.left)
    if linear is None:
        return
    affordable = (solved.target - 1) / master.unit - linear.value + 1e-6
    kept = np.flatnonzero(master.reduced_costs(linear) <= affordable)
    if len(kept) <= MOST_COLUMNS:
        columns = master.columns.take(kept)
        if looks_across_bins(solved.context):
            columns = joined_columns([columns, single_copies(solved.pricer)])
        solve_in_whole_bins(solved, columns, seconds, exact=True)


def solve_in_whole_bins(solved: SolvedNode, columns: Columns, seconds: float, exact: bool = False) -> bool:
    """Offer the best packing of these columns if it beats the incumbent; whether it is known that none of them does.

    exact : look for a packing alone; see ``RowsAcrossBins``.
    """
    if not len(columns):
        return True
    if len(columns) * SECONDS_PER_COLUMN > solved.context.left:
        return False
    program = program_in_whole_bins(solved, columns, exact)
    if program is None:
        return False
    status = program.run(seconds)
    if status == highspy.HighsModelStatus.kInfeasible:
        return not exact
    packing = program.packing()
    return packing is not None and solved.offer(packing) and status == highspy.HighsModelStatus.kOptimal


@dataclass
class Program:
    """A program in whole bins of ``columns``; ``rows``: of the rules across bins, if there are any."""

    solved: SolvedNode
    highs: highspy.Highs
    columns: Columns
    cover: Int64
    rows: RowsAcrossBins | None

    def run(self, seconds: float) -> highspy.HighsModelStatus:
        """Search for so long; how that ended.

        With rules across bins, what presolve has made infeasible is searched without it as well: HiGHS 1.16.0 calls a
        program of this kind infeasible that 1.12 and 1.14, and itself without presolve, solve.
        """
        status = self._search(seconds)
        if status == highspy.HighsModelStatus.kInfeasible and self.rows is not None:
            self.highs.setOptionValue("presolve", "off")
            self.highs.clearSolver()
            status = self._search(seconds)
        return status

    def _search(self, seconds: float) -> highspy.HighsModelStatus:
        limit = self.highs.getRunTime() + min(seconds, self.solved.context.left)
        self.highs.setOptionValue("time_limit", limit)
        self.highs.run()
        return self.highs.getModelStatus()

    def packing(self) -> Packing | None:
        """Of the best solution found; None if there is none, or if it is short of copies."""
        c, count = self.solved.configurations, len(self.columns)
        values = np.round(np.array(self.highs.getSolution().col_value)).astype(np.int64)
        times = values[len(values) - count :]
        if len(times) != count or (times @ self.cover < c.demand).any():
            return None
        bins = [(self.columns[row], int(times[row])) for row in np.flatnonzero(times).tolist()]
        if self.rows is None:
            return packing_of(bins, c, c.demand)
        packing = packing_of_cells(bins, c, *self.rows.copies_left(values))
        return with_empty_bins(packing, bins, self.solved.context.problem)


def program_in_whole_bins(solved: SolvedNode, columns: Columns, exact: bool) -> Program | None:
    """None where rules across bins would make too large a program."""
    problem, c = solved.context.problem, solved.configurations
    stands_for = np.arange(problem.bin_types)
    rows = None
    if looks_across_bins(solved.context):
        rows = rows_across_bins(solved, exact=exact)
        if rows is None or len(columns) * int((problem.available != 0).sum()) > MOST_COLUMNS:
            return None
        columns = in_every_type(problem, solved.pricer, repaired(problem, rows.places, columns.count))
        if len(columns) * len(rows.rows) > MOST_ENTRIES:
            return None
        for k, other in alike_bin_types(bins_alone(problem)).items():
            stands_for[k] = other
    cover = cover_of(columns.count, c.group, len(c.demand))
    return Program(solved, _cheapest_cover(solved, columns, cover, stands_for, rows), columns, cover, rows)


def rows_across_bins(solved: SolvedNode, exact: bool, everything: bool = False) -> RowsAcrossBins | None:
    """The rows of rules across bins at a node; None where they are too many or count too many copies, or without bins.

    everything : copies of all items are counted by place, not only those that a rule looks at.
    """
    problem, c = solved.context.problem, solved.configurations
    places = places_of(problem, solved.node, c, everything)
    if (
        not len(places)
        or len(places.counted) * len(places) > MOST_COUNTED
        or int(c.demand.max(initial=0)) > MOST_COPIES
    ):
        return None
    return RowsAcrossBins(problem, c, places, exact)


def _cheapest_cover(
    solved: SolvedNode, columns: Columns, cover: Int64, stands_for: Int64, rows: RowsAcrossBins | None
) -> highspy.Highs:
    """Cover the demands with whole bins, as many of each type as the node allows, for less than the incumbent costs.

    stands_for (t,) : the type that the node counts the bins of a type with.
    """
    context, problem, demand = solved.context, solved.node.problem, solved.configurations.demand
    fewest, unit, groups, count = solved.node.at_least, solved.pricer.unit, len(demand), len(columns)
    most_cost = INFINITY if context.value is None else (solved.target - 1) / unit + 1e-7
    most_bins = np.where(problem.available < 0, INFINITY, problem.available)
    lower = np.concatenate([demand.astype(float), np.where(fewest > 0, fewest, -INFINITY), [-INFINITY]])
    upper = np.concatenate([np.full(groups, INFINITY), most_bins, [most_cost]])
    highs = quiet({"random_seed": context.seed % 2**31, "mip_abs_gap": 0.0, "mip_rel_gap": 0.0})
    add_rows(highs, lower, upper)
    prices = columns.cost / unit
    entries = [cover, np.eye(problem.bin_types)[stands_for[columns.bin_type]], prices[:, None]]
    first = 0
    if rows is not None:
        rows.add_to(highs, whole=True)
        entries.append(rows.entries(columns))
        first = len(rows.most)
    add_columns(highs, prices, np.hstack(entries))
    index = np.arange(first, first + count, dtype=np.int32)
    highs.changeColsIntegrality(count, index, np.full(count, highspy.HighsVarType.kInteger))
    return highs
