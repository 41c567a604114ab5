"""Placement rules of Kubernetes pods, resolved to the applications they select."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from binpack.kubernetes.host_ports import HostPort, host_ports
from binpack.kubernetes.pod_terms import PodTerm, pod_terms
from binpack.workload.application import Application
from binpack.workload.documents import Node
from binpack.workload.kubernetes_affinity import HOSTNAME, unapplied_rules
from binpack.workload.kubernetes_pods import PodSource

Namespaces = Mapping[str, Mapping[str, str]]
_NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass
class _Rules:
    """Rules of one application while they are gathered."""

    separate: bool = False
    apart: dict[str, None] = field(default_factory=dict)
    together: dict[str, None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def place_applications(
    sources: Sequence[PodSource], namespaces: Namespaces, warnings: list[str]
) -> tuple[Application, ...]:
    """The applications with their placement; what deserves a person's attention is added to ``warnings``.

    namespaces : labels of the namespaces in the input. Anti-affinity and host ports hold both ways, whoever declares them
    (``plugins/interpodaffinity/filtering.go``); affinity holds for the one that declares it.
    """
    rules = {source.application.key: _Rules() for source in sources}
    for source in sources:
        own = rules[source.application.key]
        own.notes += unapplied_rules(source.spec)
        for term in pod_terms(source.spec, "podAntiAffinity", source.labels):
            _keep_apart(source, term, _selected(source, term, sources, namespaces), own)
        for term in pod_terms(source.spec, "podAffinity", source.labels):
            _bring_together(source, term, _selected(source, term, sources, namespaces), own)
    _separate_host_ports(sources, rules)
    for key, own in rules.items():
        for other in own.apart:
            rules[other].apart.setdefault(key)
    for source in sources:
        own = rules[source.application.key]
        warnings += [f"{source.application.key}: {text}" for text in own.warnings]
    return tuple(_with_rules(source.application, rules[source.application.key]) for source in sources)


def _with_rules(application: Application, own: _Rules) -> Application:
    placement = replace(
        application.placement,
        max_per_host=1 if own.separate and not application.agent else None,
        apart_from=tuple(own.apart),
        together_with=tuple(own.together),
        notes=(*own.warnings, *own.notes),
    )
    return replace(application, placement=placement)


def _selected(
    source: PodSource, term: PodTerm, sources: Sequence[PodSource], namespaces: Namespaces
) -> list[Application]:
    """The applications whose pods a term selects, the declaring one among them if it selects itself."""
    own = source.application.group
    return [
        other.application
        for other in sources
        if term.selector.matches(other.labels)
        and term.covers(
            other.application.group,
            {_NAME_LABEL: other.application.group, **namespaces.get(other.application.group, {})},
            own,
        )
    ]


def _keep_apart(source: PodSource, term: PodTerm, selected: Sequence[Application], own: _Rules) -> None:
    key = source.application.key
    if not selected:
        own.warnings.append(
            f"required podAntiAffinity ({_where(term)}) selects {term.selector}, which no pod of the input has, "
            "its own neither: it has no effect"
        )
        return
    if term.topology_key != HOSTNAME:
        names = ", ".join(application.key for application in selected)
        own.notes.append(f"separation by {term.topology_key} from {names} is not applied")
        return
    for application in selected:
        if application.key == key:
            own.separate = True
        elif application.agent or source.application.agent:
            own.warnings.append(
                f"may not share a host with {application.key}, one of which is on every host: not applied"
            )
        else:
            own.apart.setdefault(application.key)


def _bring_together(source: PodSource, term: PodTerm, selected: Sequence[Application], own: _Rules) -> None:
    names = [application.key for application in selected]
    if not selected:
        own.warnings.append(
            f"required podAffinity ({_where(term)}) selects {term.selector}, which no pod of the input has: "
            "Kubernetes would not schedule it; not applied"
        )
    elif source.application.agent or any(application.agent for application in selected):
        return  # an agent is on every host: nothing to do
    elif term.topology_key != HOSTNAME:
        own.notes.append(f"affinity by {term.topology_key} to {', '.join(names)} is not applied")
    elif len(names) == 1 and names[0] != source.application.key:
        own.together.setdefault(names[0])
    elif names == [source.application.key]:
        if source.application.replicas > 1:
            own.notes.append("all copies on one host (affinity to its own labels) is not applied")
    else:
        own.notes.append(f"affinity to any of {', '.join(names)} is not applied")


def _separate_host_ports(sources: Sequence[PodSource], rules: Mapping[str, _Rules]) -> None:
    """Pods that take the same port of a host cannot share it."""
    taken: dict[tuple[str, int], list[tuple[PodSource, HostPort]]] = {}
    for source in sources:
        for port in host_ports(source.spec):
            rules[source.application.key].separate = True
            taken.setdefault((port.protocol, port.port), []).append((source, port))
    for users in taken.values():
        for k, (source, port) in enumerate(users):
            for other, other_port in users[:k]:
                if other is not source and port.conflicts(other_port):
                    _conflict(source.application, other.application, port, rules)


def _conflict(one: Application, other: Application, port: HostPort, rules: Mapping[str, _Rules]) -> None:
    if one.agent or other.agent:
        text = f"port {port.port}/{port.protocol} of the host is also taken by"
        rules[one.key].warnings.append(f"{text} {other.key}, and one of the two is on every host: not applied")
    else:
        rules[one.key].apart.setdefault(other.key)


def _where(term: PodTerm) -> str:
    node: Node = term.node
    return str(node.place)
