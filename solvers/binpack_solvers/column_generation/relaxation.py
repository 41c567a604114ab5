"""The configuration LP by column generation, with a bound that is valid at every moment."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.column_generation.columns import Columns
from binpack_solvers.column_generation.frames import ANYTHING
from binpack_solvers.column_generation.master import TOLERANCE, LinearSolution, Master
from binpack_solvers.column_generation.pricing import FEWEST_NODES, Duals, Pricer
from binpack_solvers.context import Context
from binpack_solvers.exact_sums import dot
from binpack_solvers.kernels.pattern_search import NOTHING
from binpack_solvers.problem import Problem

Int64 = NDArray[np.int64]

MOST_NODES = 200_000_000
SLOWEST_RATE = 1_500_000
"""Nodes a second, until a search has shown how many it visits: none should end long after the time."""
ENUMERATION_NODES = 300_000
CENTRAL_TOLERANCE = 1e-3
"""Of all copies: what solutions from the middle of the optimal face leave to artificial columns without need."""
CENTRAL_ACCURACY, MOST_STALLED = 1e-7, 3
"""Of their value. Where it falls by no more so many times in a row, a corner is needed to go on."""
KEPT_BACK = Fraction(1, 1024)
FIRST_RISE = 0.05
"""By how much the prices of artificial columns rise first; then ever faster."""


@dataclass
class Relaxation:
    """The LP over the columns known (``linear``), and the best bound proven on the way, with the duals that prove it;
    ``settled``: whether a longer search for columns could add nothing."""

    linear: LinearSolution
    bound: Fraction
    duals: Duals
    worth: list[int]
    settled: bool = False


def relax(
    master: Master,
    pricer: Pricer,
    demand: Int64,
    context: Context,
    enough: int,
    known: int = 0,
    rounds: int = 10**9,
    most_nodes: int = MOST_NODES,
    tight: bool = False,
    central: bool = False,
) -> Relaxation | None:
    """Generate columns until none improves, the bound reaches ``enough`` or cannot rise any more; None without time.

    demand (G,) : what is left to cover, already in the master's rows. known : a bound from elsewhere, above which this one
    has to rise to be of use. rounds, most_nodes : limits for where no proof is needed. tight : go on even where the bound
    can reach no further integer. central : begin with duals from the middle of the optimal face (``Master.solve``), until
    they bring no columns.
    """
    best: Relaxation | None = None
    nodes, dearer, rate = 0, 1.0 + FIRST_RISE, float(SLOWEST_RATE)
    stalled, value = 0, np.inf
    for _ in range(rounds):
        linear = master.solve(context.left, central)
        if linear is None and central:
            central = False
            continue
        if linear is None or context.left < pricer.least_seconds:
            return best
        duals = pricer.duals(linear.dual, linear.scarcity)
        accuracy = 1 - CENTRAL_ACCURACY if central else 1.0
        needed = 0 if tight else min(enough, ceiling(linear.value * accuracy * master.unit - 1e-6)) - 1
        in_time = context.left / 2 * rate / pricer.problem.bin_types
        allowed, started = int(min(nodes, in_time)), monotonic()
        slack = slack_to(needed, pricer, duals, demand)
        if nodes:
            slack = max(slack, slack_of_known(pricer, duals, master.columns))
        priced = pricer.price(duals, demand, allowed, slack)
        if allowed > SLOWEST_RATE and not priced.complete:
            rate = max(rate, allowed / (monotonic() - started) / 2)
        bound = safe_bound(pricer, duals, priced.worth, demand)
        if best is None:
            best = Relaxation(linear, bound, duals, priced.worth)
        best.linear = linear
        if bound > best.bound:
            best.bound, best.duals, best.worth = bound, duals, priced.worth
        short = _short(linear, demand, central)
        proven = max(known, ceiling(best.bound))
        reached = not tight and proven > needed
        if context.over or proven >= enough or (reached and not short.any() and not central):
            best.settled = proven >= enough or reached
            return best
        added = len(master.add(priced.columns)) > 0
        stalled = stalled + 1 if abs(value - linear.value) <= CENTRAL_ACCURACY * linear.value else 0
        value = linear.value
        if central and not short.any() and (reached or not added or stalled == MOST_STALLED):
            central = False
            continue
        done = not added and (priced.complete or nodes >= most_nodes)
        if (reached or done or not (added or nodes)) and master.raise_prices(short, dearer):
            nodes, dearer = 0, dearer * dearer
        elif done:
            best.settled = priced.complete
            return best
        else:
            nodes = 0 if added else max(FEWEST_NODES, nodes * 8)
    return best


def _short(linear: LinearSolution, demand: Int64, central: bool) -> NDArray[np.bool_]:
    """(G,): rows that the configurations known do not cover at the prices that artificial columns have."""
    if central and linear.artificial.sum() <= CENTRAL_TOLERANCE * demand.sum():
        return np.zeros(len(demand), np.bool_)
    return np.asarray(linear.artificial > TOLERANCE)


def safe_bound(pricer: Pricer, duals: Duals, worth: list[int], demand: Int64) -> Fraction:
    """Farley's bound (1990) in integers: the duals, scaled so that no configuration is worth more than it costs, are
    feasible for the LP's dual; their objective bounds the cost of every packing."""
    total = dual_objective(pricer, duals, demand)
    return max(Fraction(0), feasible_share(pricer.problem, duals, worth) * Fraction(total, duals.scale))


