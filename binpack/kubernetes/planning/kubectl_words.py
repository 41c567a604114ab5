"""What the event of a pod says that is not scheduled, word for word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from binpack.kubernetes.cluster_state import ClusterState
from binpack.kubernetes.filters.default_profile import EXCLUDED, filter_nodes
from binpack.kubernetes.filters.node_affinity import CONFLICT
from binpack.kubernetes.filters.volume_binding import unusable_claim
from binpack.kubernetes.filters.volume_restrictions import missing_claim
from binpack.kubernetes.pod import Pod
from binpack.kubernetes.refusal import UNRESOLVABLE, Refusal, histogram

NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"
OTHER_NODES = "node(s) didn't satisfy plugin(s) [NodeAffinity]"


def event_words(
    state: ClusterState, pod: Pod, refusals: Sequence[Refusal | None], preempted: Mapping[str, Refusal | None]
) -> str:
    """``0/5 nodes are available: 3 Insufficient cpu, ... preemption: 0/5 nodes are available: ...``; empty where it fits.

    refusals : of every node. preempted : for nodes with pods of lower priority what refuses the pod without these, None
    where nothing does. Source: ``framework/types.go``, ``FitError.Error``; ``framework/preemption``.
    """
    if any(refusal is None for refusal in refusals):
        return ""
    if pod.template.gates:
        return "Scheduling is blocked due to non-empty scheduling gates"
    total = f"0/{len(refusals)} nodes are available:"
    before = missing_claim(state, pod) or unusable_claim(state, pod)
    if before is None and CONFLICT in refusals:
        before = CONFLICT
    reasons = chain.from_iterable(_reasons(refusal) for refusal in refusals if refusal is not None)
    told = str(before) if before is not None else histogram(Counter(reasons))
    words = f"{total} {told}." if told else total
    if before is None and None in preempted.values():
        return words
    second = [
        _after_preemption(node.name, refusal, preempted)
        for node, refusal in zip(state.nodes, refusals, strict=True)
        if refusal is not None
    ]
    return f"{words} preemption: {total} {histogram(Counter(chain.from_iterable(second)))}." if second else words


def without_lower_priorities(state: ClusterState, pod: Pod) -> dict[str, tuple[Refusal | None, tuple[str, ...]]]:
    """For every node that has pods of lower priority: what refuses the pod once they are gone, and who they are.

    All of them are taken away at once; which of them the scheduler would spare is not looked at (``SelectVictimsOnNode``).
    """
    lower: dict[str, list[Pod]] = {}
    for other, node in state.pods():
        if other.template.priority < pod.template.priority:
            lower.setdefault(node, []).append(other)
    found = {}
    for node, pods in lower.items():
        for other in pods:
            state.remove(other.key)
        refusal = filter_nodes(state, pod)[state.index[node]]
        for other in pods:
            state.add(other, node)
        found[node] = (refusal, tuple(other.key for other in pods))
    return found


def _after_preemption(node: str, refusal: Refusal, preempted: Mapping[str, Refusal | None]) -> tuple[str, ...]:
    if refusal.code == UNRESOLVABLE or refusal == EXCLUDED:
        return (NOT_HELPFUL,)
    after = preempted.get(node)
    return (NO_VICTIMS,) if after is None else after.reasons


def _reasons(refusal: Refusal) -> tuple[str, ...]:
    return (OTHER_NODES,) if refusal == EXCLUDED else refusal.reasons
