"""The policies by name, and what each looks at in an open bin: keys, dot products and Kubernetes' scores as arrays.

first_fit, best_fit, worst_fit : the open bin with the lowest number, the least or the most room. With one resource room is
    what is free; with more it is the sum of what is free over the largest capacity, as for ``heuristics``, in steps
    of 2**-40.
dot_product : the largest sum of size times what is free, each over the largest capacity: bins that have left what the item
    takes. Sources: R. Panigrahy, K. Talwar, L. Uyeda, U. Wieder, "Heuristics for vector bin packing", 2011, section 3;
    R. Grandl et al., "Multi-resource packing for cluster schedulers", SIGCOMM 2014, section 3.2 (alignment).
least_allocated, most_allocated : the scoring strategies of Kubernetes' plug-in NodeResourcesFit
    (kubernetes/kubernetes, pkg/scheduler/framework/plugins/noderesources/least_allocated.go and most_allocated.go), with
    the copy counted in: of each resource that the bin has, the whole percent that is free (used), rounded down; their
    weighted mean, rounded down. As if every node were scored.
Ties, where Kubernetes draws one: in the last three the most (for most_allocated the least) room, before rounding, then the
lowest number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from binpack_solvers.errors import ProblemError
from binpack_solvers.kernels import online as kernel
from binpack_solvers.problem import Problem
from binpack_solvers.validation import as_integers, check_range

POLICIES = {
    "first_fit": kernel.FIRST_FIT,
    "best_fit": kernel.BEST_FIT,
    "worst_fit": kernel.WORST_FIT,
    "dot_product": kernel.DOT_PRODUCT,
    "least_allocated": kernel.LEAST_ALLOCATED,
    "most_allocated": kernel.MOST_ALLOCATED,
}
ALLOCATED = (kernel.LEAST_ALLOCATED, kernel.MOST_ALLOCATED)
LARGEST_WEIGHT = 100
BITSET_BITS = 16  # 65,536 buckets stay in the second-level cache
TREE_BITS = 14
LARGEST_SCORED = (2**63 - 1) // 100


class Scores(NamedTuple):
    """The fields of the same names of the kernel's ``Rules``, and ``shift``, from ranks to buckets."""

    scale: NDArray[np.float64]
    base: int
    exact: bool
    start: NDArray[np.int64]
    slope: NDArray[np.float64]
    weight: NDArray[np.int64]
    offset: NDArray[np.float64]
    top: int
    shift: int


def policy_number(name: str) -> int:
    """What the kernel calls a policy."""
    if name not in POLICIES:
        raise ProblemError(f"policy {name!r} is not known; expected one of {', '.join(POLICIES)}")
    return POLICIES[name]


def scores_of(problem: Problem, policy: int, weights: ArrayLike | None, fits: NDArray[np.bool_]) -> Scores:
    """What a policy compares. fits (m, t): which item type may stand in which bin type.

    weights : (d,), from 1 to 100 (default 1 each), for the two policies of Kubernetes alone.
    """
    if policy in ALLOCATED:
        return _allocated(problem, policy, _weights(problem, weights), fits)
    if weights is not None:
        raise ProblemError("weights: only least_allocated and most_allocated weigh resources")
    return _by_room(problem, policy)


def _by_room(problem: Problem, policy: int) -> Scores:
    """Ranks by what is free, the least first for best fit, the most for worst fit and dot product."""
    relative = 1.0 / np.maximum(problem.capacity.max(axis=0), 1)
    scale = np.tile(kernel.FRACTION * relative, (problem.bin_types, 1))
    exact = problem.resources == 1
    room = problem.capacity[:, 0] if exact else ranks(problem.capacity, scale[0])
    least = problem.sizes[:, 0] if exact else ranks(problem.sizes, scale[0])
    most = int(room.max())
    best, bits = policy in (kernel.BEST_FIT, kernel.BEST_FIT_BY_BITS), bucket_bits(policy)
    shift = max(0, most.bit_length() - bits)
    return Scores(
        scale,
        -1 if best else most,
        exact,
        np.minimum(least >> shift, most >> shift) if best else np.zeros(problem.item_types, np.int64),
        problem.sizes * relative * relative,
        np.ones(problem.resources, np.int64),
        (problem.sizes * relative).max(axis=1) * (relative[0] if exact else 1 / kernel.FRACTION) * (1 + kernel.MARGIN),
        most,
        shift,
    )


def ranks(amounts: NDArray[np.int64], scale: NDArray[np.float64]) -> NDArray[np.int64]:
    """What the kernel's rank is for amounts (n, d) that are free, before ``base``: summed in the order of resources."""
    total = np.zeros(len(amounts))
    for h in range(amounts.shape[1]):
        total += scale[h] * amounts[:, h]
    return total.astype(np.int64)


def by_blocks(problem: Problem, policy: int) -> bool:
    """Whether bins are searched in blocks, not in buckets by rank."""
    return policy == kernel.FIRST_FIT or problem.resources > 1


def bucket_bits(policy: int) -> int:
    """Of the number of a bucket."""
    return BITSET_BITS if policy == kernel.BEST_FIT_BY_BITS else TREE_BITS


def _weights(problem: Problem, weights: ArrayLike | None) -> NDArray[np.int64]:
    array = as_integers("weights", weights, (problem.resources,), default=1, low=1, names=problem.resource_names)
    for h, weight in enumerate(array.tolist()):
        check_range(f"weights, {problem.resource_name(h)}", weight, 1, LARGEST_WEIGHT)
    for k, capacity in enumerate(problem.capacity.max(axis=1).tolist()):
        if capacity > LARGEST_SCORED:
            raise ProblemError(
                f"capacity, {problem.bin_name(k)}: {capacity}; expected at most {LARGEST_SCORED} for a score in percent, "
                f"use a larger unit"
            )
    return array.copy()


def _allocated(problem: Problem, policy: int, weight: NDArray[np.int64], fits: NDArray[np.bool_]) -> Scores:
    """Ranks by the mean percent that is free, the most first for least_allocated. With that and the mean percent that an
    item takes of a bin type, at least or at most, ``offset`` bounds scores."""
    held = problem.capacity > 0
    total = np.maximum((weight * held).sum(axis=1, keepdims=True), 1)
    percent = 100.0 * weight * held / (np.maximum(problem.capacity, 1) * total)
    low, high = np.full(problem.item_types, np.inf), np.zeros(problem.item_types)
    for k in range(problem.bin_types):
        share = problem.sizes @ percent[k]
        low = np.where(fits[:, k], np.minimum(low, share), low)
        high = np.where(fits[:, k], np.maximum(high, share), high)
    low[np.isinf(low)] = 0.0
    whole, least = int(101 * kernel.FRACTION), policy == kernel.LEAST_ALLOCATED
    shift = whole.bit_length() - TREE_BITS
    start = np.maximum((low - kernel.MARGIN) * kernel.FRACTION, 0).astype(np.int64) >> shift
    return Scores(
        kernel.FRACTION * percent,
        whole if least else -1,
        False,
        np.zeros(problem.item_types, np.int64) if least else start,
        np.zeros((1, problem.resources)),
        weight,
        101.0 - low if least else 100.0 + high,
        whole,
        shift,
    )
