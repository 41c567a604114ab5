"""The volume bound of several bin types against the configuration LP, and the certificate that it gives."""

from __future__ import annotations

import strategies
from binpack_solvers.checking.certificate import check_certificate
from binpack_solvers.column_generation import volume_relaxation as module
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.branch import Node
from binpack_solvers.column_generation.contents import contents_of
from binpack_solvers.column_generation.node import SolvedNode
from binpack_solvers.column_generation.relaxation import ceiling
from binpack_solvers.column_generation.volume_relaxation import volume_relaxation
from binpack_solvers.context import Context
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from hypothesis import assume, given, settings
from hypothesis import strategies as st

RULES = ("demands", "cost", "available", "compatible", "alternatives", "limits", "setups", "exclusive")


@settings(max_examples=100)
@given(problem=strategies.problems(rules=RULES, max_copies=12), most=st.sampled_from([0, 5_000]))
def test_never_above_the_configuration_lp(problem, most):
    """With and without the copies that a bin holds the bound is one of the LP, and its certificate is proved."""
    problem = bins_alone(problem)
    assume(problem.demands.any() and problem.cost.any())
    known, module.MOST_CAPPED = module.MOST_CAPPED, most
    try:
        found = volume_relaxation(problem)
    finally:
        module.MOST_CAPPED = known
    if found is None:
        assert solve(problem, "cp_sat", 20).status == "infeasible"
        return
    assert check_certificate(problem, found.certificate).result == "proved"
    node = SolvedNode(Node(problem), contents_of(None, problem.item_types), Context(problem, deadline=1e12))
    node.relax(tight=True)
    if not node.relaxation.linear.artificial.any():
        assert found.certificate.bound <= ceiling(node.relaxation.linear.value * node.master.unit + 1e-6)


def test_items_pay_for_the_bins_that_take_them():
    """Half of 40 copies need the dearer bins, 20 * 5 / 10 * 3; what any bin takes goes into the cheaper, 20 * 5 / 10 * 2."""
    problem = Problem([[5], [5]], [[10], [10]], demands=[20, 20], cost=[3, 2], compatible=[[1, 0], [1, 1]])
    assert volume_relaxation(problem).certificate.bound == 50


def test_few_copies_fill_no_part_of_a_large_bin():
    """Of five copies that stand apart each takes a bin: five small ones, as the cheaper volume of a large one serves one."""
    problem = Problem([[1]], [[2], [100]], demands=[5], cost=[4, 20], limits=[(0, 0, 1)])
    assert volume_relaxation(problem).certificate.bound == 20


@settings(max_examples=60)
@given(problem=strategies.problems(rules=("demands", "cost", "compatible", "limits"), max_copies=12, max_types=4))
def test_prices_of_volume_change_no_optimum(problem):
    """Where the configuration LP begins with them, and leaves out bins dearer than all copies, the best cost is the same."""
    exact, other = solve(problem, "exact", 20), solve(problem, "cp_sat", 20)
    assert (exact.status, exact.cost) == (other.status, other.cost)