def slack_to(needed: int, pricer: Pricer, duals: Duals, demand: Int64) -> Fraction:
    """How many times its cost a configuration may be worth so that the bound is still above ``needed``; at least 1.

    A part of that is kept back: the duals of a certificate are rounded down once more.
    """
    if needed <= 0:
        return Fraction(1)
    most = Fraction(dual_objective(pricer, duals, demand), duals.scale * needed)
    return 1 + max(Fraction(0), most - 1) * (1 - KEPT_BACK)


def slack_of_known(pricer: Pricer, duals: Duals, known: Columns) -> Fraction:
    """How many times its cost a known configuration is worth, if that is no more than a solver's tolerance above 1.

    The master's duals are right up to a tolerance. To search for what is worth no more than that finds configurations that
    are known over and over, and may have to look through most of all.
    """
    problem = pricer.problem
    setups = (known.cost - problem.cost[known.bin_type]) * duals.scale
    worth = known.count @ duals.profit[pricer.configurations.group] - setups - duals.fee[known.bin_type]
    best = np.zeros(problem.bin_types, np.int64)
    np.maximum.at(best, known.bin_type, worth)
    shares = (Fraction(w + 1, c * duals.scale) for w, c in zip(best.tolist(), problem.cost.tolist(), strict=True) if c)
    most = max(shares, default=Fraction(1))
    return most if 1 < most <= 1 + TOLERANCE else Fraction(1)


def dual_objective(pricer: Pricer, duals: Duals, demand: Int64) -> int:
    """What the duals pay for the demands less what they charge for bins, times their scale."""
    total = dot(duals.profit, demand)
    for fee, most, fewest in zip(
        duals.fee.tolist(), pricer.problem.available.tolist(), pricer.at_least.tolist(), strict=True
    ):
        total -= fee * (max(0, most) if fee > 0 else fewest)
    return total


def feasible_share(problem: Problem, duals: Duals, worth: list[int]) -> Fraction:
    """The largest factor up to 1 under which the duals are feasible: cost_t * scale / (V_t - fee_t) at the worst type t,
    with V_t what its best configuration is worth."""
    share = Fraction(1)
    for cost, fee, value in zip(problem.cost.tolist(), duals.fee.tolist(), worth, strict=True):
        if value > fee + cost * duals.scale:
            share = min(share, Fraction(cost * duals.scale, value - fee))
    return share


def near_configurations(relaxation: Relaxation, pricer: Pricer, target: int, most: int) -> Columns | None:
    """All configurations that a packing of cost ``target`` or less may use: their reduced cost is at most what lies
    between the bound and the target. None if there are too many, or where a superset, which stands for its subsets, may
    cost more than they do."""
    share = feasible_share(pricer.problem, relaxation.duals, relaxation.worth)
    if not share or any(setup.cost for setup in pricer.problem.setups):
        return None
    gap = target - relaxation.bound
    thresholds = [
        min(ANYTHING, max(NOTHING, ceiling((cost - gap) * relaxation.duals.scale / share) + fee - 1))
        for cost, fee in zip(pricer.problem.cost.tolist(), relaxation.duals.fee.tolist(), strict=True)
    ]
    return pricer.enumerate(relaxation.duals, thresholds, most, ENUMERATION_NODES)


def ceiling(value: Fraction | float) -> int:
    """The least integer that is not below."""
    return -int(-value // 1)
