"""Nodes that no rule tells apart as one bin type, and back: which of them takes which pods, so that most of these stay.

Running pods make every node a bin of its own, which hides from a search that most are the same. What each holds now counts
only for the moves, so the fewest nodes are those of the problem without it; who takes what is then an assignment problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Int64, Problem

Content = Mapping[int, int]


def merged(problem: Problem) -> tuple[Problem, list[list[int]]]:
    """The problem without moves over classes of its bin types, each available once, and the bin types of each class."""
    limits, requires = problem.limits.copy(), problem.requires.copy()
    for level in range(1, problem.topology.shape[1] + 1):
        ids = problem.topology[:, level - 1]
        if (ids >= 0).all() and len(np.unique(ids)) == len(ids):  # domains of one node each: the bin itself
            limits[limits[:, 3] == level, 3] = 0
            requires[requires[:, 2] == level, 2] = 0
    levels = sorted({*limits[:, 3].tolist(), *requires[:, 2].tolist(), *(s.key for s in problem.spread)} - {0})
    number = np.zeros(problem.topology.shape[1] + 1, np.int64)
    number[levels] = range(1, len(levels) + 1)
    limits[:, 3], requires[:, 2] = number[limits[:, 3]], number[requires[:, 2]]
    topology = problem.topology[:, [level - 1 for level in levels]]
    groups = _groups(problem, topology)
    first = [members[0] for members in groups]
    return problem.replace(
        capacity=problem.capacity[first],
        cost=problem.cost[first],
        available=[len(members) for members in groups],
        compatible=problem.compatible[:, first],
        topology=topology[first],
        limits=limits,
        requires=requires,
        spread=[replace(spread, key=int(number[spread.key])) for spread in problem.spread],
        initial=None,
        move_cost=None,
        bin_names=[problem.bin_name(k) for k in first],
    ), groups


def _groups(problem: Problem, topology: Int64) -> list[list[int]]:
    found: dict[object, list[int]] = {}
    for k in range(problem.bin_types):
        looks = (problem.capacity[k].tobytes(), int(problem.cost[k]), topology[k].tobytes())
        found.setdefault((*looks, problem.compatible[:, k].tobytes()), []).append(k)
    return list(found.values())


def spread_out(problem: Problem, packing: Packing, groups: Sequence[Sequence[int]]) -> Packing:
    """The packing of the classes over their bin types: of each class the assignment with the fewest moves."""
    contents: list[list[Content]] = [[] for _ in groups]
    for g, content, times in packing.patterns:
        contents[g] += [content] * times
    now = {standing.bin_type: standing.content for standing in problem.initial}
    return Packing.from_patterns(
        (k, content, 1)
        for members, wanted in zip(groups, contents, strict=True)
        for k, content in _assigned([now.get(k, {}) for k in members], members, wanted)
    )


def _assigned(
    now: Sequence[Content], members: Sequence[int], wanted: Sequence[Content]
) -> Iterable[tuple[int, Content]]:
    """Each wanted content with its bin type: a linear assignment by the copies that stay."""
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment

    stay = np.zeros((len(members), len(members)), np.int64)  # what none is wanted of is emptied
    for a, held in enumerate(now):
        for b, content in enumerate(wanted):
            stay[a, b] = sum(min(count, content.get(i, 0)) for i, count in held.items())
    solver = SimpleLinearSumAssignment()
    rows, columns = np.indices(stay.shape).reshape(2, -1)
    solver.add_arcs_with_cost(rows, columns, -stay.ravel())
    solver.solve()
    taken = {solver.right_mate(a): members[a] for a in range(len(members))}
    return [(taken[b], content) for b, content in enumerate(wanted)]
