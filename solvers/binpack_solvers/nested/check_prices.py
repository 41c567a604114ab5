"""Proving prices of boxes again, from the problem and the numbers in them; shares no code with the column generation."""

from __future__ import annotations

import numpy as np

from binpack_solvers.bounds.demands import most_per_bin
from binpack_solvers.checking.best_pattern import Budget, exceeded
from binpack_solvers.checking.certificate import STEPS, Verdict
from binpack_solvers.nested.box_prices import BoxPrices
from binpack_solvers.nested.nested_problem import NestedProblem


def check_prices(problem: NestedProblem, prices: BoxPrices, budget: int = STEPS) -> Verdict:
    """Whether no content of a box is worth more than the box and no boxes on a host more than it costs: then ``proved`` that
    no packing costs less than ``prices.bound(problem)``; see ``check_certificate`` for the other two answers."""
    left = Budget(budget)
    boxed, outer = problem.boxed(), problem.outer
    demanded = outer.replace(demands=np.maximum(1, most_per_bin(outer).max(axis=1)), minimum_bins=0)
    questions = [(boxed, s, prices.item, int(price)) for s, price in enumerate(prices.box) if boxed.available[s] != 0]
    for t, (cost, fee) in enumerate(zip(outer.cost.tolist(), prices.fee.tolist(), strict=True)):
        if fee and outer.available[t] < 0:
            return Verdict("refuted", f"{outer.bin_name(t)} has a fee, but there are any number of such hosts")
        questions.append((demanded, t, prices.box, int(cost * prices.scale) + fee))
    undecided = ""
    for where, k, worth, most in questions:
        answer = exceeded(where, k, worth.tolist(), 1, (-1,) * where.resources, most, left)
        if answer == "one":
            return Verdict("refuted", f"a content of {where.bin_name(k)} is worth more than {most}")
        if answer == "undecided":
            undecided = undecided or f"contents of {where.bin_name(k)}: not decided within the budget"
    return Verdict("not re-proved", undecided) if undecided else Verdict("proved")
