"""How well an item type goes into a bin: scores that weigh what a copy takes against what is left.

Sources: ``DOT_PRODUCT`` and ``L2``, the norm-based greedy: R. Panigrahy, K. Talwar, L. Uyeda, U. Wieder, "Heuristics for
vector bin packing", 2011, section 3. ``PROJECTION``, the dot product over the square of what is left, and ``FITNESS``, the
sum of what a copy takes over what is left: C. Mommessin, T. Erlebach, N. V. Shakhlevich, "Classification and evaluation of
the algorithms for vector bin packing", Computers & Operations Research 173, 2025.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from binpack_solvers.jit import uncounted
from binpack_solvers.kernels.measures import write_weights

DOT_PRODUCT, PROJECTION, L2, FITNESS = range(4)
STATIC, EACH_BIN, DYNAMIC = range(3)


class Scoring(NamedTuple):
    """A score, the weights of resources (see ``measures``), and when these are computed: once, for each bin, or for each
    copy."""

    score: Any
    weights: Any
    renewed: Any


@uncounted
def scored(score, weight, share, size, left):  # type: ignore[no-untyped-def]
    """The score of a copy that takes ``size`` (d,) where ``left`` (d,) is free. weight (d,): see ``write_scaled_weights``;
    share (d,): 1 / capacity."""
    value = 0.0
    if score == FITNESS:
        for h in range(len(left)):
            value += weight[h] * (size[h] / max(left[h], 1))
    elif score == L2:
        for h in range(len(left)):
            free = float(left[h] - size[h])
            value -= weight[h] * free * free
    else:
        for h in range(len(left)):
            value += weight[h] * size[h] * left[h]
    if score == PROJECTION:
        square = 0.0
        for h in range(len(left)):
            free = left[h] * share[h]
            square += free * free
        value = value / square if square > 0 else value
    return value


@uncounted
def write_scaled_weights(rules, demand, scoring, weight, total):  # type: ignore[no-untyped-def]
    """``weight`` (d,): by the ``demand`` (runs,) that is left, for amounts that are not in shares of a bin; by way of
    ``total`` (d,)."""
    copies = 0.0
    for h in range(len(total)):
        total[h] = 0.0
    for run in range(len(demand)):
        copies += demand[run]
        for h in range(len(total)):
            total[h] += demand[run] * (rules.sizes[rules.run_item[rules.run_ptr[run]], h] * rules.weight[h])
    write_weights(scoring.weights, total, copies, weight)
    for h in range(len(total)):
        if scoring.score != FITNESS:
            weight[h] *= rules.weight[h] * rules.weight[h]
