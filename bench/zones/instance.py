"""Pods over three zones with a node type each: zone spread, caps and anti-affinity by zone and by node, from a seed."""

from __future__ import annotations

from binpack_solvers.instances.draws import Draws
from binpack_solvers.problem import Problem
from binpack_solvers.rules import Spread

ZONES = 3
NODE = (16_000, 64_000)
"""Thousandths of a thread and MiB."""
SMALLER = ((16_000, 64_000), (16_000, 32_000), (8_000, 32_000))
"""Where the zones' nodes differ; they cost what they have threads."""


def zones_problem(pods: int, pod_types: int, alike: bool, seed: int) -> Problem:
    """``pods`` copies of ``pod_types`` deployments. alike : whether the nodes of all zones are the same.

    Of the deployments, one half is spread evenly over the zones (max_skew 1), one third has at most 1 to 3 pods on a node,
    one fifth has a cap by zone, one tenth does not stand in a zone with another one, and one tenth only where another is.
    """
    draws = Draws(f"zones-{pods}-{pod_types}-{alike}-{seed}")
    replicas = _replicas(draws, pods, pod_types)
    sizes = [[draws.integer(1, 16) * 250, draws.integer(1, 32) * 500] for _ in replicas]
    spread, limits, requires = [], [], []
    for i, copies in enumerate(replicas):
        if draws.chance(0.5):
            spread.append(Spread((i,), (i,), 1, 1, 0, tuple(range(ZONES))))
        if draws.chance(1 / 3):
            limits.append((i, i, draws.integer(1, 3), 0))
        if draws.chance(0.2):
            limits.append((i, i, -(-copies // ZONES) + draws.integer(0, 2), 1))
    bound = {i for s in spread for i in s.carriers} | {i for i, _, _, level in limits if level}
    free = [i for i in range(pod_types) if i not in bound]  # the others have to be in every zone
    for i in free[1:-1]:
        if draws.chance(0.2):
            limits.append((i, free[0], 0, 1))
        elif draws.chance(0.2):
            requires.append((i, free[-1], 1))
    nodes = [NODE] * ZONES if alike else SMALLER
    return Problem(
        sizes,
        nodes,
        demands=replicas,
        cost=[1] * ZONES if alike else [cpu // 8000 for cpu, _ in nodes],
        limits=limits,
        requires=requires,
        topology=[[zone] for zone in range(ZONES)],
        spread=spread,
    )


def _replicas(draws: Draws, pods: int, pod_types: int) -> list[int]:
    """Copies of each deployment, which add up to ``pods``: a few are large, most are small."""
    weights = [draws.exponential(1.0) for _ in range(pod_types)]
    replicas = [max(1, int(pods * weight / sum(weights))) for weight in weights]
    replicas[replicas.index(max(replicas))] += pods - sum(replicas)
    return replicas
