"""The smallest changes of one kind that make a pod fit: another node, a smaller request, rules relaxed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import feasible_nodes
from binpack.kubernetes.filters.node_resources_fit import requested_resources
from binpack.kubernetes.planning.node_class import NodeClass, with_daemons
from binpack.kubernetes.planning.pod_rules import PodRule, relaxed, rules_of
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.pod import Pod

MOST_TRIED = 4096
"""Sets of rules that are tried; a pod with a dozen rules has no more."""


@dataclass(frozen=True)
class MoreNodes:
    """So many more nodes of a class."""

    of: NodeClass
    count: int


@dataclass(frozen=True)
class SmallerRequest:
    """less : what the request is too large by on a node: CPU in thousandths, else whole units."""

    less: Mapping[str, int]
    node: str


@dataclass(frozen=True)
class RelaxedRules:
    """rules : none of them can stay. nodes : that take the pod without them. smallest : no set of fewer rules helps."""

    rules: tuple[PodRule, ...]
    nodes: tuple[str, ...]
    smallest: bool = True


def with_more_nodes(state: ClusterState, of: NodeClass, count: int, daemons: Sequence[PodSet] = ()) -> ClusterState:
    """The cluster with so many more nodes of a class, at the end, and their daemons."""
    names = (f"{of.node.name}-{number}" for number in range(1, len(state.nodes) + count + 1))
    added = [of.named(name) for name in names if name not in state.index][:count]
    larger = ClusterState([*state.nodes, *added], state.namespaces.known, state.volumes)
    for pod, node in state.pods():
        larger.add(pod, node)
    [running] = with_daemons([of], daemons)
    for new in added:
        for daemon in running:
            larger.add(replace(daemon.pod(0), name=f"{daemon.name}-on-{new.name}"), new.name)
    return larger


def more_nodes(
    state: ClusterState, pods: Sequence[Pod], classes: Sequence[NodeClass], daemons: Sequence[PodSet] = ()
) -> list[list[MoreNodes]]:
    """For each pod by itself the classes of which one more node takes it.

    Where one does not, a second one does not either: its hostname alone is another, and an empty domain there is by then.
    """
    found: list[list[MoreNodes]] = [[] for _ in pods]
    for of in classes:
        if of.available:
            larger = with_more_nodes(state, of, 1, daemons)
            for helping, pod in zip(found, pods, strict=True):
                if feasible_nodes(larger, pod)[-1]:
                    helping.append(MoreNodes(of, 1))
    return found


def smaller_requests(state: ClusterState, pod: Pod) -> list[SmallerRequest]:
    """Sets of resources of which the pod would have to ask less, none of which holds another; for each the node where it is
    least, as a share of the request.

    A request of 0 is not looked at, so an overcommitted node takes it.
    """
    anywhere = feasible_nodes(state, replace(pod, template=replace(pod.template, requests=())))
    asked = pod.template.amounts
    best: dict[frozenset[str], tuple[Fraction, SmallerRequest]] = {}
    for k in np.flatnonzero(anywhere).tolist():
        free = {name: max(0, int(state.resources.free(name)[k])) for name in requested_resources(asked)}
        less = {name: asked[name] - amount for name, amount in free.items() if asked[name] > amount}
        share = sum((Fraction(amount, asked[name]) for name, amount in less.items()), Fraction(0))
        if less and share < best.get(frozenset(less), (Fraction(len(asked) + 1), None))[0]:
            best[frozenset(less)] = (share, SmallerRequest(less, state.nodes[k].name))
    minimal = [names for names in best if not any(other < names for other in best)]
    return [best[names][1] for names in sorted(minimal, key=lambda names: (len(names), best[names][0]))]


def relaxed_rules(state: ClusterState, pod: Pod) -> list[RelaxedRules]:
    """All smallest sets of rules without which the pod fits; empty where rules are not the reason.

    Sets are tried by their size, so no smaller one helps. Relaxing a rule may also hurt: a node affinity that is gone lets
    more domains count. Beyond ``MOST_TRIED`` sets one is reduced to a set of which each rule is needed.
    """
    rules = rules_of(state, pod)
    if not rules or not _nodes_without(state, pod, rules):
        return []
    tried = 0
    for size in range(1, len(rules) + 1):
        found: list[RelaxedRules] = []
        for chosen in combinations(rules, size):
            tried += 1
            if tried > MOST_TRIED:
                return found or [_reduced(state, pod, rules)]
            nodes = _nodes_without(state, pod, chosen)
            if nodes:
                found.append(RelaxedRules(chosen, nodes))
        if found:
            return found
    return []


def _reduced(state: ClusterState, pod: Pod, rules: tuple[PodRule, ...]) -> RelaxedRules:
    """One set of which no rule can be kept, though another set may be smaller."""
    for rule in rules:
        fewer = tuple(other for other in rules if other is not rule)
        if _nodes_without(state, pod, fewer):
            rules = fewer
    return RelaxedRules(rules, _nodes_without(state, pod, rules), smallest=False)


def _nodes_without(state: ClusterState, pod: Pod, rules: tuple[PodRule, ...]) -> tuple[str, ...]:
    """The nodes that take the pod without these rules."""
    with _without_terms_in_place(state, rules):
        mask = feasible_nodes(state, replace(pod, template=relaxed(pod.template, rules)))
    return tuple(state.nodes[k].name for k in np.flatnonzero(mask).tolist())


@contextmanager
def _without_terms_in_place(state: ClusterState, rules: tuple[PodRule, ...]) -> Iterator[None]:
    """Pods in place for a while without the anti-affinity that is relaxed."""
    owned = {(rule.owned.namespace, rule.owned.term) for rule in rules if rule.owned is not None}
    changed = []
    for pod, node in list(state.pods()) if owned else ():
        kept = tuple(term for term in pod.template.anti_affinity if (pod.template.namespace, term) not in owned)
        if kept != pod.template.anti_affinity:
            state.remove(pod.key)
            state.add(replace(pod, template=replace(pod.template, anti_affinity=kept)), node)
            changed.append((pod, node))
    try:
        yield
    finally:
        for pod, node in changed:
            state.remove(pod.key)
            state.add(pod, node)
