"""The rules that keep a pod from nodes, one by one, each of which can be relaxed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial, reduce
from typing import Any

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.pod_counts import TermSelection, class_of
from binpack.kubernetes.pod_terms import PodTerm
from binpack.kubernetes.pod_volumes import PodVolumes
from binpack.kubernetes.selectors import Requirement
from binpack.kubernetes.taints import CORDON, Toleration, is_tolerated
from binpack.kubernetes.term_owners import OwnedTerm


@dataclass(frozen=True)
class PodRule:
    """A rule in words, and the template without it; or the term of pods in place that is against the pod."""

    words: str
    without: Callable[[PodTemplate], PodTemplate] = field(compare=False, repr=False)
    owned: OwnedTerm | None = None


def rules_of(state: ClusterState, pod: Pod) -> tuple[PodRule, ...]:
    """All rules but those of room: of the pod itself, of the nodes' taints, and of the pods in place."""
    own = [*_of_nodes(pod.template), *_taints(state, pod.template), *_of_pods(pod.template)]
    return (*own, *_of_others(state, pod))


def relaxed(template: PodTemplate, rules: tuple[PodRule, ...]) -> PodTemplate:
    """The template without these rules."""
    return reduce(lambda made, rule: rule.without(made), rules, template)


def _of_nodes(template: PodTemplate) -> Iterator[PodRule]:
    if template.gates:
        yield PodRule("its scheduling gates", partial(replace, gates=()))
    for asked in template.node_affinity.selector:
        yield PodRule(f"nodeSelector {asked.key}={asked.values[0]}", partial(_without_selector, asked=asked))
    if template.node_affinity.terms is not None:
        yield PodRule("its required node affinity", _without_node_terms)
    for port in template.host_ports:
        yield PodRule(f"host port {port.port}/{port.protocol}", partial(_without, name="host_ports", rule=port))
    if template.volumes != PodVolumes():
        yield PodRule("its volumes", partial(replace, volumes=PodVolumes()))


def _taints(state: ClusterState, template: PodTemplate) -> Iterator[PodRule]:
    """Each taint of some node that is not tolerated; that of a cordon last."""
    taints = dict.fromkeys(taint for node in state.nodes for taint in node.taints if taint.forbids)
    if any(node.unschedulable for node in state.nodes):
        taints.setdefault(CORDON)
    for taint in taints:
        if not is_tolerated(taint, template.tolerations):
            added = Toleration(taint.key, "Equal", taint.value, taint.effect)
            words = f"respect for taint {taint.key}={taint.value}:{taint.effect}"
            yield PodRule(words, partial(_tolerating, added=added))


def _of_pods(template: PodTemplate) -> Iterator[PodRule]:
    for term in template.affinity:
        yield PodRule(f"affinity {_term(term)}", partial(_without, name="affinity", rule=term))
    for term in template.anti_affinity:
        yield PodRule(f"anti-affinity {_term(term)}", partial(_without, name="anti_affinity", rule=term))
    for constraint in template.spread:
        if constraint.hard:
            words = f"spread over {constraint.topology_key} (maxSkew {constraint.maximum_skew}, {constraint.selector})"
            yield PodRule(words, partial(_without, name="spread", rule=constraint))


def _without(template: PodTemplate, name: str, rule: object) -> PodTemplate:
    changes: dict[str, Any] = {name: tuple(other for other in getattr(template, name) if other != rule)}
    return replace(template, **changes)


def _without_selector(template: PodTemplate, asked: Requirement) -> PodTemplate:
    kept = tuple(other for other in template.node_affinity.selector if other != asked)
    return replace(template, node_affinity=replace(template.node_affinity, selector=kept))


def _without_node_terms(template: PodTemplate) -> PodTemplate:
    return replace(template, node_affinity=replace(template.node_affinity, terms=None))


def _tolerating(template: PodTemplate, added: Toleration) -> PodTemplate:
    return replace(template, tolerations=(*template.tolerations, added))


def _unchanged(template: PodTemplate) -> PodTemplate:
    return template


def _of_others(state: ClusterState, pod: Pod) -> Iterator[PodRule]:
    """Anti-affinity of the pods in place that selects this one."""
    mine, labels = class_of(pod), dict(pod.template.labels)
    owned = dict.fromkeys(
        OwnedTerm(term, other.template.namespace) for other, _ in state.pods() for term in other.template.anti_affinity
    )
    for each in owned:
        if TermSelection((each.term,), each.namespace).selects(mine, labels, state.namespaces):
            words = f"anti-affinity of pods in place of namespace {each.namespace} {_term(each.term)}"
            yield PodRule(words, _unchanged, each)


def _term(term: PodTerm) -> str:
    return f"over {term.topology_key} ({term.selector})"
