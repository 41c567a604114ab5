"""Pins: what keeps the default scheduler, whose scores may choose otherwise, to the nodes of a plan.

All copies of an object come from one template, so no copy can be sent to a node of its own. Every planned node has a slot, a
label of its own, and each template admits the slots that its copies have in the plan (node affinity). That fixes the nodes,
and how many copies each of them takes where there is only one, or where copies keep apart. In all other cases each copy
takes one of a counted resource of its object, of which a node has as many as the plan puts there (extended resources, which
any administrator may advertise for a node). Copies and the counted resource are as many, so whatever the scores, the counts
at the end are those of the plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.node_affinity import NodeAffinity, NodeTerm
from binpack.kubernetes.planning.node_class import HOSTNAME
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.pod_terms import PodTerm
from binpack.kubernetes.resource_list import MILLI
from binpack.kubernetes.selectors import Requirement, is_label_value
from binpack.kubernetes.simulation import simulate
from binpack.kubernetes.topology_spread import SpreadConstraint

DOMAIN = "binpack"
SLOT = f"{DOMAIN}/slot"
_LONGEST = 63
"""Characters of a label's value, and of a resource's name behind its domain."""


@dataclass(frozen=True)
class Pin:
    """Pods of one object. copies : node name -> how many of them the plan has there. slots : that all pods of the object
    have; empty where a narrower affinity would change what its spread counts.

    resource : counted, one for each copy; empty where the affinity alone fixes the counts. full : no slot takes one copy
    more than the plan has there, so that an update has to take one away before it adds one. shared : the object's pods are
    several sets, which differ by their volumes; their template cannot tell them apart, so that their counts are not forced.
    """

    pods: PodSet
    copies: dict[str, int]
    slots: tuple[str, ...]
    resource: str
    full: bool
    shared: bool = False

    def pinned(self, template: PodTemplate) -> PodTemplate:
        """What the scheduler sees of one of the pods when it is pinned."""
        counted = {self.resource: MILLI} if self.resource else {}
        requests = tuple(sorted({**dict(template.requests), **counted}.items()))
        return replace(template, node_affinity=self.within(template.node_affinity), requests=requests)

    def within(self, affinity: NodeAffinity) -> NodeAffinity:
        """What an affinity admits of the slots: each of its alternatives asks for them as well."""
        if not self.slots:
            return affinity
        asked = Requirement(SLOT, "In", self.slots)
        terms = (NodeTerm(),) if affinity.terms is None else tuple(t for t in affinity.terms if not t.matches_nothing)
        return replace(affinity, terms=tuple(replace(term, expressions=(*term.expressions, asked)) for term in terms))


def pins_of(sets: Iterable[PodSet], order: Iterable[tuple[Pod, str]]) -> list[Pin]:
    """A pin for each set of which the plan places some pods; a daemon's pods need none. order : pods with their nodes."""
    on = {pod.key: node for pod, node in order}
    objects: dict[str, list[tuple[PodSet, dict[str, int]]]] = {}
    for pods in sets:
        keys = (pods.pod(number).key for number in range(0 if pods.daemon else pods.copies))
        if copies := dict(Counter(on[key] for key in keys if key in on)):
            objects.setdefault(pods.key, []).append((pods, copies))
    return [pin for parts in objects.values() for pin in _pins(parts)]


def pinned_node(node: ClusterNode, pins: Sequence[Pin]) -> ClusterNode:
    """The node with its slot, and with what it has of the counted resources."""
    labels = {**node.labels, SLOT: slot(node.name)}
    return replace(node, labels=labels, allocatable={**node.allocatable, **counted_on(node.name, pins)})


def counted_on(node_name: str, pins: Sequence[Pin]) -> dict[str, int]:
    """What a node has of the counted resources."""
    counted = Counter[str]()
    for pin in pins:
        counted[pin.resource] += pin.copies.get(node_name, 0) if pin.resource else 0
    return dict(+counted)


def left_pending(state: ClusterState, pins: Sequence[Pin]) -> list[Pod]:
    """The pinned pods that the default scheduler by itself does not bring to where the plan has them; none if the pins hold.

    state : with every pod of the plan in place; it is as before. Pods that are not pinned stay; the others are taken away
    and scheduled with their pins, again and again as long as one more finds its node, as the scheduler tries again.
    """
    fresh, waiting = _before(state, pins)
    while True:
        left = [each.pod for each in simulate(fresh, waiting) if each.node is None]
        if not left or len(left) == len(waiting):
            return left
        waiting = left


def slot(node_name: str) -> str:
    """The value of the slot's label for a node."""
    return _short(node_name)


def _before(state: ClusterState, pins: Sequence[Pin]) -> tuple[ClusterState, list[Pod]]:
    """The cluster with the nodes pinned and the pinned pods gone, and these."""
    pinned = {pin.pods.pod(number).key: pin for pin in pins for number in range(pin.pods.copies)}
    nodes = [pinned_node(node, pins) for node in state.nodes]
    fresh = ClusterState(nodes, state.namespaces.known, state.volumes)
    waiting = []
    for pod, node in state.pods():
        if pod.key in pinned:
            waiting.append(replace(pod, template=pinned[pod.key].pinned(pod.template)))
        else:
            fresh.add(pod, node)
    return fresh, waiting


def _pins(parts: Sequence[tuple[PodSet, dict[str, int]]]) -> list[Pin]:
    """The pins of one object, whose pods may be several sets: they have one template."""
    first = parts[0][0]
    copies = sum((Counter(on) for _, on in parts), Counter[str]())
    apart = _keep_apart(first.template)
    narrow = not any(map(_looks_at_affinity, first.template.spread))
    fixed, shared = narrow and (len(copies) == 1 or apart), len(parts) > 1
    resource = "" if fixed or shared else f"{DOMAIN}/{_short(first.key.replace('/', '.'))}"
    slots = tuple(map(slot, copies)) if narrow else ()
    return [Pin(pods, on, slots, resource, apart or bool(resource), shared) for pods, on in parts]


def _keep_apart(template: PodTemplate) -> bool:
    """Does no node take two of these pods, by their own rules?"""
    own = (term for term in template.anti_affinity if term.topology_key == HOSTNAME)
    return bool(template.host_ports) or any(
        term.selector.matches(dict(template.labels)) and _covers_own_namespace(term, template.namespace) for term in own
    )


def _covers_own_namespace(term: PodTerm, namespace: str) -> bool:
    """Without a look at the labels of namespaces, which may change."""
    return namespace in term.namespaces or not (term.namespaces or not term.namespace_selector.absent)


def _looks_at_affinity(constraint: SpreadConstraint) -> bool:
    """Would a narrower node affinity leave this spread fewer domains than it wants, and so make it stricter?"""
    return constraint.hard and constraint.minimum_domains > 1 and constraint.affinity_policy == "Honor"


def _short(name: str) -> str:
    """The name where a label may have it as its value, else a part of it that may, with a digest of the whole."""
    if name and is_label_value(name):
        return name
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name)
    return f"{plain[: _LONGEST - 9]}-{sha256(name.encode()).hexdigest()[:8]}".lstrip("-")
