"""Pricing against all contents of one bin, tried one by one."""

from __future__ import annotations

import subprocess
import sys

import naive_patterns
import numpy as np
import strategies
from binpack_solvers.column_generation.bins_alone import bins_alone
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.column_generation.pricing import Duals, Pricer
from hypothesis import assume, given, settings
from hypothesis import strategies as st

OF_ONE_BIN = ("demands", "cost", "available", "compatible", "alternatives", "exclusive", "limits", "setups")
SCALE = 100
MANY_NODES = 10**6


def drawn(data, setup_costs: bool = True):
    """A problem with some item to pack, its pricer, and duals of a size with the costs."""
    problem = bins_alone(data.draw(strategies.problems(rules=OF_ONE_BIN)))
    assume(problem.demands.any() and (setup_costs or not any(setup.cost for setup in problem.setups)))
    pricer = Pricer(configurations_of(problem), uses=MANY_NODES)
    groups = len(pricer.configurations.demand)
    profit = data.draw(st.lists(st.integers(0, 3 * SCALE), min_size=groups, max_size=groups))
    pricer.scale = SCALE
    return problem, pricer, Duals(np.array(profit, np.int64), np.zeros(problem.bin_types, np.int64), SCALE)


def item_duals(problem, pricer, duals) -> list[int]:
    """The dual of each item type's group, 0 for what takes no part."""
    values = [0] * problem.item_types
    for i, g in zip(pricer.configurations.item.tolist(), pricer.configurations.group.tolist(), strict=True):
        values[i] = int(duals.profit[g])
    return values


@settings(max_examples=200)
@given(data=st.data())
def test_the_worth_is_that_of_the_best_pattern(data):
    """A complete search says exactly what the best pattern is worth where that is more than the bin costs, and at least as
    much as it is worth elsewhere; it finds columns exactly where some pattern is worth more."""
    problem, pricer, duals = drawn(data)
    priced = pricer.price(duals, pricer.configurations.demand, MANY_NODES)
    values = item_duals(problem, pricer, duals)
    for k in range(problem.bin_types):
        if problem.available[k] == 0:
            continue
        best = naive_patterns.best(problem, k, values, SCALE, [-1] * problem.resources)
        cost = SCALE * int(problem.cost[k])
        assert priced.worth[k] >= best
        if priced.complete and best > cost:
            assert priced.worth[k] == best
        assert bool((priced.columns.bin_type == k).any()) == (best > cost)


@settings(max_examples=200)
@given(data=st.data())
def test_columns_are_patterns_that_pay(data):
    """Each column keeps the rules of its bin, carries its true cost, and is worth more than that."""
    problem, pricer, duals = drawn(data)
    allowed = [set(naive_patterns.patterns(problem, k)) for k in range(problem.bin_types)]
    values = item_duals(problem, pricer, duals)
    for column in pricer.price(duals, pricer.configurations.demand, MANY_NODES).columns:
        content = np.zeros(problem.item_types, np.int64)
        content[pricer.configurations.item] = column.count
        assert tuple(content.tolist()) in allowed[column.bin_type]
        setups = column.cost - int(problem.cost[column.bin_type])
        worth = naive_patterns.worth(problem, column.bin_type, tuple(content.tolist()), values, SCALE)
        assert worth > SCALE * int(problem.cost[column.bin_type])
        assert sum(v * c for v, c in zip(values, content.tolist(), strict=True)) == worth + SCALE * setups


@settings(max_examples=200)
@given(data=st.data(), slack=st.integers(0, SCALE))
def test_the_list_of_near_patterns_is_whole(data, slack):
    """Every pattern above the threshold is among those listed, or inside one of them."""
    problem, pricer, duals = drawn(data, setup_costs=False)
    thresholds = [SCALE * cost - slack - 1 for cost in problem.cost.tolist()]
    listed = pricer.enumerate(duals, thresholds, 10_000, MANY_NODES)
    assert listed is not None
    values = item_duals(problem, pricer, duals)
    taking = pricer.configurations.item
    for k in range(problem.bin_types):
        found = [column.count for column in listed if column.bin_type == k]
        for pattern in naive_patterns.patterns(problem, k) if problem.available[k] else ():
            if any(pattern) and naive_patterns.worth(problem, k, pattern, values, SCALE) > thresholds[k]:
                assert any((np.array(pattern)[taking] <= count).all() for count in found)


LOADED = """
import sys
from binpack_solvers.constructions import load_kernels
from binpack_solvers.portfolio import _branch_and_price
from binpack_solvers.column_generation.exact import load_pricing
from binpack_solvers.context import Context
from binpack_solvers.problem import Problem

def compiled():
    kernels = [module for name, module in sys.modules.items() if name.startswith("binpack_solvers.kernels.")]
    named = [(kernel.__name__, name, found) for kernel in kernels for name, found in vars(kernel).items()]
    return {(kernel, name): len(found.signatures) for kernel, name, found in named if hasattr(found, "signatures")}

load_kernels()
load_pricing()
before = compiled()
line = Problem([16, 8, 16, 16, 12, 24, 19], 50, demands=[1, 2, 1, 2, 2, 1, 1])
vectors = Problem([[3, 4], [6, 4], [7, 5], [2, 2], [2, 5], [2, 7], [5, 2]], [10, 10])
for problem in (line, vectors):
    context = Context(problem, float("inf"))
    _branch_and_price(context)
    assert context.optimal
print(sorted(kernel for kernel, count in compiled().items() if count > before.get(kernel, 0)))
"""


def test_a_run_compiles_nothing_after_the_kernels_are_loaded():
    """What is compiled later takes from the run's time. Helpers do not count, which a kernel's cache holds."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
