"""Waiting pods placed on given nodes where pods of lower priority may be evicted for them, over all nodes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

from binpack_solvers.check import violations
from binpack_solvers.objective import evaluate
from binpack_solvers.portfolio import solve
from binpack_solvers.solution import Solution

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption_budgets import Budget, breaking
from binpack.kubernetes.planning.acceptance import acceptance_order
from binpack.kubernetes.planning.eviction_model import EvictionModel
from binpack.kubernetes.planning.given_nodes import (
    Eviction,
    Order,
    Placed,
    empty_nodes,
    exchange,
    is_proven,
    left_out,
    place_on_nodes,
    placed_in,
    with_reasons,
)
from binpack.kubernetes.planning.losses import Losses, compared
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.preemption import importance
from binpack.kubernetes.simulation import Placement, simulate


@dataclass(frozen=True)
class _Way:
    """A way of placing: who goes, and where the waiting pods come to in an order that the filters accept afterwards."""

    evicted: tuple[tuple[Pod, str], ...]
    """The most important first."""
    order: tuple[tuple[Pod, str], ...]
    whole: bool
    """Does it hold all that was asked of it?"""


def place_with_evictions(
    state: ClusterState,
    waiting: Sequence[Pod],
    *,
    budgets: Sequence[Budget] = (),
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
) -> Placed:
    """Place the pods, and evict for them, where they would be pending, what has a lower priority; the state is as the
    answer says afterwards.

    Best is what loses least in the order of ``losses``, then on the fewest empty nodes. Unlike the scheduler's preemption,
    which looks at one pod and one node at a time, it also moves other waiting pods out of the way, and may evict from
    several nodes for one pod. It is never worse than without evictions, nor than what the scheduler itself would do as far
    as the filters accept that once all are evicted. Pods that are never to preempt are placed as without evictions, and
    where room is left.
    """
    end = monotonic() + time_limit
    plain = place_on_nodes(state, waiting, budgets=budgets, time_limit=time_limit / 2, threads=threads, seed=seed)
    if not _may_help(state, [pod for pod, _ in plain.pending]):
        return plain
    for pod, _ in plain.order:
        state.remove(pod.key)
    ways = [_Way((), plain.order, whole=True), _by_scheduler(state, waiting, plain.by_scheduler)]
    losses = Losses(waiting)
    idle = {pod.key for pod, _ in plain.pending if not pod.template.preempts}
    model = EvictionModel(state, [pod for pod in waiting if pod.key not in idle], budgets, losses)
    solution = _solved(model, ways, max(0.0, end - monotonic()), threads, seed)
    ways.insert(0, _realised(state, waiting, *model.read(solution)))
    best = _best(state, waiting, ways, budgets, losses)
    proven = best is ways[0] and best.whole and model.exact and not idle and is_proven(solution)
    exchange(state, best.evicted, best.order)
    pending = with_reasons(state, left_out(waiting, best.order))
    breaks = breaking([pod for pod, _ in best.evicted], budgets)
    evictions = tuple(Eviction(*pair, broken) for pair, broken in zip(best.evicted, breaks, strict=True))
    return replace(plain, order=best.order, pending=pending, solution=solution, proven=proven, evicted=evictions)


def _solved(model: EvictionModel, ways: Sequence[_Way], seconds: float, threads: int, seed: int) -> Solution:
    """The best that a search finds which begins with the better of these ways, as far as they keep all rules at the end."""
    packings = [model.packing(way.order, [pod for pod, _ in way.evicted]) for way in ways]
    valid = [packing for packing in packings if not violations(model.problem, packing)]
    start = min(valid, key=lambda packing: evaluate(model.problem, packing), default=None)
    return solve(model.problem, "auto", seconds, threads, seed, initial=start)


def _may_help(state: ClusterState, pending: Sequence[Pod]) -> bool:
    """Is there a pod in place that is less important than one which may preempt it?"""
    highest = Losses(pending).highest
    return highest is not None and any(pod.template.priority < highest for pod, _ in state.pods())


def _by_scheduler(state: ClusterState, waiting: Sequence[Pod], placements: Sequence[Placement]) -> _Way:
    return _realised(state, waiting, placed_in(placements), [victim for each in placements for victim in each.evicted])


def _realised(state: ClusterState, waiting: Sequence[Pod], placed: Order, evicted: Sequence[Pod]) -> _Way:
    """Pods on these nodes without the evicted ones, as far as the filters accept them, and others where there is room; the
    state is then as before."""
    gone = tuple((pod, _node_of(state, pod)) for pod in sorted(evicted, key=importance))
    for pod in evicted:
        state.remove(pod.key)
    accepted = acceptance_order(state, placed)
    order = (*accepted.order, *placed_in(simulate(state, left_out(waiting, accepted.order))))
    exchange(state, order, gone)
    return _Way(gone, order, not accepted.refused)


def _node_of(state: ClusterState, pod: Pod) -> str:
    node = state.node_of(pod.key)
    assert node is not None
    return node


def _best(
    state: ClusterState, waiting: Sequence[Pod], ways: Sequence[_Way], budgets: Sequence[Budget], losses: Losses
) -> _Way:
    """The one that loses least, then on the fewest empty nodes; the first of equal ones."""
    empty = empty_nodes(state)
    counts = [losses.count(left_out(waiting, way.order), [pod for pod, _ in way.evicted], budgets) for way in ways]
    worth = [
        (lost, len({node for _, node in way.order} & empty)) for lost, way in zip(compared(counts), ways, strict=True)
    ]
    return ways[worth.index(min(worth))]
