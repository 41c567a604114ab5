"""``nodeSelector`` and node affinity of a pod: which nodes it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from binpack.kubernetes.pod_terms import PREFERRED, REQUIRED
from binpack.kubernetes.selectors import (
    NODE_OPERATORS,
    Labels,
    Requirement,
    is_label_key,
    is_label_value,
    label_integer,
    read_requirement,
)
from binpack.workload.documents import Node

NAME_FIELD = "metadata.name"


@dataclass(frozen=True)
class NodeTerm:
    """One node selector term: expressions on labels and on fields (``metadata.name``), which must all hold.

    A term without any matches nothing, and neither does one that the scheduler cannot parse (Gt with a value that is no
    number): ``broken``. Source: ``component-helpers/scheduling/corev1/nodeaffinity``.
    """

    expressions: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()
    broken: bool = False

    @property
    def matches_nothing(self) -> bool:
        return self.broken or not (self.expressions or self.fields)

    def matches(self, labels: Labels, name: str) -> bool:
        """Does a node with these labels and this name match?"""
        if self.matches_nothing:
            return False
        held = all(requirement.matches(labels) for requirement in self.expressions)
        return held and all(requirement.matches({NAME_FIELD: name}) for requirement in self.fields)


@dataclass(frozen=True)
class PreferredNodeTerm:
    """A node selector term that adds ``weight`` to the score of the nodes that match it."""

    term: NodeTerm
    weight: int


@dataclass(frozen=True)
class NodeAffinity:
    """What a pod requires of its node: the labels of ``nodeSelector``, and one of ``terms`` unless that is None."""

    selector: tuple[Requirement, ...] = ()
    terms: tuple[NodeTerm, ...] | None = None

    def matches(self, labels: Labels, name: str) -> bool:
        """Does a node with these labels and this name match?"""
        chosen = all(requirement.matches(labels) for requirement in self.selector)
        return chosen and (self.terms is None or any(term.matches(labels, name) for term in self.terms))


def read_node_affinity(spec: Node) -> NodeAffinity:
    """The nodeSelector and required node affinity of a pod. InputError for what the API refuses."""
    selector = spec.find("nodeSelector")
    labels = {} if selector is None else selector.text_map()
    required = spec.find("affinity", "nodeAffinity", REQUIRED)
    return NodeAffinity(
        tuple(Requirement(key, "In", (value,)) for key, value in sorted(labels.items())),
        None if required is None else read_node_terms(required),
    )


def read_node_terms(node: Node) -> tuple[NodeTerm, ...]:
    """The ``nodeSelectorTerms`` of a node selector."""
    return tuple(_read_term(term) for term in node.find_list("nodeSelectorTerms"))


def read_preferred_node_terms(spec: Node) -> tuple[PreferredNodeTerm, ...]:
    """The preferred terms of a pod's node affinity."""
    terms = []
    for node in spec.find_list("affinity", "nodeAffinity", PREFERRED):
        preference, weight = node.find("preference"), node.find("weight")
        if preference is None or weight is None or not 1 <= weight.integer() <= 100:
            raise (weight or node).error("a preferred term without them", "preference, and weight from 1 to 100")
        terms.append(PreferredNodeTerm(_read_term(preference), weight.integer()))
    return tuple(terms)


def _read_term(node: Node) -> NodeTerm:
    expressions = tuple(read_requirement(item, NODE_OPERATORS) for item in node.find_list("matchExpressions"))
    fields = tuple(_read_field(item) for item in node.find_list("matchFields"))
    return NodeTerm(expressions, fields, broken=not all(map(_parses, expressions)))


def _read_field(node: Node) -> Requirement:
    field = read_requirement(node, ("In", "NotIn"))
    if field.key != NAME_FIELD:
        raise node.error(f'the field "{field.key[:60]}"', NAME_FIELD)
    if len(field.values) != 1:
        raise node.error(f"{len(field.values)} values for {NAME_FIELD}", "one value")
    return field


def _parses(requirement: Requirement) -> bool:
    """Would the scheduler make a requirement of this (``labels.NewRequirement``)?"""
    compared = requirement.operator not in ("Gt", "Lt") or label_integer(requirement.values[0]) is not None
    return compared and is_label_key(requirement.key) and all(map(is_label_value, requirement.values))
