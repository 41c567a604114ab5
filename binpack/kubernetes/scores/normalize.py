"""Scores brought to the range from 0 to 100."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.int64]
MOST = 100


def by_largest(scores: Scores, reverse: bool = False) -> Scores:
    """Scores in hundredths of the largest, rounded down; reverse: what is missing to 100
    (``plugins/helper/normalize_score.go``, ``DefaultNormalizeScore``)."""
    largest = int(scores.max(initial=0))
    if largest:
        scores = MOST * scores // largest
    return MOST - scores if reverse else scores
