"""The fleet that a cluster runs on now: its types of nodes, where they stand, and what the catalogue says they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from binpack.kubernetes.cluster_node import ClusterNode
from binpack.kubernetes.node_affinity import NAME_FIELD
from binpack.kubernetes.planning.node_class import HOSTNAME, INSTANCE_TYPE, OLDER_LABELS, ZONE, NodeClass
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.spot_nodes import SPOT, is_spot
from binpack.machines.price import price_per_month

TYPE_LABELS = (INSTANCE_TYPE, *(older for older, label in OLDER_LABELS.items() if label == INSTANCE_TYPE))

REGION_LABELS = ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region")


@dataclass(frozen=True)
class Fleet:
    """nodes, each of the class at its place in ``of``. priced : every type has a price; else nodes are counted."""

    nodes: tuple[ClusterNode, ...]
    classes: tuple[NodeClass, ...]
    of: tuple[int, ...]
    priced: bool

    @property
    def counts(self) -> dict[str, int]:
        """Type name -> nodes."""
        return dict(Counter(self.classes[k].type_name for k in self.of))

    @property
    def cost_per_month(self) -> int | None:
        """Micro-dollars; None where a price is not known."""
        return price_per_month(sum(self.classes[k].price for k in self.of)) if self.priced else None


def current_fleet(nodes: Sequence[ClusterNode], prices: Mapping[str, int]) -> Fleet:
    """Classes of nodes that differ in nothing but their names, cordoned or not. prices : micro-units per hour by type."""
    alike: dict[object, int] = {}
    classes: list[NodeClass] = []
    of = []
    for node in nodes:
        labels = {key: value for key, value in node.labels.items() if key != HOSTNAME}
        key = (tuple(sorted(labels.items())), tuple(sorted(node.allocatable.items())), node.taints)
        if key not in alike:
            alike[key] = len(classes)
            classes.append(_class(node, labels, prices, {c.node.name for c in classes}))
        of.append(alike[key])
    priced = all(c.type_name in prices for c in classes)
    if not priced:
        classes = [replace(c, price=1) for c in classes]
    return Fleet(tuple(nodes), tuple(classes), tuple(of), priced)


def type_of(node: ClusterNode) -> str:
    """The node's instance-type label, or else what it has to give; of spot nodes that is said as well."""
    named = next((node.labels[key] for key in TYPE_LABELS if key in node.labels), "")
    named = named or f"{node.allocatable.get('cpu', 0) // 1000} CPU"
    return f"{named}{SPOT}" if is_spot(node) else named


def region_of(nodes: Sequence[ClusterNode]) -> str:
    """The region that the nodes say they are in; empty where they name none, or several."""
    regions = {node.labels[key] for node in nodes for key in REGION_LABELS if key in node.labels}
    return regions.pop() if len(regions) == 1 else ""


def _class(node: ClusterNode, labels: Mapping[str, str], prices: Mapping[str, int], taken: set[str]) -> NodeClass:
    kind = type_of(node)
    zone = labels.get(ZONE, "")
    name = f"{kind}{f'-{zone}' if zone else ''}".replace(" ", "-").lower()
    name = next(n for n in (name, *(f"{name}.{k}" for k in range(2, len(taken) + 3))) if n not in taken)
    model = replace(node, name=name, labels={**labels, HOSTNAME: name}, unschedulable=False)
    return NodeClass(model, kind, prices.get(kind, 1))


def without_names(pods: PodSet) -> PodSet:
    """A daemon's pods without the name of the node that the controller made one of them for
    (``pkg/controller/daemon/util``, ``ReplaceDaemonSetPodNodeNameNodeAffinity``)."""
    affinity = pods.template.node_affinity
    if not pods.daemon or affinity.terms is None:
        return pods
    terms = [
        replace(term, fields=tuple(field for field in term.fields if field.key != NAME_FIELD))
        for term in affinity.terms
    ]
    kept = tuple(dict.fromkeys(term for term in terms if term.expressions or term.fields))
    free = replace(affinity, terms=kept if len(kept) == len(terms) else kept or None)
    return replace(pods, template=replace(pods.template, node_affinity=free))
