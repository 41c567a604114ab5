"""Faults of a manifest itself: rules that have no effect, and pods that no number of nodes helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import filter_nodes
from binpack.kubernetes.filters.pod_topology_spread import eligible_nodes
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.planning.affinity import companions
from binpack.kubernetes.planning.node_class import HOSTNAME, NodeClass, admitted_nodes, free_on, requested, with_daemons
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_counts import TermSelection, class_of
from binpack.kubernetes.pod_terms import PodTerm
from binpack.kubernetes.selectors import Labels


@dataclass(frozen=True)
class Subject:
    """What is looked at: sets of pods, and one empty node of each class."""

    sets: Sequence[PodSet]
    classes: Sequence[NodeClass]
    state: ClusterState

    def selected(self, pods: PodSet, *terms: PodTerm) -> list[int]:
        """The sets whose pods match all of these terms of a pod."""
        selection = TermSelection(terms, pods.template.namespace)
        judged = ((j, class_of(other.pod(0))) for j, other in enumerate(self.sets) if other.copies)
        return [j for j, other in judged if selection.selects(other, dict(other.labels), self.state.namespaces)]

    def admitted(self, pods: PodSet) -> Mask:
        """The classes whose nodes take the pods, empty as they are."""
        return self.state.fixed(admitted_nodes, pods.template)

    @cached_property
    def free(self) -> list[dict[str, int]]:
        """What a node of each class has left once its daemons run."""
        daemons = with_daemons(self.classes, [pods for pods in self.sets if pods.daemon])
        return [free_on(of.node, on) for of, on in zip(self.classes, daemons, strict=True)]

    def domains(self, key: str, nodes: Mask) -> int:
        """How many values of a label these nodes have."""
        return len(set(self.state.labels.column(key).numbers[nodes].tolist()) - {-1})


def warnings_of(
    sets: Sequence[PodSet], classes: Sequence[NodeClass], namespaces: Mapping[str, Labels] | None = None
) -> list[str]:
    """Every fault in words, each once, with file and line where they are known. namespaces : their labels."""
    subject = Subject(sets, classes, ClusterState([c.node for c in classes], namespaces))
    found = [text for pods in sets if pods.copies for fault in FAULTS for text in fault(subject, pods)]
    return list(dict.fromkeys([*found, *waiting_in_a_circle(subject)]))


def selects_nothing(subject: Subject, pods: PodSet) -> Iterator[str]:
    """Terms of affinity and anti-affinity that no pod of the input matches."""
    template = pods.template
    kinds = [("required affinity", term) for term in template.affinity]
    kinds += [("required anti-affinity", term) for term in template.anti_affinity]
    kinds += [(f"preferred {'' if w > 0 else 'anti-'}affinity", term) for term, w in template.preferred]
    for kind, term in kinds:
        if not subject.selected(pods, term):
            effect = "no pod can be placed" if kind == "required affinity" else "it has no effect"
            yield _at(term, pods, f"{kind} selects no pod of the input ({term.selector}): {effect}")


def affinity_of_no_one_pod(subject: Subject, pods: PodSet) -> Iterator[str]:
    """Required terms that are matched, but never all by one pod, as the scheduler asks."""
    terms = pods.template.affinity
    if len(terms) > 1 and all(subject.selected(pods, term) for term in terms) and not subject.selected(pods, *terms):
        yield _at(
            terms[0], pods, "no pod of the input matches all terms of its required affinity: no pod can be placed"
        )


def waiting_in_a_circle(subject: Subject) -> Iterator[str]:
    """Sets whose required affinity waits for each other, none of which may be the first."""
    matching = {
        i: subject.selected(pods, *pods.template.affinity)
        for i, pods in enumerate(subject.sets)
        if pods.template.affinity and pods.copies
    }
    beside = companions(matching, [pods.copies for pods in subject.sets])
    for i, other in beside.items():
        if other is None and matching[i]:
            names = ", ".join(subject.sets[j].key for j in matching[i])
            words = f"required affinity waits for {names}, which cannot be placed before it: no pod can be placed"
            yield _at(subject.sets[i].template.affinity[0], subject.sets[i], words)


def unknown_topology_keys(subject: Subject, pods: PodSet) -> Iterator[str]:
    """Topology keys that no node has."""
    template, state = pods.template, subject.state
    for kind, terms in (("required affinity", template.affinity), ("required anti-affinity", template.anti_affinity)):
        for term in terms:
            if not state.labels.column(term.topology_key).present.any():
                effect = "it has no effect" if terms is template.anti_affinity else "no pod can be placed"
                yield _at(term, pods, f"{kind} over {term.topology_key}, which no node has as a label: {effect}")
    for constraint in template.spread:
        if not state.labels.column(constraint.topology_key).present.any():
            effect = "no pod can be placed" if constraint.hard else "it has no effect"
            yield f"{pods.key}: spread over {constraint.topology_key}, which no node has as a label: {effect}"


def spread_without_itself(subject: Subject, pods: PodSet) -> Iterator[str]:
    """Spread constraints whose selector does not match the pods that have them, which are then not spread."""
    for constraint in pods.template.spread:
        selector = constraint.selector
        if selector.matches_everything or not selector.matches(dict(pods.template.labels)):
            words = f"spread over {constraint.topology_key} does not count its own pods (selector: {selector})"
            yield f"{pods.key}: {words}: they are not spread by it"


def too_few_domains(subject: Subject, pods: PodSet) -> Iterator[str]:
    """Hard spread that wants more domains than there are, so that the least count stays 0: each holds ``maxSkew`` pods."""
    template, state = pods.template, subject.state
    hard = [constraint for constraint in template.spread if constraint.hard]
    carrying = state.labels.carrying(constraint.topology_key for constraint in hard)
    for constraint in hard:
        there = subject.domains(constraint.topology_key, carrying & eligible_nodes(state, template, constraint))
        most = there * constraint.maximum_skew
        own = constraint.selector.matches(dict(template.labels)) and not constraint.selector.matches_everything
        if (
            constraint.topology_key != HOSTNAME
            and 0 < there < constraint.minimum_domains
            and own
            and pods.copies > most
        ):
            words = f"spread over {constraint.topology_key} wants {constraint.minimum_domains} domains of {there} that exist"
            yield f"{pods.key}: {words}: at most {most} of {pods.copies} pods can be placed"


def more_copies_than_domains(subject: Subject, pods: PodSet) -> Iterator[str]:
    """Pods that keep from their own kind by zone or the like, and are more than there are zones for them."""
    if pods.daemon or not pods.template.anti_affinity:
        return
    admitted = subject.admitted(pods)
    if not admitted.any():
        return
    for term in pods.template.anti_affinity:
        key = term.topology_key
        if key == HOSTNAME or not subject.state.labels.column(key).present[admitted].all():
            continue  # as many nodes as are wanted, or some without the key, where the term asks for nothing
        there = subject.domains(key, admitted)
        own = TermSelection((term,), pods.template.namespace)
        mine = class_of(pods.pod(0))
        if there < pods.copies and own.selects(mine, dict(mine.labels), subject.state.namespaces):
            words = f"required anti-affinity over {key} of {pods.copies} pods of one kind, with {there} to choose from"
            yield _at(term, pods, f"{words}: at most {there} can be placed")


def no_node_admits(subject: Subject, pods: PodSet) -> Iterator[str]:
    """Pods that node selectors, node affinity, taints or volumes keep from every node."""
    if subject.classes and not subject.admitted(pods).any():
        alone = replace(pods.template, requests=(), affinity=(), spread=())
        reasons = {str(refusal) for refusal in filter_nodes(subject.state, Pod("", alone)) if refusal is not None}
        yield f"{pods.key}: no node takes it, empty as they are ({'; '.join(sorted(reasons))}): no pod can be placed"


def too_large(subject: Subject, pods: PodSet) -> Iterator[str]:
    """Requests above what any node that admits the pod has once its daemons run."""
    admitted = np.flatnonzero(subject.admitted(pods)).tolist()
    free = [subject.classes[k].node.allocatable if pods.daemon else subject.free[k] for k in admitted]
    asked = requested(pods.template)
    if not free or any(all(each.get(name, 0) >= amount for name, amount in asked.items()) for each in free):
        return
    for name, amount in asked.items():
        most = max(each.get(name, 0) for each in free)
        if amount > most:
            yield f"{pods.key}: requests {amount} {name}, above every node ({most} at the most): no pod can be placed"
    if all(amount <= max(each.get(name, 0) for each in free) for name, amount in asked.items()):
        together = ", ".join(f"{amount} {name}" for name, amount in asked.items())
        yield f"{pods.key}: requests {together}, which no node has together: no pod can be placed"


FAULTS = (
    selects_nothing,
    affinity_of_no_one_pod,
    unknown_topology_keys,
    spread_without_itself,
    too_few_domains,
    more_copies_than_domains,
    no_node_admits,
    too_large,
)


def _at(term: PodTerm, pods: PodSet, words: str) -> str:
    place = term.node.place
    return f"{place}: {pods.key}: {words}" if place.file else f"{pods.key}: {words}"
