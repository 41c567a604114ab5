"""Required pod affinity and anti-affinity terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from binpack.kubernetes.selectors import Labels, Requirement, Selector, read_selector, read_topology_key
from binpack.workload.documents import Node

REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"


@dataclass(frozen=True)
class PodTerm:
    """One pod affinity or anti-affinity term.

    namespaces: named ones; namespace_selector: of namespaces by label (absent: none). Neither: the pod's own namespace.
    """

    topology_key: str
    selector: Selector
    namespaces: tuple[str, ...]
    namespace_selector: Selector
    node: Node = field(compare=False)

    def covers(self, namespace: str, labels: Labels, own_namespace: str) -> bool:
        """Does the term look at pods of this namespace, which has these labels?"""
        if not self.namespaces and self.namespace_selector.absent:
            return namespace == own_namespace
        return namespace in self.namespaces or self.namespace_selector.matches(labels)


def pod_terms(spec: Node, kind: str, labels: Labels) -> list[PodTerm]:
    """The required terms of ``podAffinity`` or ``podAntiAffinity``; ``labels`` are the pod's own, for ``matchLabelKeys``."""
    return [read_pod_term(node, labels) for node in affinity_terms(spec, kind, REQUIRED)]


def affinity_terms(spec: Node, kind: str, strength: str) -> Sequence[Node]:
    """The terms of one kind of affinity and one strength, as they stand."""
    return spec.find_list("affinity", kind, strength)


def read_pod_term(node: Node, labels: Labels) -> PodTerm:
    """One term. ``matchLabelKeys`` and ``mismatchLabelKeys`` are merged into its selector, as the API does on creation.

    InputError for what the API refuses.
    """
    selector = read_selector(node.find("labelSelector"))
    extra = []
    for key, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
        names = [name.text for name in node.find_list(key)]
        extra += [Requirement(name, operator, (labels[name],)) for name in names if name in labels]
    if extra and not selector.absent:
        selector = replace(selector, requirements=(*selector.requirements, *extra))
    return PodTerm(
        read_topology_key(node),
        selector,
        tuple(name.text for name in node.find_list("namespaces")),
        read_selector(node.find("namespaceSelector")),
        node,
    )
