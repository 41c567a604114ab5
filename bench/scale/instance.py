"""What is measured: large problems that parts must not make much worse, and many that are solved side by side."""

from __future__ import annotations

from binpack_solvers.instances.draws import Draws
from binpack_solvers.problem import Problem

CASES = ("items", "vectors", "cluster")


def problem_of(case: str, item_types: int, seed: int) -> Problem:
    """``items``: one resource; ``vectors``: two; ``cluster``: pods with rules on nodes of three types. All of one seed.

    Sizes are uniform from 1 % to 40 % of the capacity, copies from 1 to 10.
    """
    if case == "cluster":
        return _cluster(item_types, seed)
    draws = Draws(f"scale-{case}-{seed}")
    resources = 1 if case == "items" else 2
    sizes = [[draws.integer(100, 4000) for _ in range(resources)] for _ in range(item_types)]
    return Problem(sizes, [10_000] * resources, demands=[draws.integer(1, 10) for _ in sizes])


def _cluster(item_types: int, seed: int) -> Problem:
    """CPU (thousandths) and memory (MiB); half of the types keep their copies apart, and one in ten keeps another away.

    Of the dearest nodes per unit there is no end; of the two cheaper types there are as many as hold about a third each.
    """
    draws = Draws(f"scale-cluster-{seed}")
    cpu = [draws.integer(100, 4000) for _ in range(item_types)]
    memory = [c * draws.integer(1, 6) + draws.integer(0, 999) for c in cpu]
    copies = [draws.integer(1, 10) for _ in cpu]
    apart = [(i, i, 1) for i in range(item_types) if draws.chance(0.5)]
    pairs = [(i, draws.integer(0, item_types - 1)) for i in range(item_types) if draws.chance(0.1)]
    third = sum(c * q for c, q in zip(cpu, copies, strict=True)) // 3
    return Problem(
        list(zip(cpu, memory, strict=True)),
        [[16_000, 65_536], [32_000, 131_072], [8_000, 32_768]],
        demands=copies,
        cost=[100, 190, 60],
        available=[third // 16_000, third // 32_000, -1],
        limits=apart + [(i, j, 0) for i, j in pairs if i != j],
    )
