"""What a pod's spec says about where it may run, term by term, before it is resolved to other applications."""

from __future__ import annotations

from collections.abc import Iterator

from binpack.kubernetes.pod_terms import PREFERRED, REQUIRED, affinity_terms
from binpack.kubernetes.selectors import NODE_OPERATORS, Requirement, read_requirement
from binpack.workload.documents import Node

HOSTNAME = "kubernetes.io/hostname"


def required_node_labels(spec: Node) -> dict[str, tuple[str, ...]]:
    """Label -> the values a node may have for it, from nodeSelector and from In expressions of a single affinity term."""
    selector = spec.find("nodeSelector")
    choices: dict[str, tuple[str, ...]] = {}
    if selector is not None:
        choices.update((key, (value,)) for key, value in selector.text_map().items())
    terms = node_terms(spec)
    if len(terms) == 1:
        for requirement in terms[0]:
            if requirement.operator == "In" and requirement.key not in choices:
                choices[requirement.key] = requirement.values
    return choices


def node_terms(spec: Node) -> list[list[Requirement]]:
    """The terms of required node affinity: one of them must hold, in all its expressions."""
    terms = spec.find_list("affinity", "nodeAffinity", REQUIRED, "nodeSelectorTerms")
    return [[read_requirement(e, NODE_OPERATORS) for e in term.find_list("matchExpressions")] for term in terms]


def unapplied_rules(spec: Node) -> Iterator[str]:
    """Rules of a pod that no era applies, in words."""
    for kind in ("podAffinity", "podAntiAffinity", "nodeAffinity"):
        if affinity_terms(spec, kind, PREFERRED):
            yield f"preferred {kind} is a wish and not applied"
    terms = node_terms(spec)
    richer = [r for term in terms for r in term if r.operator != "In" or len(r.values) > 1]
    if len(terms) > 1 or richer:
        alternatives = " or ".join(" and ".join(map(str, term)) or "nothing" for term in terms)
        yield f"required nodeAffinity is applied as far as it names one value: {alternatives}"
    for constraint in spec.find_list("topologySpreadConstraints"):
        if constraint.find_text("whenUnsatisfiable", default="DoNotSchedule") == "DoNotSchedule":
            key, skew = constraint.find_text("topologyKey"), constraint.find_text("maxSkew", default="1")
            yield f"spread over {key} with a skew of at most {skew} is not applied"
    volumes = [v.find_text("name") for v in spec.find_list("volumes") if v.find("persistentVolumeClaim") is not None]
    if volumes:
        yield f"persistent volumes are not counted: {', '.join(volumes)}"
    if spec.find("nodeName") is not None:
        yield f"bound to node {spec.find_text('nodeName')}: the binding is not applied"
    if spec.find("runtimeClassName") is not None:
        yield f"runtime class {spec.find_text('runtimeClassName')}: its overhead counts only where spec.overhead says it"
