"""Prices of artificial columns hasten the configuration LP and change nothing about its value."""

from __future__ import annotations

import numpy as np
import strategies
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.column_generation.contents import contents_of
from binpack_solvers.column_generation.master import DEAREST
from binpack_solvers.column_generation.node import LEFT_OVER, SolvedNode, likely_worth, scarce_share
from binpack_solvers.context import Context
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st


def relaxed(problem: Problem, share: float) -> SolvedNode:
    """The root's relaxation, begun with artificial columns at this share of the dearest price."""
    node = SolvedNode(Node(problem), contents_of(None, problem.item_types), Context(problem, deadline=1e12))
    node.master.set_prices(np.full(node.master.rows, DEAREST * share))
    assert node.relax(tight=True)
    return node


@settings(max_examples=60)
@given(problem=strategies.problems(rules=("demands", "compatible", "limits", "exclusive")), low=st.integers(1, 50))
def test_low_prices_end_at_the_same_value(problem, low):
    """However cheap the artificial columns are at first, they rise until the LP has no use for them."""
    problem = bins_alone(problem)
    assume(problem.demands.any() and problem.cost.any())
    cheap, dear = relaxed(problem, low / 1000), relaxed(problem, 1.0)
    assume(not dear.relaxation.linear.artificial.any())
    assert not (cheap.relaxation.linear.artificial > 1e-7).any()
    assert abs(cheap.relaxation.linear.value - dear.relaxation.linear.value) < 1e-6


def test_all_copies_together_are_worth_the_incumbent():
    """The first prices are shares of a bin, and add up to what is to be beaten; without an incumbent to twice the bound."""
    configurations = configurations_of(Problem([[6, 1], [2, 4]], [10, 8], demands=[3, 2]))
    worth = likely_worth(configurations, 2, 5)
    assert abs(float(worth @ [3, 2]) - 5) < 1e-9
    assert abs(worth[0] / worth[1] - 0.6 / 0.5) < 1e-9
    assert abs(float(likely_worth(configurations, 2, 2**62) @ [3, 2]) - 4) < 1e-9


@given(problem=strategies.problems(rules=("demands", "cost"), max_resources=3))
def test_shares_with_many_copies_are_those_of_scarce_resources(problem):
    """Resource by resource: its share of a bin, weighted by one over what is left of it when the scarcest is used up."""
    assume(problem.demands.any())
    c = configurations_of(problem)
    shares = c.size[:, None] / np.maximum(1, problem.capacity)
    volume = [sum(q * min(shares[n, :, h]) for n, q in enumerate(c.demand)) for h in range(problem.resources)]
    assume(max(volume) >= 1)
    weight = [1 / (1 - v / max(volume) + LEFT_OVER) for v in volume]
    for n, k in np.ndindex(shares.shape[:2]):
        mean = sum(w * share for w, share in zip(weight, shares[n, k], strict=True)) / sum(weight)
        assert abs(scarce_share(c, shares)[n, k] - mean) < 1e-9
