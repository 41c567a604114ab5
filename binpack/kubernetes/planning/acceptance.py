"""An order in which the scheduler's filters accept every pod on the node that a plan has for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes, judge
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.pod_counts import TermSelection, class_of
from binpack.kubernetes.refusal import Refusal

Order = list[tuple[Pod, str]]
Place = tuple[str, int]
"""A topology key and the number of a domain, or no key and that of a node."""
EVERYWHERE: Place = ("", -1)


@dataclass(frozen=True)
class Accepted:
    """order : pods with their nodes, each accepted where it stands when it comes. refused : those that never are, with
    the refusal by their node."""

    order: tuple[tuple[Pod, str], ...]
    refused: tuple[tuple[Pod, str, Refusal], ...] = ()


def acceptance_order(state: ClusterState, placed: Sequence[tuple[Pod, str]]) -> Accepted:
    """Put pods on their nodes in passes over what is left, equal ones one after the other, while one is accepted.

    Limits, ports, room and anti-affinity only ever become tighter, affinity and the least count of a spread only wider: what
    is accepted early does no harm, and a pod that is refused is asked again. Only who may be the first of those that its
    affinity admits comes too late after them: such pods come first, and where some are refused at the end they come first
    in another attempt. ``state`` holds the accepted pods afterwards.
    """
    first = {pod.template for pod, _ in placed if _may_be_first(state, pod)}
    while True:
        order, left = _passes(state, _in_turn(state, placed, first))
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
        for _, equal in groupby(left, key=lambda entry: _judged_by(entry[0])):
            taken, refused = _equal_pods(state, list(equal))
            order += taken
            waiting += refused
        left = waiting
    return order, left


def _judged_by(pod: Pod) -> tuple[PodTemplate, bool, str]:
    """All that the filters ask of a pod."""
    return pod.template, pod.terminating, pod.node_name


def _equal_pods(state: ClusterState, left: Order) -> tuple[Order, Order]:
    """The accepted of some pods that the filters judge alike, and the others.

    A verdict is asked for again only where a pod of them that came since may have changed it.
    """
    order: Order = []
    waiting: Order = []
    changed: set[Place] = set()
    passes = judge(state, left[0][0]).passes
    for pod, node in left:
        places = _places(state, pod.template, node)
        if places & changed:
            passes, changed = judge(state, pod).passes, set()
        if passes[state.index[node]]:
            state.add(pod, node)
            order.append((pod, node))
            changed |= places
        else:
            waiting.append((pod, node))
    return order, waiting


def _places(state: ClusterState, template: PodTemplate, node: str) -> set[Place]:
    """Where a pod changes what the filters say of equal ones, unless in their favour.

    It takes room of its own node alone. By spread and anti-affinity it keeps them out of the domains it stands in and of
    no other. With affinity the first may decide where all others stand, and claims are of the whole cluster.
    """
    position = state.index[node]
    keys = {c.topology_key for c in template.spread if c.hard} | {term.topology_key for term in template.anti_affinity}
    places: set[Place] = {("", position)} | {(key, int(state.labels.column(key).numbers[position])) for key in keys}
    return places | {EVERYWHERE} if template.affinity or template.volumes.claims else places


def _may_be_first(state: ClusterState, pod: Pod) -> bool:
    template = pod.template
    selection = TermSelection(template.affinity, template.namespace)
    return bool(template.affinity) and selection.selects(class_of(pod), dict(template.labels), state.namespaces)


def _refusal(state: ClusterState, pod: Pod, node: str) -> Refusal:
    refusal = filter_nodes(state, pod)[state.index[node]]
    assert refusal is not None
    return refusal


def _in_turn(state: ClusterState, placed: Sequence[tuple[Pod, str]], first: set[PodTemplate]) -> Order:
    """Some templates first, then pods of high priority; equal ones together, in turn in all places where they count."""
    seen: Counter[tuple[int, Place]] = Counter()
    met: dict[int, int] = {}
    keyed = []
    for position, (pod, node) in enumerate(placed):
        template = id(pod.template)
        counted = [(template, place) for place in _places(state, pod.template, node) - {EVERYWHERE}]
        turn = max(seen[each] for each in counted)
        seen.update(counted)
        begun = met.setdefault(template, position)
        keyed.append((pod.template not in first, -pod.template.priority, begun, turn, position, pod, node))
    keyed.sort(key=lambda entry: entry[:5])
    return [(pod, node) for *_, pod, node in keyed]
