"""How many candidate bins of each type the model needs, so that a best packing is sure to fit into them."""

from __future__ import annotations

from binpack_solvers.cp_sat.data import groups_placed, most_copies
from binpack_solvers.objective import Value
from binpack_solvers.problem import UNLIMITED, Problem

LARGEST_MODEL = 500_000
"""Terms in the model; larger ones are refused. This many take 2 s to write down and 0.5 GB in CP-SAT."""

TERMS_PER_SECOND = 250_000
"""How fast a model is written down; one that would not be ready in the time left is not begun."""

LARGEST_COUNT = 2**31
"""Copies of one demand; beyond it the sums of the model could leave CP-SAT's 64 bits."""


def candidate_bins(problem: Problem, most: list[list[int]], incumbent: Value | None) -> list[int]:
    """Per bin type, a number of bins that at least one lexicographically best packing does not exceed.

    A best packing has an empty bin only if it has exactly ``minimum_bins`` bins. Hence bins of type k are at most the
    larger of ``minimum_bins`` and the copies that may stand in k; and at most ``available``. If the incumbent places
    every copy, so does a best packing, and it costs no more: at most ``cost of the incumbent // cost of k`` bins of
    type k (and, where every bin costs 1, the incumbent's bins).
    """
    counts = []
    for k in range(problem.bin_types):
        useful = sum(d for members, d, _ in groups_placed(problem) if any(most[i][k] for i in members))
        count = max(useful, problem.minimum_bins)
        if problem.available[k] != UNLIMITED:
            count = min(count, int(problem.available[k]))
        if incumbent is not None and not any(incumbent.unplaced) and problem.cost[k] > 0:
            count = min(count, incumbent.cost // int(problem.cost[k]))
        counts.append(count)
    return counts


def model_size(problem: Problem, slots: list[int], most: list[list[int]] | None = None) -> int:
    """Terms of the model with ``slots[k]`` candidate bins of type k: assignment variables with their rows, and rules."""
    most = most_copies(problem) if most is None else most
    rows = problem.resources + 3
    rule_rows = [(i, j) for i, j, *_ in problem.limits.tolist()] + [(i, j) for i, j, _ in problem.requires.tolist()]
    terms = 0
    for k, count in enumerate(slots):
        allowed = [i for i in range(problem.item_types) if most[i][k]]
        per_bin = rows * len(allowed) + 1
        per_bin += sum(len(s.members) + problem.resources for s in problem.setups if k in s.types)
        per_bin += sum(3 for i, j in rule_rows if most[i][k] and most[j][k])
        per_bin += sum(2 * len(s.counted) + len(s.carriers) for s in problem.spread)
        terms += count * per_bin
    return terms


def too_large(problem: Problem, slots: list[int], most: list[list[int]], seconds: float) -> str:
    """Why the model is not built with so many seconds left, or an empty string."""
    copies = max((int(d) for d in problem.demands), default=0)
    if copies > LARGEST_COUNT:
        return f"too large: {copies} copies of one item type, the model takes at most {LARGEST_COUNT}"
    terms = model_size(problem, slots, most)
    if terms > LARGEST_MODEL:
        return f"too large: the model would have {terms} terms in {sum(slots)} bins, at most {LARGEST_MODEL} are built"
    if terms > TERMS_PER_SECOND * seconds:
        return f"the time limit leaves {seconds:.2f} s, too little to build a model of {terms} terms"
    return ""
