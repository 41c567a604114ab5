"""Scoring strategies of NodeResourcesFit: how the use of one resource becomes a score, and those of all one number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from binpack.kubernetes.resource_list import CPU, MEMORY
from binpack.kubernetes.scores.normalize import MOST, Scores

DEFAULT_WEIGHTS: Mapping[str, int] = {CPU: 1, MEMORY: 1}
_SCALE = 10  # shapes are written in scores from 0 to 10


class Strategy(Protocol):
    """How much a node scores. weights: the resources that count. skips_zero: resources that score 0 have no weight."""

    @property
    def weights(self) -> Mapping[str, int]: ...

    def score(self, requested: Scores, allocatable: Scores) -> Scores:
        """The score of one resource, for nodes that have some of it."""

    def mean(self, total: Scores, weights: Scores) -> Scores:
        """Total by weight, where the weight is not 0."""

    @property
    def skips_zero(self) -> bool: ...


@dataclass(frozen=True)
class LeastAllocated:
    """The share that stays free, in hundredths, rounded down (``plugins/noderesources/least_allocated.go``)."""

    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    skips_zero: bool = False

    def score(self, requested: Scores, allocatable: Scores) -> Scores:
        free = np.maximum(allocatable - requested, 0)
        return percent(free, allocatable)

    def mean(self, total: Scores, weights: Scores) -> Scores:
        return total // weights


@dataclass(frozen=True)
class MostAllocated:
    """The share that is taken, in hundredths, rounded down (``plugins/noderesources/most_allocated.go``)."""

    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    skips_zero: bool = False

    def score(self, requested: Scores, allocatable: Scores) -> Scores:
        return percent(np.minimum(requested, allocatable), allocatable)

    def mean(self, total: Scores, weights: Scores) -> Scores:
        return total // weights


@dataclass(frozen=True)
class RequestedToCapacityRatio:
    """A broken line over the share that is taken, in integers, and the rounded mean of the resources that score at all
    (``plugins/noderesources/requested_to_capacity_ratio.go``).

    shape : (utilization in per cent, score from 0 to 10), by growing utilization. ValueError if it is not.
    """

    shape: Sequence[tuple[int, int]] = ((0, 0), (100, 10))
    weights: Mapping[str, int] = field(default_factory=lambda: DEFAULT_WEIGHTS)
    skips_zero: bool = True

    def __post_init__(self) -> None:
        utilizations = [utilization for utilization, _ in self.shape]
        if not utilizations or utilizations != sorted(set(utilizations)):
            raise ValueError("a shape needs points by growing utilization")
        if any(not 0 <= u <= MOST or not 0 <= score <= _SCALE for u, score in self.shape):
            raise ValueError(f"utilization is from 0 to {MOST}, a score from 0 to {_SCALE}")

    def score(self, requested: Scores, allocatable: Scores) -> Scores:
        line = np.array([self._at(utilization) for utilization in range(MOST + 1)], dtype=np.int64)
        scores: Scores = line[percent(np.minimum(requested, allocatable), allocatable)]
        return scores

    def mean(self, total: Scores, weights: Scores) -> Scores:
        return (2 * total + weights) // (2 * weights)

    def _at(self, utilization: int) -> int:
        """The score at a utilization; the division on a slope rounds towards 0, before the start of the slope is added."""
        before = self.shape[0]
        if utilization <= before[0]:
            return before[1] * _SCALE
        for point in self.shape[1:]:
            if utilization <= point[0]:
                rise = (point[1] - before[1]) * _SCALE * (utilization - before[0])
                step = abs(rise) // (point[0] - before[0])
                return before[1] * _SCALE + (step if rise >= 0 else -step)
            before = point
        return before[1] * _SCALE


def percent(part: Scores, whole: Scores) -> Scores:
    """``100 * part / whole``, rounded down, for 0 <= part <= whole; exact for all 64-bit numbers.

    Where 100 times the part does not fit 64 bits, both are taken as Python integers.
    """
    if len(part) and int(part.max()) > np.iinfo(np.int64).max // MOST:
        return np.array([MOST * int(p) // int(w) for p, w in zip(part, whole, strict=True)], dtype=np.int64)
    return MOST * part // whole
