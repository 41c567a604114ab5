"""Kernels of pricing by heuristics and searches cut short, against all contents of one bin, tried one by one."""

from __future__ import annotations

import naive_patterns
import numpy as np
import strategies
from binpack_solvers.column_generation.configurations import configurations_of
from binpack_solvers.column_generation.exact import bins_alone
from binpack_solvers.column_generation.pricing import Duals, Pricer
from binpack_solvers.kernels.pair_patterns import pair_patterns
from binpack_solvers.kernels.pattern_search import search_patterns
from hypothesis import assume, given, settings
from hypothesis import strategies as st

PLAIN = ("demands", "cost", "available", "compatible")
WITH_RULES = (*PLAIN, "alternatives", "limits", "setups")
SCALE = 100


class Pricing:
    """Frames of a drawn problem, with duals of a size with the costs, and an allowed waste where no rules meet it."""

    def __init__(self, data, rules):
        self.problem = bins_alone(data.draw(strategies.problems(rules=rules)))
        assume(self.problem.demands.any())
        configurations = configurations_of(self.problem)
        most = -1 if self.problem.setups or (self.problem.alternatives >= 0).any() else int(self.problem.capacity.max())
        waste = data.draw(
            st.lists(st.integers(-1, most), min_size=self.problem.resources, max_size=self.problem.resources)
        )
        self.waste = np.array(waste, np.int64)
        self.pricer = Pricer(configurations, waste=self.waste)
        self.pricer.scale = SCALE
        groups, self.item = len(configurations.demand), configurations.item
        profit = np.array(data.draw(st.lists(st.integers(0, 3 * SCALE), min_size=groups, max_size=groups)), np.int64)
        self.duals = Duals(profit, np.zeros(self.problem.bin_types, np.int64), SCALE)
        self.values = [0] * self.problem.item_types
        for i, g in zip(self.item.tolist(), configurations.group.tolist(), strict=True):
            self.values[i] = int(profit[g])

    def frames(self):
        """Bin type, frame, and items as the kernels take them."""
        for k, most, frame in self.pricer._frames(self.duals, self.pricer.configurations.demand):
            yield k, frame, self.pricer._items_in(frame, k, most)

    def check(self, k, frame, found, threshold):
        """Every row keeps the rules of a bin of type k and the waste, and is worth more than the threshold."""
        allowed = set(naive_patterns.patterns(self.problem, k))
        for row in found:
            content = np.zeros(self.problem.item_types, np.int64)
            content[self.item[frame.order]] = row
            pattern = tuple(content.tolist())
            assert pattern in allowed
            assert not naive_patterns.wasteful(self.problem, k, pattern, self.waste.tolist())
            assert naive_patterns.worth(self.problem, k, pattern, self.values, SCALE) > threshold


@settings(max_examples=150)
@given(data=st.data(), threshold=st.integers(0, 4 * SCALE), seed=st.integers(0, 50))
def test_pairs_complete_patterns_that_pay(data, threshold, seed):
    """Patterns closed by a pair fit, hold no more than is demanded, keep the waste and are worth more than the threshold."""
    drawn = Pricing(data, PLAIN)
    d, found = drawn.problem.resources, np.zeros((data.draw(st.integers(1, 30)), len(drawn.item)), np.int64)
    for k, frame, items in drawn.frames():
        rows = pair_patterns(items, frame.capacity[k], d, drawn.waste, threshold, 4, 6, 10**6, seed, found)
        drawn.check(k, frame, found[:rows], threshold)


@settings(max_examples=150)
@given(data=st.data(), threshold=st.integers(0, 4 * SCALE))
def test_a_pattern_of_three_copies_is_found(data, threshold):
    """Where a pattern of three copies at most pays, some pattern is found: a copy to start, then any pair."""
    drawn = Pricing(data, PLAIN)
    d, found = drawn.problem.resources, np.zeros((30, len(drawn.item)), np.int64)
    for k, frame, items in drawn.frames():
        rows = pair_patterns(items, frame.capacity[k], d, drawn.waste, threshold, 1, 6, 10**6, 0, found)
        for pattern in naive_patterns.patterns(drawn.problem, k):
            few = 0 < sum(pattern) <= 3 and not naive_patterns.wasteful(drawn.problem, k, pattern, drawn.waste.tolist())
            if few and naive_patterns.worth(drawn.problem, k, pattern, drawn.values, SCALE) > threshold:
                assert rows
                break


@settings(max_examples=200)
@given(
    data=st.data(),
    threshold=st.integers(0, 4 * SCALE),
    uses=st.integers(1, 4),
    budget=st.sampled_from([3, 20, 10**6]),
    spread=st.booleans(),
)
def test_a_search_cut_short_finds_patterns_that_pay(data, threshold, uses, budget, spread):
    """Whatever is skipped, patterns are valid; the search calls itself complete only where no pattern is worth more than
    the best that was found, and the threshold."""
    drawn = Pricing(data, WITH_RULES)
    d, found = drawn.problem.resources, np.zeros((30, len(drawn.item)), np.int64)
    for k, frame, items in drawn.frames():
        rows, best, complete = search_patterns(
            items, frame.table, frame.grid, frame.capacity[k], d, drawn.waste, threshold, uses, budget, spread, found
        )
        drawn.check(k, frame, found[:rows], threshold)
        true = naive_patterns.best(drawn.problem, k, drawn.values, SCALE, drawn.waste.tolist())
        if complete and true is not None and true > threshold:
            assert best == true
