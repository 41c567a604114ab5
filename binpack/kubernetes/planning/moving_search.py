"""The search of a Problem in which running pods may move: first for the fewest nodes, then for the fewest moves to them."""

from __future__ import annotations

from typing import NamedTuple

from binpack_solvers.check import violations
from binpack_solvers.objective import evaluate
from binpack_solvers.packing import Packing
from binpack_solvers.portfolio import solve
from binpack_solvers.problem import Problem
from binpack_solvers.solution import Solution

from binpack.kubernetes.planning.alike_nodes import merged, spread_out
from binpack.kubernetes.planning.given_nodes import is_proven

SHARE_OF_NODES = 0.5
"""Of the time, for the fewest nodes among nodes that are alike, whatever moves."""


class Places(NamedTuple):
    """solution : of the problem. proven : copies left out and cost are the best; moves need not be. least_cost : no packing
    that leaves out as few costs less."""

    solution: Solution
    proven: bool
    least_cost: int


def find_places(problem: Problem, start: Packing | None, seconds: float, threads: int, seed: int) -> Places:
    """start : a packing that keeps every rule, or None."""
    alike, groups = merged(problem)
    if len(groups) == problem.bin_types:
        solution = solve(problem, "auto", seconds, threads, seed, initial=start)
        return Places(solution, _proven(solution), solution.cost_lower_bound)
    of = {k: g for g, members in enumerate(groups) for k in members}
    same = None if start is None else Packing.from_patterns((of[k], held, n) for k, held, n in start.patterns)
    fewest = solve(alike, "auto", SHARE_OF_NODES * seconds, threads, seed, initial=same)
    found = [] if start is None else [start]
    if fewest.packing is not None:
        found.append(spread_out(problem, fewest.packing, groups))
    found = [packing for packing in found if not violations(problem, packing)]
    best = min(found, key=lambda packing: evaluate(problem, packing), default=None)
    solution = solve(problem, "auto", (1 - SHARE_OF_NODES) * seconds, threads, seed, initial=best)
    proven = _proven(solution) or (_proven(fewest) and _value(problem, solution) == _value(alike, fewest))
    return Places(solution, proven, max(fewest.cost_lower_bound, solution.cost_lower_bound))


def _proven(solution: Solution) -> bool:
    return solution.packing is not None and is_proven(solution)


def _value(problem: Problem, solution: Solution) -> tuple[tuple[int, ...], int] | None:
    """Copies left out and cost."""
    return None if solution.packing is None else evaluate(problem, solution.packing)[:2]
