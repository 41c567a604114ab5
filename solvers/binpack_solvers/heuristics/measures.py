"""Which measure of vectors, by which weights of resources, a heuristic goes by: as words, and on a problem as numbers.

What they are and who published them: see ``kernels.measures`` (of item types and of bins) and ``kernels.scores`` (of pairs).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from binpack_solvers.errors import ProblemError
from binpack_solvers.heuristics.arrays import demand_of, least_of_runs, relative_size, share_of_one
from binpack_solvers.kernels.measures import (
    AVERAGE,
    EXPONENTIAL,
    L1,
    L2,
    LARGEST,
    RECIPROCAL,
    UNIT,
    dynamic_order,
    weight_of,
)
from binpack_solvers.kernels.scores import DOT_PRODUCT, DYNAMIC, EACH_BIN, FITNESS, PROJECTION, STATIC, Scoring
from binpack_solvers.kernels.scores import L2 as L2_SCORE
from binpack_solvers.problem import Problem

Float64 = NDArray[np.float64]
Words = Mapping[str, tuple[str, int]]
Options = TypeVar("Options", bound=NamedTuple)

WEIGHT_WORDS: Words = {
    "unit": ("weights", UNIT),
    "average": ("weights", AVERAGE),
    "exponential": ("weights", EXPONENTIAL),
    "reciprocal": ("weights", RECIPROCAL),
}
MEASURE_WORDS: Words = {
    "l1": ("norm", L1),
    "l2": ("norm", L2),
    "linf": ("norm", LARGEST),
    **WEIGHT_WORDS,
    "static": ("dynamic", False),
    "dynamic": ("dynamic", True),
}
SCORE_WORDS: Words = {**WEIGHT_WORDS, "static": ("renewed", STATIC), "dynamic": ("renewed", DYNAMIC)}
PAIR_WORDS: Words = {
    "dot_product": ("score", DOT_PRODUCT),
    "projection": ("score", PROJECTION),
    "l2": ("score", L2_SCORE),
    "fitness": ("score", FITNESS),
    **SCORE_WORDS,
}


class Measure(NamedTuple):
    """``norm`` and ``weights`` of ``kernels.measures``. dynamic : whether the weights are those of what is left, computed
    anew after each item type, all copies of which go together; otherwise they are those of all copies."""

    norm: int = L1
    weights: int = UNIT
    dynamic: bool = False


SUM_OF_SHARES = Measure()
DOT_PRODUCTS = Scoring(DOT_PRODUCT, AVERAGE, EACH_BIN)
LEAST_NORMS = Scoring(L2_SCORE, AVERAGE, EACH_BIN)
LARGEST_SHARES = Scoring(FITNESS, AVERAGE, EACH_BIN)
PROJECTIONS = Scoring(PROJECTION, AVERAGE, STATIC)


class Fullness(NamedTuple):
    """By which measure bins are the fullest or the emptiest: see ``Needs`` of the kernels. weight (runs, d) or (1, d)."""

    norm: int
    weight: Float64


def with_words(options: Options, words: Iterable[str], known: Words) -> Options:
    """``options`` changed as the words say. Raises ProblemError for one that is unknown or against one before it."""
    changes: dict[str, Any] = {}
    for word in words:
        field, value = known.get(word, ("", 0))
        if not field or field in changes:
            expected = ", ".join(known)
            raise ProblemError(
                f"{word!r} is unknown or against another word; expected at most one of a kind: {expected}"
            )
        changes[field] = value
    return options._replace(**changes)


def ranked(problem: Problem, measure: Measure) -> tuple[NDArray[Any], Fullness]:
    """Per run a key that is larger for what goes first, and the measure of bins. A run is what its item types take at
    least."""
    one = share_of_one(problem)
    if measure == SUM_OF_SHARES or problem.resources == 1:  # where all measures order alike
        return relative_size(problem), Fullness(L1, one.reshape(1, -1))
    share, copies = least_of_runs(problem, problem.sizes) * one, demand_of(problem)
    if measure.dynamic:
        order, weight = dynamic_order(share, copies, measure.norm, measure.weights)
        key: NDArray[Any] = np.empty(len(order), np.int64)
        key[order] = np.arange(len(order))[::-1]
    else:
        weight = _static_weights(share, copies, measure.weights)
        key = _measures(share, weight, measure.norm)
    return key, Fullness(measure.norm, weight * (one * one if measure.norm == L2 else one))


def _static_weights(share: Float64, copies: NDArray[np.int64], kind: int) -> Float64:
    """(1, d) the weights of all copies."""
    of_all, total = float(copies.astype(np.float64).sum()), copies @ share
    return np.array([[weight_of.py_func(kind, amount, of_all) for amount in total.tolist()]])


def _measures(share: Float64, weight: Float64, norm: int) -> Float64:
    """(runs,) of ``measured`` in the kernels."""
    if norm == LARGEST:
        return np.asarray((share * weight).max(axis=1))
    return np.asarray((share * share if norm == L2 else share) @ weight[0])
