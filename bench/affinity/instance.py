"""Applications on machines with limits between them, in the shape of the TClab set of the Alibaba trace, from a seed.

Mommessin, Erlebach, Shakhlevich, "Affinity-aware resource provisioning of long-running applications in shared clusters"
(JPDC 2023): machines of 64 cores and 128 GB, 9,338 applications, most of them small and of a few common sizes, few copies of
most and hundreds of some; arcs (i, j, k), a machine with a copy of i holds at most k of j, arbitrary or by thresholds.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from binpack_solvers.instances.instance import Instance, Share
from binpack_solvers.problem import Problem
from numpy.typing import NDArray

MACHINE = (64, 128)
APPLICATIONS = 9338
CORES = {1: 0.64, 2: 0.12, 3: 0.05, 4: 0.1, 5: 0.02, 6: 0.045, 8: 0.01, 12: 0.015}
MEMORY = {1: 0.045, 2: 0.075, 4: 0.04, 7: 0.015, 8: 0.765, 16: 0.05, 32: 0.01}
LIMITS = {0: 13144, 1: 3992, 2: 6556, 3: 361, 4: 25}
"""How often each k stands in the trace's arcs."""
MOST_COPIES = 600
DENSITIES = {"tclab_affinity": 0.000276, "tclab_density1": 0.01}
"""Class -> arcs per ordered pair of applications."""
KINDS = ("arbitrary", "threshold")
CONFLICTS, CONFLICTING, SHARES = "conflicts", 1000, (0.05, 0.1, 0.2, 0.3, 0.4, 0.6)
"""A class of so many applications; the share of all pairs of them that never meet on a machine."""

Int64 = NDArray[np.int64]


def instances(name: str, applications: int | None = None, seed: int = 1) -> list[Instance]:
    """The instances of a class: one with arbitrary arcs, at 1 % another with arcs by thresholds; of conflicts one for each
    share of pairs."""
    n = applications or (CONFLICTING if name == CONFLICTS else APPLICATIONS)
    if name == CONFLICTS:
        return [_instance(f"{name}/{share:.0%}_n{n}_s{seed}", n, seed, "conflicts", share) for share in SHARES]
    kinds = KINDS if name == "tclab_density1" else KINDS[:1]
    return [_instance(f"{name}/{kind}_n{n}_s{seed}", n, seed, kind, DENSITIES[name]) for kind in kinds]


def _instance(label: str, n: int, seed: int, kind: str, density: float) -> Instance:
    random = np.random.Generator(np.random.PCG64([seed, n]))
    sizes = np.column_stack([_drawn(random, CORES, n), _drawn(random, MEMORY, n)])
    copies = np.clip(np.rint(np.exp(random.normal(0.7, 1.4, n))), 1, MOST_COPIES).astype(np.int64)
    source, target = ARCS[kind](random, n, density)
    most = np.zeros_like(source) if kind == "conflicts" else _drawn(random, LIMITS, len(source))
    problem = Problem(sizes, MACHINE, demands=copies, limits=np.column_stack([source, target, most]))
    return Instance(label, problem, tuple((Share(i, int(q)),) for i, q in enumerate(copies)))


def _drawn(random: np.random.Generator, weights: dict[int, float], n: int) -> Int64:
    share = np.array([*weights.values()], np.float64)
    return random.choice(np.array([*weights], np.int64), n, p=share / share.sum())


def _arbitrary(random: np.random.Generator, n: int, density: float) -> tuple[Int64, Int64]:
    """So many pairs, all as likely."""
    pair = random.choice(n * (n - 1), round(density * n * (n - 1)), replace=False)
    source, target = pair // (n - 1), pair % (n - 1)
    return source, target + (target >= source)


def _threshold(random: np.random.Generator, n: int, density: float) -> tuple[Int64, Int64]:
    """Pairs (u, v) whose mean of a draw for u and a draw for v is small: some applications have most of the arcs."""
    most = (1 + sqrt(1 + 8 * n * (n - 1) * density)) / (4 * n)
    leaving, entering = random.random(n), random.random(n)
    source, target = np.nonzero((leaving[:, None] + entering) / 2 <= most)
    return source[source != target], target[source != target]


def _conflicts(random: np.random.Generator, n: int, density: float) -> tuple[Int64, Int64]:
    """So many of all pairs, those whose draws add up to least: a large clique of the applications with small draws (in the
    manner of Gendreau, Laporte, Semet, Computers & Operations Research 31, 2004)."""
    draw = random.random(n)
    source, target = np.triu_indices(n, 1)
    least = np.argsort(draw[source] + draw[target], kind="stable")[: round(density * len(source))]
    return source[least], target[least]


ARCS = {"arbitrary": _arbitrary, "threshold": _threshold, "conflicts": _conflicts}
