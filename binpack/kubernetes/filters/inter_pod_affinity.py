"""InterPodAffinity: required affinity and anti-affinity between pods."""

from __future__ import annotations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.domains import in_domains_of
from binpack.kubernetes.filters.outcome import Outcome, refused_in_turn
from binpack.kubernetes.node_labels import Mask
from binpack.kubernetes.pod import Pod, PodTemplate
from binpack.kubernetes.pod_counts import TermSelection, class_of
from binpack.kubernetes.refusal import UNRESOLVABLE, UNSCHEDULABLE, Refusal

PLUGIN = "InterPodAffinity"
AFFINITY = Refusal(PLUGIN, UNRESOLVABLE, ("node(s) didn't match pod affinity rules",))
ANTI_AFFINITY = Refusal(PLUGIN, UNSCHEDULABLE, ("node(s) didn't match pod anti-affinity rules",))
EXISTING = Refusal(PLUGIN, UNSCHEDULABLE, ("node(s) didn't satisfy existing pods anti-affinity rules",))


def inter_pod_affinity(state: ClusterState, pod: Pod) -> Outcome | None:
    """Refuses nodes by the pod's own affinity, by its anti-affinity, and by that of the pods in place, in this order
    (``plugins/interpodaffinity/filtering.go``, ``Filter``)."""
    steps: list[tuple[Mask, Refusal]] = []
    if pod.template.affinity:
        steps.append((~affinity_holds(state, pod.template), AFFINITY))
    if pod.template.anti_affinity:
        steps.append((_beside_unwanted(state, pod.template), ANTI_AFFINITY))
    against = state.anti_affinity.against(class_of(pod))
    if against:
        unwelcome = np.zeros(len(state.nodes), dtype=np.bool_)
        for topology_key, owners in against:
            unwelcome |= in_domains_of(state.labels.column(topology_key), owners > 0)
        steps.append((unwelcome, EXISTING))
    return refused_in_turn(*steps) if steps else None


def affinity_holds(state: ClusterState, template: PodTemplate) -> Mask:
    """Nodes that have the topology key of every term, with a pod in each term's domain that matches all terms.

    While no such pod stands on a node with any of the keys, a pod that matches its own terms may be the first
    (``satisfyPodAffinity``).
    """
    keys = tuple(term.topology_key for term in template.affinity)
    columns = [state.labels.column(key) for key in keys]
    carrying = state.labels.carrying(keys)
    holding = state.counts.count(TermSelection(template.affinity, template.namespace)) > 0
    if not any((holding & column.present).any() for column in columns) and state.fixed(_matches_itself, template):
        return carrying
    for column in columns:
        carrying &= in_domains_of(column, holding)
    return carrying


def _matches_itself(state: ClusterState, template: PodTemplate) -> bool:
    selection = TermSelection(template.affinity, template.namespace)
    return selection.selects(class_of(Pod("", template)), dict(template.labels), state.namespaces)


def _beside_unwanted(state: ClusterState, template: PodTemplate) -> Mask:
    """Nodes in a domain where a pod stands that matches one of the pod's anti-affinity terms."""
    beside = np.zeros(len(state.nodes), dtype=np.bool_)
    for term in template.anti_affinity:
        matched = state.counts.count(TermSelection((term,), template.namespace))
        beside |= in_domains_of(state.labels.column(term.topology_key), matched > 0)
    return beside
