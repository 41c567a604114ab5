"""Preemption: which pods of lower priority the scheduler evicts, and from which node, for a pod that fits nowhere.

Follows kube-scheduler v1.34 (``pkg/scheduler/framework/preemption/preemption.go``, ``DryRunPreemption`` and
``pickOneNodeForPreemption``; ``plugins/defaultpreemption``, ``SelectVictimsOnNode``). It evicts pods of one node
alone, never of several. Nodes are tried in their order, where the scheduler begins with one at random; pods nominated to a
node, and the time that evicted pods are given to end, are not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption_budgets import Budget, breaking
from binpack.kubernetes.filters.default_profile import EXCLUDED, filter_nodes, judge
from binpack.kubernetes.filters.node_resources_fit import has_room
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.pod_volumes import PodVolumes
from binpack.kubernetes.refusal import UNRESOLVABLE, UNSCHEDULABLE, Refusal

NO_VICTIMS = Refusal("DefaultPreemption", UNRESOLVABLE, ("No preemption victims found for incoming pod",))
ENOUGH_SHARE, ENOUGH = 10, 100
"""Nodes found are enough at so many in a hundred of those that may help, and at so many of them at the least
(``minCandidateNodesPercentage``, ``minCandidateNodesAbsolute``)."""
LOWEST_PRIORITY = -(2**31)
NOT_STARTED = 2**63
"""Later than any start: a pod that has not begun counts as one that begins now."""


class Victims(NamedTuple):
    """Pods to evict from one node, the most important first, and how many of them break a disruption budget."""

    pods: tuple[Pod, ...]
    violations: int


def preemption(state: ClusterState, pod: Pod, budgets: Sequence[Budget]) -> tuple[str, Victims] | None:
    """The node that the scheduler would free for a pod that fits nowhere, and from whom; None where that does not help.

    The state is then as before.
    """
    ranked = ranked_candidates(dry_run(state, pod, filter_nodes(state, pod), budgets))
    return ranked[0] if ranked else None


def dry_run(
    state: ClusterState, pod: Pod, refusals: Sequence[Refusal | None], budgets: Sequence[Budget]
) -> dict[str, Victims | Refusal]:
    """For every node where an eviction may help: who would go, or what refuses the pod without all of lower priority.

    refusals : of every node. Nodes are missing once enough are found, one of them without a broken budget; all are for a
    pod whose policy is never to preempt.
    """
    pairs = zip(state.nodes, refusals, strict=True)
    names = [node.name for node, refusal in pairs if _resolvable(refusal)] if pod.template.preempts else []
    enough = max(ENOUGH, len(names) * ENOUGH_SHARE // 100)
    lower = _lower_priority(state, pod)
    found: dict[str, Victims | Refusal] = {}
    candidates, unbroken = 0, False
    for name in names:
        found[name] = victims = select_victims(state, pod, name, lower.get(name, []), budgets)
        if isinstance(victims, Victims):
            candidates += 1
            unbroken = unbroken or not victims.violations
            if unbroken and candidates >= enough:
                break
    return found


def _resolvable(refusal: Refusal | None) -> bool:
    return refusal is not None and refusal.code == UNSCHEDULABLE and refusal != EXCLUDED


def _lower_priority(state: ClusterState, pod: Pod) -> dict[str, list[Pod]]:
    """Pods in place that are less important, by node."""
    lower: dict[str, list[Pod]] = {}
    for other, node in state.pods():
        if other.template.priority < pod.template.priority:
            lower.setdefault(node, []).append(other)
    return lower


def select_victims(
    state: ClusterState, pod: Pod, node: str, lower: Sequence[Pod], budgets: Sequence[Budget]
) -> Victims | Refusal:
    """Who of some pods on the node must go for the pod, or what refuses it even without all of them.

    All are taken away; then each is put back that leaves the pod its place, those whose eviction breaks a budget first, in
    either part the most important first. The state is then as before.
    """
    if not lower:
        return NO_VICTIMS
    for other in lower:
        state.remove(other.key)
    refusal = filter_nodes(state, pod)[state.index[node]]
    victims = sorted(lower, key=importance)
    breaks = dict(zip(victims, breaking(victims, budgets), strict=True))
    if refusal is None:
        in_turn = sorted(victims, key=lambda other: not breaks[other])
        spared = {other for other in in_turn if _spared(state, pod, other, node)}
        victims = [other for other in victims if other not in spared]
    for other in victims:
        state.add(other, node)
    return refusal or Victims(tuple(victims), sum(breaks[other] for other in victims))


def _spared(state: ClusterState, pod: Pod, other: Pod, node: str) -> bool:
    """Does the pod still fit with the other one back on the node? Then that one is put there."""
    state.add(other, node)
    place = state.index[node]
    fits = has_room(state, pod, place) and (_shares_room_alone(pod, other) or bool(judge(state, pod).passes[place]))
    if not fits:
        state.remove(other.key)
    return fits


def _shares_room_alone(pod: Pod, other: Pod) -> bool:
    """Can the other one keep the pod away by nothing but the room it takes?"""
    mine, theirs = pod.template, other.template
    rules = mine.host_ports or mine.affinity or mine.anti_affinity or mine.spread or theirs.anti_affinity
    return not rules and mine.volumes == PodVolumes()


def importance(pod: Pod) -> tuple[int, int, str]:
    """Pods in this order are the most important first: of higher priority, running for longer, by name
    (``MoreImportantPod``)."""
    return (-pod.template.priority, _start(pod), pod.key)


def ranked_candidates(found: Mapping[str, Victims | Refusal]) -> list[tuple[str, Victims]]:
    """The nodes where evictions help, the scheduler's choice first; equal ones by name."""
    candidates = [(node, victims) for node, victims in found.items() if isinstance(victims, Victims)]
    return sorted(candidates, key=lambda pair: (_harm(pair[1]), pair[0]))


def _harm(victims: Victims) -> tuple[int, int, int, int, int]:
    """Compared as the scheduler compares nodes: budgets broken, the highest priority, the sum of priorities (from the
    lowest there is, so that each pod adds to it), pods, and last how long the first of the most important has run."""
    highest = victims.pods[0].template.priority
    total = sum(pod.template.priority - LOWEST_PRIORITY for pod in victims.pods)
    earliest = min(_start(pod) for pod in victims.pods if pod.template.priority == highest)
    return (victims.violations, highest, total, len(victims.pods), -earliest)


def _start(pod: Pod) -> int:
    return NOT_STARTED if pod.started is None else pod.started
