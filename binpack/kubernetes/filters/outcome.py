"""What one filter says of all nodes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.refusal import Refusal


class Outcome(NamedTuple):
    """For every node 0, or the number of its refusal, counted from 1."""

    codes: npt.NDArray[np.int64]
    refusals: tuple[Refusal, ...]

    @property
    def passes(self) -> Mask:
        return self.codes == 0


def refused(mask: Mask, refusal: Refusal) -> Outcome | None:
    """The outcome that refuses the nodes of a mask, None where there are none."""
    return Outcome(mask.astype(np.int64), (refusal,)) if mask.any() else None


def refused_in_turn(*steps: tuple[Mask, Refusal]) -> Outcome | None:
    """The outcome of several refusals: a node gets the first that holds for it."""
    if not any(mask.any() for mask, _ in steps):
        return None
    codes = np.zeros(len(steps[0][0]), dtype=np.int64)
    for code, (mask, _) in reversed(list(enumerate(steps, 1))):
        codes[mask] = code
    return Outcome(codes, tuple(refusal for _, refusal in steps))
