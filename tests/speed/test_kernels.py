"""Speed of each kernel; compilation is paid before the clock starts, and the value is checked beside the time."""

from __future__ import annotations

import numpy as np
import pytest
from binpack_solvers.bounds.lower_bounds import lower_bounds
from binpack_solvers.constructions import load_kernels
from binpack_solvers.heuristics.registry import HEURISTICS
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Setup


def uniform(resources: int) -> Problem:
    """200 item types of 10 copies with uniform sizes of 20 to 100 per resource, capacity 150."""
    rng = np.random.default_rng(1)
    return Problem(rng.integers(20, 101, (200, resources)), [150] * resources, demands=[10] * 200)


def with_rules() -> Problem:
    """The same in two resources with limits, setups, two bin types and types that are not compatible with one of them."""
    plain, rng = uniform(2), np.random.default_rng(2)
    return Problem(
        plain.sizes,
        [[150, 150], [300, 250]],
        demands=plain.demands,
        cost=[10, 18],
        compatible=np.column_stack([rng.random(200) < 0.8, np.ones(200, bool)]),
        limits=[(i, i, 1) for i in range(0, 200, 3)],
        setups=[Setup((i, i + 1), (5, 5)) for i in range(0, 200, 4)],
    )


PROBLEMS = {"1-D": uniform(1), "vectors": uniform(4), "with rules": with_rules()}


RUNS = [(name, shape) for name in HEURISTICS for shape in PROBLEMS if name != "minimum_bin_slack" or shape == "1-D"]


@pytest.mark.parametrize(("name", "shape"), RUNS)
def test_kernel(benchmark, name, shape):
    """Every kernel packs 2000 copies, none missing, in no fewer bins than the bound."""
    load_kernels()
    problem = PROBLEMS[shape]
    packing = benchmark.pedantic(HEURISTICS[name], (problem, 0), rounds=3, warmup_rounds=1)
    assert packing.copies(problem.item_types) == problem.demands.tolist()
    assert lower_bounds(problem).bins <= packing.bins


@pytest.mark.parametrize("shape", PROBLEMS)
def test_bounds(benchmark, shape):
    """All bounds together."""
    bounds = benchmark.pedantic(lower_bounds, (PROBLEMS[shape],), rounds=3, warmup_rounds=1)
    assert bounds.bins >= 1
