"""Proving a certificate's bound again, from the Problem and the numbers in it; shares no code with the solver.

The argument. Take any packing of all copies. Every bin of type t is worth at most scale * cost_t + its availability dual,
setups' costs counted with the bin's; all bins together are worth sum demand * dual; so the cost is at least the objective
over the scale. Side rows, which the packing keeps, add dual * limit to what all of it is worth and dual * factor to what
each copy and fact is. With the waste rule the packing is one of at most ``target_bins`` bins: all of it can leave over only
what those bins have beyond the demand, hence no bin more than that, and a contradiction shows that there is no such packing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from binpack_solvers.checking.best_pattern import Budget, exceeded
from binpack_solvers.checking.side_row_sum import SideRowSum
from binpack_solvers.column_generation.certificate import Certificate
from binpack_solvers.problem import UNLIMITED, Problem

STEPS = 3 * 10**8
"""The usual budget: search steps, about 10 s."""


@dataclass(frozen=True)
class Verdict:
    """What became of a certificate, and why in words (empty if it is proved)."""

    result: Literal["proved", "refuted", "not re-proved"]
    reason: str = ""


def check_certificate(problem: Problem, certificate: Certificate, budget: int = STEPS) -> Verdict:
    """``proved``: every packing of all copies costs at least ``certificate.bound``. ``refuted``: the certificate does not
    show that. ``not re-proved``: it may, but ``budget`` search steps were not enough to tell.
    """
    verdict = verdict_within(problem, certificate, Budget(budget))
    if verdict.result == "not re-proved":
        return Verdict(verdict.result, f"{verdict.reason} of {budget} steps")
    return verdict


def verdict_within(problem: Problem, certificate: Certificate, left: Budget) -> Verdict:
    """The same with what is ``left`` of a budget, which becomes less."""
    flaw = next(_flaws(problem, certificate), None)
    if flaw is not None:
        return Verdict("refuted", flaw)
    undecided = []
    waste = certificate.max_waste or (-1,) * problem.resources
    side = SideRowSum(problem, certificate.side_row_duals)
    for k, most in enumerate(certificate.best_pattern_value):
        if problem.available[k] == 0:
            continue
        worth = side.worth(certificate.duals, k)
        answer = exceeded(problem, k, worth, certificate.scale, waste, most, left)
        if answer == "one":
            return Verdict(
                "refuted", f"a pattern of {problem.bin_name(k)} is worth more than best_pattern_value {most}"
            )
        if answer == "undecided":
            undecided.append(problem.bin_name(k))
    if undecided:
        return Verdict("not re-proved", f"patterns of {undecided[0]}: not decided within the budget")
    return Verdict("proved")


def shape_flaws(problem: Problem, c: Certificate) -> Iterator[str]:
    """What makes the duals none of this problem's."""
    for name, values, length in (
        ("duals", c.duals, problem.item_types),
        ("availability_duals", c.availability_duals, problem.bin_types),
        ("best_pattern_value", c.best_pattern_value, problem.bin_types),
    ):
        if len(values) != length:
            yield f"{name} has {len(values)} numbers, the problem needs {length}"
            return
    for k, available in enumerate(problem.available.tolist()):
        if available == UNLIMITED and c.availability_duals[k]:
            yield f"{problem.bin_name(k)} has an availability dual, but there are any number of such bins"


def _flaws(problem: Problem, c: Certificate) -> Iterator[str]:
    """What is wrong with the arithmetic, whatever the patterns are worth."""
    for flaw in shape_flaws(problem, c):
        yield flaw
        return
    side = SideRowSum(problem, c.side_row_duals)
    yield from side.flaws
    for k, (cost, available) in enumerate(zip(problem.cost.tolist(), problem.available.tolist(), strict=True)):
        if available and c.best_pattern_value[k] > c.scale * cost + c.availability_duals[k] - side.bins:
            yield f"best_pattern_value of {problem.bin_name(k)} is more than such a bin costs"
    total = objective(problem, c) + side.objective
    if c.max_waste is None and c.target_bins is None:
        if -(-total // c.scale) < c.bound:
            yield f"the duals add up to a bound of {max(0, -(-total // c.scale))}, not {c.bound}"
    else:
        yield from _waste_flaws(problem, c, total)


def objective(problem: Problem, c: Certificate) -> int:
    """What the duals show of the cost, times the scale: sum demand * dual - sum available * availability dual.

    Any of the alternatives may meet a demand: the least dual.
    """
    scarce = zip(problem.available.tolist(), c.availability_duals, strict=True)
    return of_all_copies(problem, c.duals) - sum(available * dual for available, dual in scarce if available > 0)


def of_all_copies(problem: Problem, each: Sequence[int]) -> int:
    """What all copies have together, of what a copy of item type i has ``each[i]`` of; of alternatives the least."""
    return sum(int(problem.demands[group[0]]) * min(each[i] for i in group) for group in problem.demand_groups)


def _waste_flaws(problem: Problem, c: Certificate, total: int) -> Iterator[str]:
    if c.max_waste is None or c.target_bins is None or len(c.max_waste) != problem.resources:
        yield f"the waste rule needs target_bins and max_waste with {problem.resources} numbers"
        return
    if problem.bin_types > 1 or problem.setups or any(len(group) > 1 for group in problem.demand_groups):
        yield "the waste rule holds only for one bin type without setups and alternatives"
        return
    if c.side_row_duals:
        yield "the waste rule and side rows do not go together"
        return
    cost = int(problem.cost[0])
    if total <= c.scale * cost * c.target_bins:
        yield f"the duals do not show that more than {c.target_bins} bins are needed"
    if c.bound > cost * (c.target_bins + 1):
        yield f"more than {c.target_bins} bins cost at least {cost * (c.target_bins + 1)}, not {c.bound}"
    for h, allowed in enumerate(c.max_waste):
        sizes = zip(problem.sizes[:, h].tolist(), problem.demands.tolist(), strict=True)
        left = c.target_bins * int(problem.capacity[0, h]) - sum(size * copies for size, copies in sizes)
        if 0 <= allowed < left:
            yield f"{c.target_bins} bins may leave over {left} of {problem.resource_name(h)}, more than {allowed}"
