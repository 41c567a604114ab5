"""An order in which the scheduler's filters accept every pod on the node that a plan has for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes, judge
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.pod_counts import TermSelection, class_of
from binpack.kubernetes.refusal import Refusal

Order = list[tuple[Pod, str]]


@dataclass(frozen=True)
class Accepted:
    """order : pods with their nodes, each accepted where it stands when it comes. refused : those that never are, with
    the refusal by their node."""

    order: tuple[tuple[Pod, str], ...]
    refused: tuple[tuple[Pod, str, Refusal], ...] = ()


def acceptance_order(state: ClusterState, placed: Sequence[tuple[Pod, str]]) -> Accepted:
    """Put pods on their nodes in passes over what is left, equal ones on different nodes in turn, while one is accepted.

    Limits, ports, room and anti-affinity only ever become tighter, affinity and the least count of a spread only wider: what
    is accepted early does no harm, and a pod that is refused is asked again. Only who may be the first of those that its
    affinity admits comes too late after them: such pods come first, and where some are refused at the end they come first
    in another attempt. ``state`` holds the accepted pods afterwards.
    """
    first = {pod.template for pod, _ in placed if _may_be_first(state, pod)}
    while True:
        order, left = _passes(state, _in_turn(placed, first))
        late = {pod.template for pod, _ in left if pod.template.affinity} - first
        if not late:
            return Accepted(tuple(order), tuple((pod, node, _refusal(state, pod, node)) for pod, node in left))
        for pod, _ in order:
            state.remove(pod.key)
        first |= late


def _passes(state: ClusterState, left: Order) -> tuple[Order, Order]:
    """The accepted ones in their order, and the others."""
    order: Order = []
    accepted = -1
    while left and accepted < len(order):
        accepted, waiting = len(order), []
        for pod, node in left:
            if judge(state, pod).codes[state.index[node]]:
                waiting.append((pod, node))
            else:
                state.add(pod, node)
                order.append((pod, node))
        left = waiting
    return order, left


def _may_be_first(state: ClusterState, pod: Pod) -> bool:
    template = pod.template
    selection = TermSelection(template.affinity, template.namespace)
    return bool(template.affinity) and selection.selects(class_of(pod), dict(template.labels), state.namespaces)


def _refusal(state: ClusterState, pod: Pod, node: str) -> Refusal:
    refusal = filter_nodes(state, pod)[state.index[node]]
    assert refusal is not None
    return refusal


def _in_turn(placed: Sequence[tuple[Pod, str]], first: set[PodTemplate]) -> Order:
    """Some templates first, then pods of high priority; of equal ones first one on each node, then a second one on each."""
    seen: dict[tuple[int, str], int] = {}
    keyed = []
    for position, (pod, node) in enumerate(placed):
        turn = seen[id(pod.template), node] = seen.get((id(pod.template), node), -1) + 1
        keyed.append((pod.template not in first, -pod.template.priority, turn, position, pod, node))
    keyed.sort(key=lambda entry: entry[:4])
    return [(pod, node) for *_, pod, node in keyed]
