"""An order in which the scheduler's filters accept every pod on the node that a plan has for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes, judge
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import Refusal


@dataclass(frozen=True)
class Accepted:
    """order : pods with their nodes, each accepted where it stands when it comes. refused : those that never are, with
    the refusal by their node."""

    order: tuple[tuple[Pod, str], ...]
    refused: tuple[tuple[Pod, str, Refusal], ...] = ()


def acceptance_order(state: ClusterState, placed: Sequence[tuple[Pod, str]]) -> Accepted:
    """Put pods on their nodes in passes over what is left, equal ones on different nodes in turn, while one is accepted.

    Limits, ports, room and anti-affinity only ever become tighter, affinity and the least count of a spread only wider: what
    is accepted early does no harm, and a pod that is refused is asked again. ``state`` holds the accepted pods afterwards.
    """
    order: list[tuple[Pod, str]] = []
    left = _in_turn(placed)
    while left:
        waiting = []
        for pod, node in left:
            if judge(state, pod).codes[state.index[node]]:
                waiting.append((pod, node))
            else:
                state.add(pod, node)
                order.append((pod, node))
        if len(waiting) == len(left):
            break
        left = waiting
    return Accepted(tuple(order), tuple((pod, node, _refusal(state, pod, node)) for pod, node in left))


def _refusal(state: ClusterState, pod: Pod, node: str) -> Refusal:
    refusal = filter_nodes(state, pod)[state.index[node]]
    assert refusal is not None
    return refusal


def _in_turn(placed: Sequence[tuple[Pod, str]]) -> list[tuple[Pod, str]]:
    """Pods of high priority first; of equal pods first one on each node, then a second one, and so on."""
    seen: dict[tuple[int, str], int] = {}
    keyed = []
    for position, (pod, node) in enumerate(placed):
        turn = seen[id(pod.template), node] = seen.get((id(pod.template), node), -1) + 1
        keyed.append((-pod.template.priority, turn, position, pod, node))
    keyed.sort(key=lambda entry: entry[:3])
    return [(pod, node) for *_, pod, node in keyed]
