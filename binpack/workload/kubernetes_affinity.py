"""What a pod's spec says about where it may run, term by term, before it is resolved to other applications."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from binpack.kubernetes.selectors import Requirement, Selector, read_requirement, read_selector
from binpack.workload.documents import Node

HOSTNAME = "kubernetes.io/hostname"
NODE_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"

Labels = Mapping[str, str]


@dataclass(frozen=True)
class PodTerm:
    """One required pod affinity or anti-affinity term.

    namespaces: named ones; namespace_selector: of namespaces by label (absent: none). Neither: the pod's own namespace.
    """

    topology_key: str
    selector: Selector
    namespaces: tuple[str, ...]
    namespace_selector: Selector
    node: Node

    def covers(self, namespace: str, labels: Labels, own_namespace: str) -> bool:
        """Does the term look at pods of this namespace, which has these labels?"""
        if not self.namespaces and self.namespace_selector.absent:
            return namespace == own_namespace
        return namespace in self.namespaces or self.namespace_selector.matches(labels)


@dataclass(frozen=True)
class HostPort:
    """A port of the host that a pod takes."""

    protocol: str
    port: int
    address: str = ""

    def conflicts(self, other: HostPort) -> bool:
        """The same protocol and port, on addresses that overlap (``framework/types.go``, ``CheckConflict``)."""
        everywhere = ("", "0.0.0.0")
        overlap = self.address == other.address or self.address in everywhere or other.address in everywhere
        return (self.protocol, self.port) == (other.protocol, other.port) and overlap


def pod_terms(spec: Node, kind: str, labels: Labels) -> list[PodTerm]:
    """The required terms of ``podAffinity`` or ``podAntiAffinity``; ``labels`` are the pod's own, for ``matchLabelKeys``."""
    return [_read_term(node, labels) for node in _affinity_terms(spec, kind, _REQUIRED)]


def _affinity_terms(spec: Node, kind: str, strength: str) -> Sequence[Node]:
    return spec.find_list("affinity", kind, strength)


def _read_term(node: Node, labels: Labels) -> PodTerm:
    selector = read_selector(node.find("labelSelector"))
    extra = []
    for key, operator in (("matchLabelKeys", "In"), ("mismatchLabelKeys", "NotIn")):
        names = [name.text for name in node.find_list(key)]
        extra += [Requirement(name, operator, (labels[name],)) for name in names if name in labels]
    if extra and not selector.absent:
        selector = replace(selector, requirements=(*selector.requirements, *extra))
    return PodTerm(
        node.find_text("topologyKey"),
        selector,
        tuple(name.text for name in node.find_list("namespaces")),
        read_selector(node.find("namespaceSelector")),
        node,
    )


def host_ports(spec: Node) -> list[HostPort]:
    """Ports of the host that the pod takes: of containers and sidecars; with hostNetwork every container port."""
    sidecars = [c for c in spec.find_list("initContainers") if c.find_text("restartPolicy") == "Always"]
    network = spec.find("hostNetwork")
    on_host = network is not None and network.boolean()
    ports = []
    for container in (*spec.find_list("containers"), *sidecars):
        for node in container.find_list("ports"):
            port = node.find("hostPort") or (node.find("containerPort") if on_host else None)
            if port is not None and port.integer() > 0:
                ports.append(HostPort(node.find_text("protocol") or "TCP", port.integer(), node.find_text("hostIP")))
    return ports


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
    terms = spec.find_list("affinity", "nodeAffinity", _REQUIRED, "nodeSelectorTerms")
    return [[read_requirement(e, NODE_OPERATORS) for e in term.find_list("matchExpressions")] for term in terms]


def unapplied_rules(spec: Node) -> Iterator[str]:
    """Rules of a pod that no era applies, in words."""
    for kind in ("podAffinity", "podAntiAffinity", "nodeAffinity"):
        if _affinity_terms(spec, kind, _PREFERRED):
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
