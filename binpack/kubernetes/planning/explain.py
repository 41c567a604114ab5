"""Why a pod does not fit: what each node says of it, in the scheduler's words, and the smallest change that helps.

print(explain(state, pod, node_classes(types, zones)).text())
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.disruption_budgets import Budget
from binpack.kubernetes.filters.default_profile import EXCLUDED, filter_nodes
from binpack.kubernetes.planning.given_nodes import Placed, place_on_nodes, pod_sets_of
from binpack.kubernetes.planning.kubectl_words import event_words
from binpack.kubernetes.planning.node_class import NodeClass, free_on, with_daemons
from binpack.kubernetes.planning.pod_rules import relaxed
from binpack.kubernetes.planning.pod_sets import PodSet
from binpack.kubernetes.planning.smallest_changes import (
    MoreNodes,
    RelaxedRules,
    SmallerRequest,
    more_nodes,
    relaxed_rules,
    smaller_requests,
    with_more_nodes,
)
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.preemption import Victims, dry_run, ranked_candidates
from binpack.kubernetes.refusal import UNRESOLVABLE, Refusal


@dataclass(frozen=True)
class Explanation:
    """One pod on every node.

    refusals : each node's name with its refusal, None where the pod fits. event : what kubectl shows. preemption : nodes
    that would take the pod if pods of lower priority were evicted, with these, the scheduler's choice first.
    nodes, requests, rules : the smallest changes of each kind, each enough by itself. both : where no request and no rules
    are, rules and then a request, together.
    """

    pod: Pod
    refusals: tuple[tuple[str, Refusal | None], ...]
    event: str
    preemption: dict[str, Victims]
    nodes: tuple[MoreNodes, ...]
    requests: tuple[SmallerRequest, ...]
    rules: tuple[RelaxedRules, ...]
    both: tuple[RelaxedRules, SmallerRequest] | None

    @property
    def fits(self) -> bool:
        return any(refusal is None for _, refusal in self.refusals)

    @property
    def unresolvable(self) -> tuple[str, ...]:
        """The nodes that no removal of pods opens."""
        return tuple(name for name, refusal in self.refusals if refusal is not None and _is_final(refusal))

    def text(self) -> str:
        """The event, the nodes by refusal, and what would help."""
        lines = [f"{self.pod.key}: {'fits' if self.fits else self.event}"]
        by_refusal: dict[Refusal | None, list[str]] = {}
        for name, refusal in self.refusals:
            by_refusal.setdefault(refusal, []).append(name)
        for refusal, names in by_refusal.items():
            final = " (no eviction helps)" if refusal is not None and _is_final(refusal) else ""
            lines.append(f"  {'fits' if refusal is None else refusal}{final}: {_listed(names)}")
        lines += [self._eviction(*pair) for pair in list(self.preemption.items())[:1]]
        if not self.fits:
            changes = [*self._changes()]
            lines += ["what would help, each by itself:", *(f"  {change}" for change in changes)] if changes else []
            lines += [] if changes else ["no change of one kind helps"]
        return "\n".join(lines)

    def _changes(self) -> list[str]:
        found = [f"{n.count} more node{'s' * (n.count > 1)} of {n.of.node.name}" for n in self.nodes]
        found += [f"{_less(change)} less, on {change.node}" for change in self.requests]
        found += [f"without {_together(change)}, on {_listed(change.nodes)}" for change in self.rules]
        if self.both is not None:
            rules, request = self.both
            found.append(f"without {_together(rules)}, and {_less(request)} less, on {request.node}")
        return found

    def _eviction(self, node: str, victims: Victims) -> str:
        broken = f", {victims.violations} of them against a disruption budget" if victims.violations else ""
        return f"preemption would evict {_listed([pod.key for pod in victims.pods])} on node {node}{broken}"


@dataclass(frozen=True)
class Explanations:
    """each : one pod of every kind that is pending, with how many there are. for_all : classes of which so many more nodes
    take all of them at once; no fewer of that class do where ``proven`` has it."""

    each: tuple[tuple[Explanation, int], ...]
    for_all: tuple[tuple[MoreNodes, bool], ...]

    def text(self) -> str:
        """One after the other, and then what helps all."""
        parts = [f"{e.text()}\n({count} pods like this one)" if count > 1 else e.text() for e, count in self.each]
        parts += [
            f"all of them: {n.count} more of {n.of.node.name}{'' if sure else ' at most'}" for n, sure in self.for_all
        ]
        return "\n\n".join(parts)


def explain(
    state: ClusterState,
    pod: Pod,
    node_types: Sequence[NodeClass] = (),
    *,
    daemons: Sequence[PodSet] = (),
    budgets: Sequence[Budget] = (),
) -> Explanation:
    """Why the pod does not fit; ``state`` is as before. node_types : of which there could be more, with these daemons.
    budgets : of the cluster, for what preemption would do."""
    [helping] = more_nodes(state, [pod], node_types, daemons)
    return _explained(state, pod, helping, budgets)


def explain_many(
    state: ClusterState,
    placed: Placed,
    node_types: Sequence[NodeClass] = (),
    *,
    daemons: Sequence[PodSet] = (),
    budgets: Sequence[Budget] = (),
    time_limit: float = 10.0,
) -> Explanations:
    """All pending pods of a placement that ``state`` holds. time_limit : seconds to search nodes of each class for all."""
    pending = [pod for pod, _ in placed.pending]
    kinds = [(same[0], len(same)) for same in pod_sets_of(pending)[1]]
    helping = more_nodes(state, [pod for pod, _ in kinds], node_types, daemons)
    each = tuple((_explained(state, pod, nodes, budgets), n) for (pod, n), nodes in zip(kinds, helping, strict=True))
    for_all = [nodes_for_all(state, pending, of, daemons, time_limit) for of in node_types if pending and of.available]
    return Explanations(each, tuple(found for found in for_all if found is not None))


def nodes_for_all(
    state: ClusterState, pods: Sequence[Pod], of: NodeClass, daemons: Sequence[PodSet] = (), time_limit: float = 10.0
) -> tuple[MoreNodes, bool] | None:
    """The fewest more nodes of one class that take all pods, and whether fewer are proven not to; None where as many nodes
    as pods do not, or where the time is up before.

    Every number from what the volume needs on is tried, as an empty node may also be in the way: it is one more domain to
    spread over. time_limit : seconds, for all of them together.
    """
    proven, end = True, monotonic() + time_limit
    most = len(pods) if of.available < 0 else min(len(pods), of.available)
    for count in range(_fewest_by_volume(state, of, daemons, pods), most + 1):
        left = end - monotonic()
        if left <= 0:
            return None
        placed = place_on_nodes(with_more_nodes(state, of, count, daemons), pods, time_limit=left)
        if not placed.pending:
            return MoreNodes(of, count), proven
        proven = proven and placed.proven
    return None


def _fewest_by_volume(state: ClusterState, of: NodeClass, daemons: Sequence[PodSet], pods: Sequence[Pod]) -> int:
    """More nodes that there must be at the least: what the pods request beyond all that is free now."""
    [running] = with_daemons([of], daemons)
    room = free_on(of.node, running)
    needed: Counter[str] = Counter()
    for pod in pods:
        needed.update(pod.template.amounts)
    fewest = 1
    for resource, amount in needed.items():
        beyond = amount - int(np.maximum(0, state.resources.free(resource)).sum())
        if beyond > 0 and room.get(resource, 0) > 0:
            fewest = max(fewest, -(-beyond // room[resource]))
    return fewest


def _explained(state: ClusterState, pod: Pod, helping: Sequence[MoreNodes], budgets: Sequence[Budget]) -> Explanation:
    refusals = filter_nodes(state, pod)
    named = tuple((node.name, refusal) for node, refusal in zip(state.nodes, refusals, strict=True))
    if None in refusals:
        return Explanation(pod, named, "", {}, (), (), (), None)
    preempted = dry_run(state, pod, refusals, budgets)
    event, victims = event_words(state, pod, refusals, preempted), dict(ranked_candidates(preempted))
    requests, rules = smaller_requests(state, pod), relaxed_rules(state, pod)
    both = None if requests or rules else _both(state, pod)
    return Explanation(pod, named, event, victims, tuple(helping), tuple(requests), tuple(rules), both)


def _both(state: ClusterState, pod: Pod) -> tuple[RelaxedRules, SmallerRequest] | None:
    """The smallest set of rules for a pod that requests nothing, and then the smallest request."""
    for found in relaxed_rules(state, replace(pod, template=replace(pod.template, requests=()))):
        if any(rule.owned is not None for rule in found.rules):
            continue
        requests = smaller_requests(state, replace(pod, template=relaxed(pod.template, found.rules)))
        if requests:
            return found, requests[0]
    return None


def _is_final(refusal: Refusal) -> bool:
    return refusal.code == UNRESOLVABLE or refusal == EXCLUDED


def _less(change: SmallerRequest) -> str:
    return ", ".join(f"{amount}{'m' * (name == 'cpu')} {name}" for name, amount in change.less.items())


def _together(change: RelaxedRules) -> str:
    return " and ".join(rule.words for rule in change.rules)


def _listed(names: Sequence[str], most: int = 5) -> str:
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
