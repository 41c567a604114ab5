"""The constructive heuristics by their full names, cheapest first."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from binpack_solvers.errors import ProblemError
from binpack_solvers.heuristics.best_fit import best_fit, best_fit_decreasing
from binpack_solvers.heuristics.dot_product import dot_product
from binpack_solvers.heuristics.first_fit import first_fit, first_fit_decreasing
from binpack_solvers.heuristics.fitness import fitness
from binpack_solvers.heuristics.measures import (
    DOT_PRODUCTS,
    LARGEST_SHARES,
    LEAST_NORMS,
    MEASURE_WORDS,
    PAIR_WORDS,
    PROJECTIONS,
    SCORE_WORDS,
    SUM_OF_SHARES,
    Measure,
    Words,
    with_words,
)
from binpack_solvers.heuristics.minimum_bin_slack import minimum_bin_slack
from binpack_solvers.heuristics.next_fit import next_fit, next_fit_decreasing
from binpack_solvers.heuristics.norm_based_greedy import norm_based_greedy
from binpack_solvers.heuristics.pairing import pairing
from binpack_solvers.heuristics.worst_fit import worst_fit, worst_fit_decreasing
from binpack_solvers.kernels.scores import Scoring
from binpack_solvers.packing import Packing
from binpack_solvers.problem import Problem

Heuristic = Callable[[Problem, int], Packing | None]

HEURISTICS: dict[str, Heuristic] = {
    "first_fit_decreasing": first_fit_decreasing,
    "best_fit_decreasing": best_fit_decreasing,
    "minimum_bin_slack": minimum_bin_slack,
    "dot_product": dot_product,
    "worst_fit_decreasing": worst_fit_decreasing,
    "first_fit": first_fit,
    "best_fit": best_fit,
    "worst_fit": worst_fit,
    "next_fit_decreasing": next_fit_decreasing,
    "next_fit": next_fit,
    "norm_based_greedy": norm_based_greedy,
    "fitness": fitness,
    "pairing": pairing,
}


class Choice(NamedTuple):
    """What words after a heuristic's name change: its argument, the default of that, and the words that there are."""

    argument: str
    default: Measure | Scoring
    words: Words


CHOICES = {
    name: Choice("measure", SUM_OF_SHARES, MEASURE_WORDS) for name in HEURISTICS if name.endswith("_decreasing")
} | {
    "dot_product": Choice("scoring", DOT_PRODUCTS, SCORE_WORDS),
    "norm_based_greedy": Choice("scoring", LEAST_NORMS, SCORE_WORDS),
    "fitness": Choice("scoring", LARGEST_SHARES, SCORE_WORDS),
    "pairing": Choice("scoring", PROJECTIONS, PAIR_WORDS),
}


def heuristic(method: str) -> Heuristic | None:
    """The heuristic of this name, with the measure that words after colons say: ``first_fit_decreasing:l2:average:dynamic``.

    None where none has the name; raises ProblemError for a word that is unknown."""
    name, *words = method.split(":")
    if name not in HEURISTICS or not words:
        return HEURISTICS.get(name)
    if name not in CHOICES:
        raise ProblemError(f"method {method!r}: {name} has no measure; expected one of {', '.join(CHOICES)}")
    argument, default, known = CHOICES[name]
    return partial(HEURISTICS[name], **{argument: with_words(default, words, known)})
