"""Nodes merged where no rule tells them apart: the same fewest nodes, and the fewest moves to a given packing."""

from __future__ import annotations

import random
from itertools import permutations

from binpack_solvers.check import violations
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Standing
from hypothesis import given, settings
from hypothesis import strategies as st

from binpack.kubernetes.planning.alike_nodes import merged, spread_out
from binpack.kubernetes.planning.moving_model import moving_model
from tests.kubernetes.planning.test_consolidation import Running

SEEDS = st.integers(0, 2**32)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_the_same_fewest_nodes(seed: int) -> None:
    """Copies left out and cost are the same with nodes merged as without, and what comes back keeps every rule."""
    running = Running(seed, simple=False)
    movable = {pod.key: pod for pod, _ in running.state.pods() if not running.stays[pod.key]}
    costs = {node.name: 1 + seed % 2 * k for k, node in enumerate(running.state.nodes)}
    problem = moving_model(running.state, running.waiting, movable, frozenset(), costs).problem
    alike, groups = merged(problem)
    assert sorted(k for members in groups for k in members) == list(range(problem.bin_types))
    one, many = solve(problem, time_limit=20), solve(alike, time_limit=20)
    assert (one.packing is None) == (many.packing is None)
    if one.packing is not None and many.packing is not None:
        back = spread_out(problem, many.packing, groups)
        assert not violations(problem, back)
        values = [evaluate(problem, packing)[:2] for packing in (one.packing, back)]
        assert values[0] == values[1] == evaluate(alike, many.packing)[:2]


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_fewest_moves(seed: int) -> None:
    """Of all ways to give contents to equal bins none leaves more copies where they are."""
    draw = random.Random(seed)
    bins, items = draw.randint(1, 4), draw.randint(1, 3)
    now = [{i: draw.randint(0, 3) for i in range(items)} for _ in range(bins)]
    wanted = [{i: draw.randint(1, 3) for i in range(items)} for _ in range(draw.randint(0, bins))]
    problem = Problem(
        [[0]] * items,
        [[1]] * bins,
        available=[1] * bins,
        initial=[Standing(k, held) for k, held in enumerate(now)],
        demands=[sum(content[i] for content in wanted) for i in range(items)],
    )
    classes = Packing.from_patterns((0, content, 1) for content in wanted)
    found = evaluate(problem, spread_out(problem, classes, [range(bins)])).moves
    everything = [sum(held.values()) for held in now]
    best = min(
        sum(everything)
        - sum(min(now[k][i], content[i]) for k, content in zip(places, wanted, strict=True) for i in range(items))
        for places in permutations(range(bins), len(wanted))
    )
    assert found == best
